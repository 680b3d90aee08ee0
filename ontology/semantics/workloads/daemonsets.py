"""DaemonSets: one pod on every node that may have one.

Source: kubernetes.io/docs/concepts/workloads/controllers/daemonset (v1.36).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ontology import instants, node_selectors, readiness, tolerations
from ontology.cluster.nodes import Node, Taint
from ontology.cluster.pods import Pod, PodSpec, Toleration
from ontology.cluster.workloads import DaemonSet
from ontology.semantics.workloads.bounds import scaled
from ontology.semantics.workloads.claiming import Claimed, claim
from ontology.verdict import Step

HASH_LABEL = "controller-revision-hash"
_GENERATION_ANNOTATION = "deprecated.daemonset.template.generation"
_GENERATION_LABEL = "pod-template-generation"
_BURST = 250
_RULING_OUT = ("NoSchedule", "NoExecute")
_EVICTING = ("NoExecute",)


def _exists(key: str, effect: str) -> Toleration:
    return Toleration(key=f"node.kubernetes.io/{key}", operator="Exists", effect=effect)


# What the controller adds to every pod: a daemon runs on a node that is in trouble.
ADDED_TOLERATIONS = (
    _exists("not-ready", "NoExecute"),
    _exists("unreachable", "NoExecute"),
    _exists("disk-pressure", "NoSchedule"),
    _exists("memory-pressure", "NoSchedule"),
    _exists("pid-pressure", "NoSchedule"),
    _exists("unschedulable", "NoSchedule"),
)
_HOST_NETWORK_TOLERATION = _exists("network-unavailable", "NoSchedule")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Whether a node is to have a pod, and whether one that is there may stay."""

    should_run: bool
    should_continue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass of placing writes, without the rolling update."""

    nodes: Mapping[str, Placement]
    pods: Claimed[Pod]
    create: tuple[str, ...]
    delete: tuple[str, ...]
    status: Mapping[str, int]
    steps: tuple[Step, ...]

    @property
    def answer(self) -> dict[str, Any]:
        """The pass in the shape of the system's page."""
        return {
            "nodes": {
                name: {"shouldRun": each.should_run, "shouldContinueRunning": each.should_continue}
                for name, each in self.nodes.items()
            },
            "create": list(self.create),
            "delete": list(self.delete),
            "adopt": self.pods.adopted_names,
            "release": self.pods.released_names,
            "status": dict(self.status),
        }

    @property
    def settled(self) -> bool:
        """Whether nothing is to be created or deleted, and every daemon is available."""
        return not (self.create or self.delete) and self.status["numberUnavailable"] == 0


def tolerations_of(daemon_set: DaemonSet) -> list[Toleration]:
    """Return the tolerations of the template and those that the controller adds."""
    spec = daemon_set.spec.template.spec
    added = (*ADDED_TOLERATIONS, *((_HOST_NETWORK_TOLERATION,) if spec.host_network else ()))
    return [*(spec.tolerations or ()), *added]


def place(daemon_set: DaemonSet, node: Node) -> tuple[Placement, tuple[Step, ...]]:
    """Return whether `node` is to have a pod, and the rules that decide it.

    Only taints, the node's name and its labels count, neither `unschedulable` nor conditions.
    """
    spec = daemon_set.spec.template.spec
    facts: dict[str, Any] = {"node": node.name, "daemonSet": daemon_set.name}
    neither = Placement(should_run=False, should_continue=False)
    if spec.node_name not in ("", node.name):
        return neither, (Step("workloads.daemonNodeName", False, facts | {"nodeName": spec.node_name}),)
    if not node_selectors.admits(spec, node):
        return neither, (Step("workloads.daemonNodeSelection", False, facts | {"unmet": _unmet(spec, node)}),)
    covered = tolerations_of(daemon_set)
    taints = tolerations.untolerated(node.spec.taints, covered, effects=_RULING_OUT)
    evicting = [taint for taint in taints if taint.effect in _EVICTING]
    steps = [Step("workloads.daemonTaints", not taints, facts | {"taints": _shown(taints)})]
    if taints:
        steps.append(Step("workloads.daemonStays", not evicting, facts | {"taints": _shown(evicting)}))
    return Placement(should_run=not taints, should_continue=not evicting), tuple(steps)


def _unmet(spec: PodSpec, node: Node) -> tuple[str, ...]:
    """Return the labels that the node selector wants otherwise, or that it is the affinity that fails."""
    unmet = tuple(
        f"{key}={value}" for key, value in (spec.node_selector or {}).items() if node.labels.get(key) != value
    )
    return unmet or ("requiredDuringSchedulingIgnoredDuringExecution",)


def _shown(taints: Iterable[Taint]) -> tuple[str, ...]:
    return tuple(tolerations.shown(taint) for taint in taints)


def surge(daemon_set: DaemonSet, total: int = 1) -> int:
    """Return how many pods a rolling update may have above one a node, 0 by default."""
    strategy = daemon_set.spec.update_strategy
    rolling = strategy.rolling_update
    if strategy.type not in ("", "RollingUpdate") or rolling is None or rolling.max_surge is None:
        return 0
    return scaled(rolling.max_surge, total, up=True, field="maxSurge")


def target_node(pod: Pod) -> str | None:
    """Return the node that a pod is on or, unscheduled, is meant for by its affinity."""
    if pod.spec.node_name:
        return pod.spec.node_name
    affinity = pod.spec.affinity.node_affinity if pod.spec.affinity else None
    terms = affinity.required.node_selector_terms if affinity and affinity.required else None
    for term in terms or ():
        for each in term.match_fields or ():
            if each.key == "metadata.name" and each.operator == "In":
                values = each.values or ()
                return values[0] if len(values) == 1 else None
    return None


def by_precedence(pod: Pod) -> tuple[bool, int, str]:
    """Return a key that sorts scheduled before unscheduled, then the oldest first, then by name."""
    created = pod.metadata.creation_timestamp
    return (not pod.spec.node_name, instants.parse(created) if created else 0, pod.name)


def is_updated(daemon_set: DaemonSet, pod: Pod, revision: str) -> bool:
    """Whether a pod is of the current template: by hash, or by the older generation label."""
    if revision and pod.labels.get(HASH_LABEL) == revision:
        return True
    generation = (daemon_set.metadata.annotations or {}).get(_GENERATION_ANNOTATION)
    return generation is not None and pod.labels.get(_GENERATION_LABEL) == generation


def by_node(pods: Iterable[Pod]) -> dict[str, list[Pod]]:
    """Group pods by the node they are on or meant for, the first in precedence first.

    Finished pods that are being deleted no longer count.
    """
    found: dict[str, list[Pod]] = defaultdict(list)
    for pod in sorted(pods, key=by_precedence):
        node = target_node(pod)
        if node is not None and not (readiness.is_finished(pod) and readiness.is_terminating(pod)):
            found[node].append(pod)
    return found


@dataclass(slots=True)
class _Writes:
    create: list[str] = field(default_factory=list)
    delete: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def reconcile(
    daemon_set: DaemonSet, *, nodes: Sequence[Node], pods: Sequence[Pod], revision: str, now: int
) -> Pass:
    """Return what one pass of placing writes; `revision` is the hash of up-to-date pods."""
    mine = claim(daemon_set, daemon_set.spec.selector, pods)
    on = by_node(mine.owned)
    placed = {node.name: place(daemon_set, node) for node in nodes}
    placements = {name: placement for name, (placement, _) in placed.items()}
    writes = _Writes(
        steps=[*mine.steps(daemon_set), *(step for _, steps in placed.values() for step in steps)]
    )
    if daemon_set.metadata.deletion_timestamp is not None:
        writes.steps.append(
            Step("workloads.deletedOwner", True, {"kind": "DaemonSet", "name": daemon_set.name})
        )
    else:
        for name, placement in placements.items():
            _on_node(daemon_set, name, placement, on.get(name, []), revision, now, writes)
        _unreachable(on, placements, writes)
    return Pass(
        nodes=placements,
        pods=mine,
        create=tuple(sorted(writes.create[:_BURST])),
        delete=tuple(sorted(writes.delete[:_BURST])),
        status=_status(daemon_set, placements, on, revision, now),
        steps=tuple(writes.steps),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """What the rolling update adds to a pass of placing: pods to delete, nodes to surge onto."""

    create: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()


def bounds(daemon_set: DaemonSet, desired: int) -> tuple[int, int]:
    """Return how many pods may be above one a node, and how many may be unavailable (1 by default)."""
    rolling = daemon_set.spec.update_strategy.rolling_update
    above = surge(daemon_set, desired)
    given = rolling.max_unavailable if rolling else None
    if given is None:
        missing = 0 if above else 1
    else:
        missing = scaled(given, desired, up=True, field="maxUnavailable")
    return (above, missing) if above or missing else (0, 1)


def roll(daemon_set: DaemonSet, placed: Pass, *, revision: str, now: int) -> Roll:
    """Return what the rolling update does after a pass of placing, nodes in the order of their names.

    Old pods that are not available go first and cost nothing; of the others as many as the bounds allow.
    While pods that were just created or deleted have not been seen, nothing is rolled.
    """
    deleted = daemon_set.metadata.deletion_timestamp is not None
    unseen = placed.create or placed.delete
    if deleted or unseen or daemon_set.spec.update_strategy.type == "OnDelete":
        return Roll()
    minimum = daemon_set.spec.min_ready_seconds
    above, missing = bounds(daemon_set, placed.status["desiredNumberScheduled"])
    free: list[str] = []
    candidates: list[str] = []
    finished: list[str] = []
    taken = 0
    for node, pods in sorted(by_node(placed.pods.owned).items()):
        staying = [pod for pod in pods if not readiness.is_terminating(pod) and pod.name not in placed.delete]
        new = [pod for pod in staying if is_updated(daemon_set, pod, revision)]
        old = [pod for pod in staying if pod not in new]
        if len(new) > 1 or len(old) > 1 or (not above and bool(new) == bool(old)):
            taken += 1
            continue
        available = {
            pod.name: readiness.is_available(pod, min_ready_seconds=minimum, now=now) for pod in staying
        }
        if new and old:
            if available[new[0].name]:
                finished.append(old[0].name)
            else:
                taken += 1
        elif new:
            taken += not above and not available[new[0].name]
        elif old:
            subject = node if above else old[0].name
            (candidates if available[old[0].name] else free).append(subject)
            taken += not above and not available[old[0].name]
    chosen = (*free, *candidates[: max(0, (above or missing) - taken)])
    if above:
        return Roll(create=chosen, delete=tuple(finished))
    return Roll(delete=chosen)


def _on_node(  # noqa: PLR0913, PLR0917 - one caller
    daemon_set: DaemonSet,
    node: str,
    placement: Placement,
    pods: Sequence[Pod],
    revision: str,
    now: int,
    writes: _Writes,
) -> None:
    staying = [pod for pod in pods if not readiness.is_terminating(pod)]
    if placement.should_run and not pods:
        writes.create.append(node)
        writes.steps.append(Step("workloads.daemonMissing", True, {"node": node}))
    elif placement.should_continue:
        finished = [pod for pod in staying if readiness.is_finished(pod)]
        for pod in finished:
            _delete(writes, pod, node, "finished")
        running = [pod for pod in staying if not readiness.is_finished(pod)]
        if surge(daemon_set) == 0:
            for pod in running[1:]:
                _delete(writes, pod, node, "surplus")
        elif not running and placement.should_run:
            writes.create.append(node)
            writes.steps.append(Step("workloads.daemonMissing", True, {"node": node}))
        elif len(running) > 1:
            _surging(daemon_set, node, running, revision, now, writes)
    else:
        for pod in staying:
            _delete(writes, pod, node, "misplaced")


def _surging(  # noqa: PLR0913, PLR0917 - one caller
    daemon_set: DaemonSet, node: str, running: Sequence[Pod], revision: str, now: int, writes: _Writes
) -> None:
    """Keep the first new and the first old pod; the old one goes once the new one is available."""
    new = [pod for pod in running if pod.labels.get(HASH_LABEL) == revision]
    old = [pod for pod in running if pod.labels.get(HASH_LABEL) != revision]
    for pod in running:
        if pod in new[1:] or pod in old[1:]:
            _delete(writes, pod, node, "surplus")
    if new and old:
        minimum = daemon_set.spec.min_ready_seconds
        if not readiness.is_ready(old[0]):
            _delete(writes, old[0], node, "oldNotReady")
        elif readiness.is_available(new[0], min_ready_seconds=minimum, now=now):
            _delete(writes, old[0], node, "replaced")


def _delete(writes: _Writes, pod: Pod, node: str, reason: str) -> None:
    writes.delete.append(pod.name)
    writes.steps.append(Step(f"workloads.daemon.{reason}", True, {"pod": pod.name, "node": node}))


def _unreachable(on: Mapping[str, Sequence[Pod]], known: Mapping[str, Placement], writes: _Writes) -> None:
    """Delete unscheduled pods of nodes that are gone: nobody else will."""
    for node, pods in on.items():
        if node not in known:
            for pod in pods:
                if not pod.spec.node_name:
                    _delete(writes, pod, node, "nodeGone")


def _status(
    daemon_set: DaemonSet,
    placements: Mapping[str, Placement],
    on: Mapping[str, Sequence[Pod]],
    revision: str,
    now: int,
) -> dict[str, int]:
    minimum = daemon_set.spec.min_ready_seconds
    desired = [name for name, each in placements.items() if each.should_run]
    first = [on[name][0] for name in desired if on.get(name)]
    ready = [pod for pod in first if readiness.is_ready(pod)]
    available = sum(readiness.is_available(pod, min_ready_seconds=minimum, now=now) for pod in ready)
    return {
        "desiredNumberScheduled": len(desired),
        "currentNumberScheduled": len(first),
        "numberMisscheduled": sum(
            1 for name, each in placements.items() if not each.should_run and on.get(name)
        ),
        "numberReady": len(ready),
        "numberAvailable": available,
        "numberUnavailable": len(desired) - available,
        "updatedNumberScheduled": sum(is_updated(daemon_set, pod, revision) for pod in first),
    }

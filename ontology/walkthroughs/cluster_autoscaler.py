"""The cluster autoscaler: which node group would help pods that fit nowhere, and which nodes may go.

It watches for pods that the scheduler could not place and tries them, by the scheduler's own filters, on a
node that a group would add. The scheduler asks nobody.

Source: github.com/kubernetes/autoscaler, cluster-autoscaler/FAQ.md (v1.36).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import msgspec

from ontology import pod_resources, selectors
from ontology.cluster import manifests
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.policies import PodDisruptionBudget
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.scheduling import schedule, snapshot
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.place import place
from ontology.verdict import Outcome, Step, Verdict

EXPANDERS = ("least-waste", "most-pods", "price", "priority", "random")
_UNDERUSED = 0.5
_SAFE = "cluster-autoscaler.kubernetes.io/safe-to-evict"
_DISABLED = "cluster-autoscaler.kubernetes.io/scale-down-disabled"
_MIRROR = "kubernetes.io/config.mirror"
_MEASURED = ("cpu", "memory")


class NodeGroup(Question, frozen=True):
    """Nodes that are made alike: a Node manifest as template, how many there are and may be."""

    name: str
    template: dict[str, Any]
    size: int = 0
    max: int = 10
    price: float = 0.0
    priority: int = 0


class ScaleUp(Question, frozen=True):
    """`expander` chooses between groups that help; `seed` where it leaves a choice."""

    groups: list[NodeGroup]
    expander: str = "least-waste"
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """What a group would do: the pods it helps, the new nodes they need, and the share left unused."""

    group: NodeGroup
    pods: tuple[str, ...]
    nodes: int
    waste: float
    refused: Mapping[str, str]


def scale_up(scenario: Scenario, asked: ScaleUp) -> Verdict:
    """Return which group grows. Yes: one does, or no pod waits; no: none helps.

    Raises:
        InvalidQuestionError: no such expander.
        UnknownKindError, InvalidObjectError: a template that is not a Node.
    """
    if asked.expander not in EXPANDERS:
        raise InvalidQuestionError(
            f"`{asked.expander}` is not an expander ({', '.join(EXPANDERS)})",
            path="question.scaleUp.expander",
        )
    waiting = _unschedulable(scenario)
    pods = [pod for pod, _ in waiting]
    options = [_option(scenario, group, position, pods) for position, group in enumerate(asked.groups)]
    helping = [each for each in options if each.pods]
    chosen = _choose(helping, asked) if helping else None
    answer = {
        "unschedulable": {pod.name: message for pod, message in waiting},
        "groups": {
            each.group.name: {
                "pods": list(each.pods),
                "nodes": each.nodes,
                "waste": round(each.waste, 3),
                "refused": dict(each.refused),
            }
            for each in options
        },
        "choice": None
        if chosen is None
        else {
            "group": chosen.group.name,
            "nodes": chosen.nodes,
            "size": chosen.group.size + chosen.nodes,
        },
        "events": [
            {
                "pod": pod.name,
                "reason": "TriggeredScaleUp" if chosen and pod.name in chosen.pods else "NotTriggerScaleUp",
            }
            for pod in pods
        ],
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(chosen is not None or not waiting),
        explain=lambda: tuple(_up_steps(waiting, options, chosen, asked)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Where the scheduler puts a pod, or what it says, and why one node in particular refuses it."""

    pod: Pod
    node: str | None
    message: str = ""
    refusal: str = ""


def _unschedulable(scenario: Scenario) -> list[tuple[Pod, str]]:
    """Return the pods without a node that fit nowhere, each with what the scheduler says of it."""
    told = _placed(snapshot.read(scenario), snapshot.waiting(scenario))
    return [(each.pod, each.message) for each in told if each.node is None]


def _placed(cluster: Cluster, pods: Sequence[Pod], *, ask: str = "") -> list[Told]:
    """Place pods one after the other; read what is said at once, for the columns change with the next."""
    random = Random(0)  # noqa: S311 - a choice that can be repeated, not a secret
    told = []
    for pod in pods:
        found = place(cluster, cluster.incoming(pod), random)
        if found.node is not None:
            told.append(Told(pod=pod, node=cluster.names[found.node]))
            continue
        message = schedule.words(found.filtered)
        rejection = schedule.rejected(found.filtered).get(ask)
        refusal = ", ".join(rejection["reasons"]) if rejection else message
        told.append(Told(pod=pod, node=None, message=message, refusal=refusal))
    return told


def _option(scenario: Scenario, group: NodeGroup, position: int, pods: Sequence[Pod]) -> Option:
    """Add nodes of a group until they help no further pod, or the group is as large as it may be."""
    room = max(0, group.max - group.size)
    helped: list[Pod] = []
    nodes = 0
    refused = {} if room else {pod.name: "max node group size reached" for pod in pods}
    for number in range(1, room + 1):
        cluster = snapshot.read(_with_nodes(scenario, group, position, number))
        told = _placed(cluster, pods, ask=f"{group.name}-new-1")
        fitting = [each.pod for each in told if each.node is not None]
        if number == 1:
            refused = {each.pod.name: each.refusal for each in told if each.node is None}
        if len(fitting) <= len(helped):
            break
        helped, nodes = fitting, number
        if len(helped) == len(pods):
            break
    names = tuple(pod.name for pod in helped)
    return Option(
        group=group,
        pods=names,
        nodes=nodes,
        waste=_waste(group, helped, nodes) if nodes else 0.0,
        refused={name: why for name, why in refused.items() if name not in names},
    )


def _with_nodes(scenario: Scenario, group: NodeGroup, position: int, number: int) -> Scenario:
    path = f"question.scaleUp.groups[{position}].template"
    added = []
    for each in range(1, number + 1):
        metadata = dict(group.template.get("metadata") or {})
        name = f"{group.name}-new-{each}"
        labels = {**(metadata.get("labels") or {}), "kubernetes.io/hostname": name}
        template = {
            "apiVersion": "v1",
            "kind": "Node",
            **group.template,
            "metadata": {**metadata, "name": name, "labels": labels},
        }
        manifests.check(template, path=path)
        added.append((path, template))
    return replace(scenario, manifests=(*scenario.manifests, *added))


def _waste(group: NodeGroup, pods: Sequence[Pod], nodes: int) -> float:
    """Return the mean share of cpu and memory of the new nodes that no pod requests."""
    node = manifests.decode({"apiVersion": "v1", "kind": "Node", **group.template}, Node)
    shares = []
    for resource in _MEASURED:
        offered = nodes * _offered(node, resource)
        asked = sum(pod_resources.pod_requests(pod).get(resource, 0) for pod in pods)
        if offered:
            shares.append((offered - asked) / offered)
    return sum(shares) / len(shares) if shares else 0.0


def _offered(node: Node, resource: str) -> int:
    amount = (node.status.allocatable or node.status.capacity or {}).get(resource)
    return 0 if amount is None else pod_resources.billionths(amount)


def _choose(options: Sequence[Option], asked: ScaleUp) -> Option:
    """Return the group that the expander prefers; of equal ones the seed decides."""
    keys: dict[str, Callable[[Option], float]] = {
        "least-waste": lambda each: each.waste,
        "most-pods": lambda each: -len(each.pods),
        "price": lambda each: each.group.price * each.nodes / len(each.pods),
        "priority": lambda each: -each.group.priority,
        "random": lambda _: 0,
    }
    key = keys[asked.expander]
    best = min(key(each) for each in options)
    equal = [each for each in options if key(each) == best]
    return Random(asked.seed).choice(equal)  # noqa: S311 - a choice that can be repeated


def _up_steps(
    waiting: Sequence[tuple[Pod, str]],
    options: Sequence[Option],
    chosen: Option | None,
    asked: ScaleUp,
) -> Iterator[Step]:
    if not waiting:
        yield Step("autoscaling.ca.nothingPending", True)
    for pod, message in waiting:
        yield Step("autoscaling.ca.unschedulable", True, {"pod": pod.name, "message": message})
    for each in options:
        facts = {
            "group": each.group.name,
            "pods": each.pods or None,
            "nodes": each.nodes,
            "waste": f"{each.waste:.0%}",
        }
        yield Step("autoscaling.ca.groupHelps", bool(each.pods), facts)
        for pod_name, reason in each.refused.items():
            refused = {"group": each.group.name, "pod": pod_name, "reason": reason}
            yield Step("autoscaling.ca.groupRefuses", False, refused)
    if chosen is not None:
        yield Step(
            "autoscaling.ca.expander",
            True,
            {"group": chosen.group.name, "nodes": chosen.nodes, "expander": asked.expander},
        )


# Scale-down


class ScaleDown(Question, frozen=True):
    """Nodes below `threshold` (of cpu and of memory requested) may go, if their pods may."""

    threshold: float = _UNDERUSED
    skip_local_storage: bool = True
    skip_system_pods: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A node: its utilization, what keeps it, and where its pods would go."""

    node: str
    utilization: float
    blockers: tuple[tuple[str, str], ...]
    moves: Mapping[str, str]


def scale_down(scenario: Scenario, asked: ScaleDown) -> Verdict:
    """Return which nodes may be removed. Yes: at least one; no: none."""
    candidates = [_candidate(scenario, node, asked) for node in scenario.all(Node)]
    removable = [each.node for each in candidates if not each.blockers]
    answer = {
        "removable": removable,
        "nodes": {
            each.node: {
                "utilization": round(each.utilization, 3),
                "blockedBy": [{"pod": pod or None, "reason": reason} for pod, reason in each.blockers],
                "moves": dict(each.moves),
            }
            for each in candidates
        },
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(bool(removable)),
        explain=lambda: tuple(_down_steps(candidates, asked)),
    )


def _candidate(scenario: Scenario, node: Node, asked: ScaleDown) -> Candidate:
    pods = [
        pod
        for pod in scenario.all(Pod)
        if pod.spec.node_name == node.name and pod.status.phase not in {"Succeeded", "Failed"}
    ]
    utilization = max((_utilization(node, pods, each) for each in _MEASURED), default=0.0)
    moving = [pod for pod in pods if not _stays_with_node(pod)]
    blockers: list[tuple[str, str]] = []
    if (node.metadata.annotations or {}).get(_DISABLED) == "true":
        blockers.append(("", "scaleDownDisabled"))
    if utilization >= asked.threshold:
        blockers.append(("", "aboveThreshold"))
    budgets = scenario.all(PodDisruptionBudget)
    for pod in moving:
        reason = _keeps(pod, budgets, asked)
        if reason:
            blockers.append((pod.name, reason))
    moves: dict[str, str] = {}
    if not blockers:
        for told in _placed(snapshot.read(_without(scenario, node)), [_free(pod) for pod in moving]):
            if told.node is None:
                blockers.append((told.pod.name, "noPlaceToMove"))
            else:
                moves[told.pod.name] = told.node
    return Candidate(
        node=node.name, utilization=utilization, blockers=tuple(blockers), moves={} if blockers else moves
    )


def _utilization(node: Node, pods: Sequence[Pod], resource: str) -> float:
    offered = _offered(node, resource)
    asked = sum(pod_resources.pod_requests(pod).get(resource, 0) for pod in pods)
    return asked / offered if offered else 0.0


def _stays_with_node(pod: Pod) -> bool:
    """Whether a pod goes with its node: a daemon, or a static pod's mirror."""
    controller = pod.metadata.controller
    daemon = controller is not None and controller.kind == "DaemonSet"
    return daemon or _MIRROR in (pod.metadata.annotations or {})


def _keeps(pod: Pod, budgets: Sequence[PodDisruptionBudget], asked: ScaleDown) -> str:
    """Return why a pod keeps its node, empty if it does not."""
    annotations = pod.metadata.annotations or {}
    mine = [
        each
        for each in budgets
        if each.namespace == pod.namespace and selectors.matches(each.spec.selector, pod.labels)
    ]
    if annotations.get(_SAFE) == "false":
        return "notSafeToEvict"
    if any(each.status.disruptions_allowed <= 0 for each in mine):
        return "notEnoughPdb"
    if annotations.get(_SAFE) == "true":
        return ""
    if pod.metadata.controller is None:
        return "notReplicated"
    if asked.skip_system_pods and pod.namespace == "kube-system" and not mine:
        return "systemPod"
    volumes = pod.spec.volumes or ()
    local = any(each.empty_dir is not None or each.host_path is not None for each in volumes)
    return "localStorage" if asked.skip_local_storage and local else ""


def _without(scenario: Scenario, node: Node) -> Scenario:
    kept = tuple(
        (path, raw)
        for path, raw in scenario.manifests
        if (raw["kind"], raw["metadata"].get("name")) != ("Node", node.name)
    )
    return replace(scenario, manifests=kept)


def _free(pod: Pod) -> Pod:
    return msgspec.structs.replace(pod, spec=msgspec.structs.replace(pod.spec, node_name=""))


def _down_steps(candidates: Sequence[Candidate], asked: ScaleDown) -> Iterator[Step]:
    for each in candidates:
        facts: dict[str, Any] = {
            "node": each.node,
            "utilization": f"{each.utilization:.0%}",
            "threshold": f"{asked.threshold:.0%}",
            "moves": tuple(f"{pod} → {node}" for pod, node in each.moves.items()) or None,
        }
        for pod, reason in each.blockers:
            yield Step(f"autoscaling.ca.{reason}", False, facts | {"pod": pod or None})
        if not each.blockers:
            yield Step("autoscaling.ca.removable", True, facts)
    if not candidates:
        yield Step("autoscaling.ca.noNodes", False)


SCALE_UP = Evaluator(question=ScaleUp, evaluate=scale_up)
SCALE_DOWN = Evaluator(question=ScaleDown, evaluate=scale_down)

"""Scaling down: which nodes may go, and what keeps the others.

Source: github.com/kubernetes/autoscaler, cluster-autoscaler/FAQ.md (How does scale-down work?, What types of
pods can prevent CA from removing a node?; 1.36).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from ontology import instants, selectors
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod, Volume
from ontology.cluster.policies import PodDisruptionBudget
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.scheduling import snapshot
from ontology.verdict import Outcome, Step, Verdict
from ontology.walkthroughs.cluster_autoscaler.placing import (
    MEASURED,
    is_expendable,
    offered,
    placed,
    requested,
)

_UNDERUSED = 0.5
_PREFIX = "cluster-autoscaler.kubernetes.io"
_SAFE = f"{_PREFIX}/safe-to-evict"
_SAFE_VOLUMES = f"{_PREFIX}/safe-to-evict-local-volumes"
_DISABLED = f"{_PREFIX}/scale-down-disabled"
_DAEMON = f"{_PREFIX}/daemonset-pod"
_MIRROR = "kubernetes.io/config.mirror"
# What creates its pods again, as far as the autoscaler knows.
_REPLICATING = frozenset({"ReplicationController", "ReplicaSet", "StatefulSet", "Job"})


class GroupSize(Question, frozen=True):
    """A node group's nodes, and how many of them must stay."""

    name: str
    nodes: list[str]
    min: int = 0


class ScaleDown(Question, frozen=True):
    """Nodes below `threshold` (of cpu and of memory requested) may go, if their pods may.

    `unneededFor` says for how long nodes have been unneeded; without it that is not asked.
    """

    threshold: float = _UNDERUSED
    skip_local_storage: bool = True
    skip_system_pods: bool = True
    skip_custom_controllers: bool = True
    groups: list[GroupSize] | None = None
    unneeded_time: str = "10m"
    unneeded_for: dict[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A node: its utilization, what keeps it, and where its pods would go."""

    node: str
    utilization: float
    blockers: tuple[tuple[str, str], ...]
    moves: Mapping[str, str]


def scale_down(scenario: Scenario, asked: ScaleDown) -> Verdict:
    """Return which nodes may be removed. Yes: at least one; no: none.

    Raises:
        InvalidQuestionError: a group or a time of a node that is not there.
    """
    nodes = scenario.all(Node)
    _check(nodes, asked)
    candidates = [_candidate(scenario, node, asked) for node in nodes]
    removable = [each.node for each in candidates if not each.blockers]
    together = _together(scenario, nodes, removable, asked)
    answer = {
        "removable": removable,
        "together": together,
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
        explain=lambda: tuple(_down_steps(candidates, together, asked)),
    )


def _check(nodes: Sequence[Node], asked: ScaleDown) -> None:
    known = {node.name for node in nodes}
    named = [
        *(
            (name, f"groups[{place}].nodes")
            for place, each in enumerate(asked.groups or ())
            for name in each.nodes
        ),
        *((name, "unneededFor") for name in asked.unneeded_for or ()),
    ]
    for name, where in named:
        if name not in known:
            raise InvalidQuestionError(f"there is no node `{name}`", path=f"question.scaleDown.{where}")


def _together(
    scenario: Scenario, nodes: Sequence[Node], removable: Sequence[str], asked: ScaleDown
) -> list[str]:
    """Return the nodes that may all go: each is tried with those before it gone and their pods moved."""
    gone: list[str] = []
    for node in nodes:
        if node.name not in removable:
            continue
        found = _candidate(scenario, node, asked, gone=gone)
        if not found.blockers:
            gone.append(node.name)
            scenario = _moved(_without(scenario, node), found.moves)
    return gone


def _candidate(scenario: Scenario, node: Node, asked: ScaleDown, *, gone: Sequence[str] = ()) -> Candidate:
    pods = [
        pod
        for pod in scenario.all(Pod)
        if pod.spec.node_name == node.name and pod.status.phase not in {"Succeeded", "Failed"}
    ]
    utilization = max((_utilization(node, pods, each) for each in MEASURED), default=0.0)
    moving = [pod for pod in pods if not (_stays_with_node(pod) or is_expendable(pod))]
    budgets = scenario.all(PodDisruptionBudget)
    blockers = [("", reason) for reason in _keeps_itself(node, utilization, asked, gone)]
    blockers += [(pod.name, reason) for pod in moving if (reason := _keeps(pod, budgets, asked))]
    moves: dict[str, str] = {}
    if not blockers:
        for told in placed(snapshot.read(_without(scenario, node)), [_free(pod) for pod in moving]):
            if told.node is None:
                blockers.append((told.pod.name, "noPlaceToMove"))
            else:
                moves[told.pod.name] = told.node
    return Candidate(
        node=node.name, utilization=utilization, blockers=tuple(blockers), moves={} if blockers else moves
    )


def _keeps_itself(node: Node, utilization: float, asked: ScaleDown, gone: Sequence[str]) -> Iterator[str]:
    """Yield what keeps a node, whatever its pods say."""
    if (node.metadata.annotations or {}).get(_DISABLED) == "true":
        yield "scaleDownDisabled"
    if utilization >= asked.threshold:
        yield "aboveThreshold"
    for group in asked.groups or ():
        if node.name in group.nodes and len(set(group.nodes).difference(gone)) <= group.min:
            yield "minSizeReached"
    if asked.unneeded_for is not None:
        path = "question.scaleDown.unneeded"
        since = instants.duration(asked.unneeded_for.get(node.name, "0"), path=f"{path}For")
        if since < instants.duration(asked.unneeded_time, path=f"{path}Time"):
            yield "notUnneededLongEnough"


def _utilization(node: Node, pods: Sequence[Pod], resource: str) -> float:
    there = offered(node, resource)
    return requested(pods, resource) / there if there else 0.0


def _stays_with_node(pod: Pod) -> bool:
    """Whether a pod goes with its node: a daemon, or a static pod's mirror."""
    controller, annotations = pod.metadata.controller, pod.metadata.annotations or {}
    daemon = controller is not None and controller.kind == "DaemonSet"
    return daemon or annotations.get(_DAEMON) == "true" or _MIRROR in annotations


def _keeps(pod: Pod, budgets: Sequence[PodDisruptionBudget], asked: ScaleDown) -> str:
    """Return why a pod keeps its node, empty if it does not; of several reasons the autoscaler's first."""
    safe = (pod.metadata.annotations or {}).get(_SAFE)
    controller = pod.metadata.controller
    mine = [
        each
        for each in budgets
        if each.namespace == pod.namespace and selectors.matches(each.spec.selector, pod.labels)
    ]
    unknown = controller is not None and controller.kind not in _REPLICATING
    # safe-to-evict lifts what the autoscaler minds, but not a budget: that refuses the eviction itself
    minds = safe != "true"
    reasons = {
        "notReplicated": minds and controller is None,
        "customController": minds and asked.skip_custom_controllers and unknown,
        "systemPod": minds and asked.skip_system_pods and pod.namespace == "kube-system" and not mine,
        "notSafeToEvict": safe == "false",
        "localStorage": minds and asked.skip_local_storage and _has_local_data(pod),
        "notEnoughPdb": any(each.status.disruptions_allowed <= 0 for each in mine),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _has_local_data(pod: Pod) -> bool:
    """Whether a pod has a volume on its node that is not in memory, nor said to be safe to lose."""
    safe = (pod.metadata.annotations or {}).get(_SAFE_VOLUMES, "").split(",")
    return any(_is_local(each) and each.name not in safe for each in pod.spec.volumes or ())


def _is_local(volume: Volume) -> bool:
    in_memory = volume.empty_dir is not None and volume.empty_dir.get("medium") == "Memory"
    return volume.host_path is not None or (volume.empty_dir is not None and not in_memory)


def _without(scenario: Scenario, node: Node) -> Scenario:
    kept = tuple(
        (path, raw)
        for path, raw in scenario.manifests
        if (raw["kind"], raw["metadata"].get("name")) != ("Node", node.name)
    )
    return replace(scenario, manifests=kept)


def _moved(scenario: Scenario, moves: Mapping[str, str]) -> Scenario:
    """Return the scenario with pods on other nodes."""

    def on(raw: Mapping[str, Any]) -> Mapping[str, Any]:
        node = moves.get(raw["metadata"].get("name", "")) if raw["kind"] == Pod.KIND else None
        return raw if node is None else {**raw, "spec": {**raw["spec"], "nodeName": node}}

    return replace(scenario, manifests=tuple((path, on(raw)) for path, raw in scenario.manifests))


def _free(pod: Pod) -> Pod:
    return msgspec.structs.replace(pod, spec=msgspec.structs.replace(pod.spec, node_name=""))


def _down_steps(candidates: Sequence[Candidate], together: Sequence[str], asked: ScaleDown) -> Iterator[Step]:
    for each in candidates:
        facts: dict[str, Any] = {
            "node": each.node,
            "utilization": f"{each.utilization:.0%}",
            "threshold": f"{asked.threshold:.0%}",
            "unneeded": asked.unneeded_time,
            "moves": tuple(f"{pod} → {node}" for pod, node in each.moves.items()) or None,
        }
        for pod, reason in each.blockers:
            yield Step(f"autoscaling.ca.{reason}", False, facts | {"pod": pod or None})
        if not each.blockers:
            yield Step("autoscaling.ca.removable", True, facts)
    alone = tuple(each.node for each in candidates if not each.blockers and each.node not in together)
    if alone:
        yield Step("autoscaling.ca.notTogether", False, {"nodes": alone, "together": tuple(together)})
    if not candidates:
        yield Step("autoscaling.ca.noNodes", False)


SCALE_DOWN = Evaluator(question=ScaleDown, evaluate=scale_down)

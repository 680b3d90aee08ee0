"""ReplicaSets: keep a number of interchangeable pods.

Source: kubernetes.io/docs/concepts/workloads/controllers/replicaset (v1.36).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ontology import readiness, selectors
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import ReplicaSet
from ontology.semantics.workloads.claiming import Claimed, claim
from ontology.semantics.workloads.ranking import Ranking
from ontology.verdict import Step

# A controller creates or deletes at most so many pods in one pass.
BURST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass writes. `delete` stands in the order of the ranking; by name if all go."""

    pods: Claimed[Pod]
    create: int
    delete: tuple[Pod, ...]
    status: dict[str, int]
    steps: tuple[Step, ...]

    @property
    def answer(self) -> dict[str, Any]:
        """The pass in the shape of the system's page."""
        return {
            "create": self.create,
            "delete": [pod.name for pod in self.delete],
            "adopt": self.pods.adopted_names,
            "release": self.pods.released_names,
            "error": False,
            "status": self.status,
        }

    @property
    def settled(self) -> bool:
        """Whether the pass writes nothing but status, and every pod wanted is available."""
        changes = self.create or self.delete or self.pods.adopted or self.pods.released
        return not changes and self.status["availableReplicas"] == self.status["replicas"]


def wanted(replica_set: ReplicaSet) -> int:
    """Return `spec.replicas`, 1 where it is absent."""
    return 1 if replica_set.spec.replicas is None else replica_set.spec.replicas


def reconcile(
    replica_set: ReplicaSet, *, pods: Sequence[Pod], siblings: Sequence[ReplicaSet] = (), now: int
) -> Pass:
    """Return what one pass over `replica_set` writes; `siblings` are all ReplicaSets there are."""
    active = claim(replica_set, replica_set.spec.selector, (pod for pod in pods if readiness.is_active(pod)))
    steps = list(active.steps(replica_set))
    surplus = len(active.owned) - wanted(replica_set)
    deleted = replica_set.metadata.deletion_timestamp is not None
    facts = {"name": replica_set.name, "wanted": wanted(replica_set), "active": len(active.owned)}
    create = 0
    delete: tuple[Pod, ...] = ()
    if deleted:
        steps.append(Step("workloads.deletedOwner", True, {"kind": "ReplicaSet", "name": replica_set.name}))
    elif surplus < 0:
        create = min(-surplus, BURST)
        steps.append(Step("workloads.replicaCount", False, facts | {"action": f"+{create}"}))
    elif surplus > 0:
        delete, reasons = _surplus(replica_set, active.owned, pods, siblings, min(surplus, BURST), now)
        steps.append(Step("workloads.replicaCount", False, facts | {"action": f"-{len(delete)}"}))
        steps.extend(reasons)
    else:
        steps.append(Step("workloads.replicaCount", True, facts | {"action": "0"}))
    status = _status(replica_set, active.owned, pods, now)
    return Pass(pods=active, create=create, delete=delete, status=status, steps=tuple(steps))


def _surplus(  # noqa: PLR0913, PLR0917 - one caller; every value is one the ranking reads
    replica_set: ReplicaSet,
    active: Sequence[Pod],
    pods: Sequence[Pod],
    siblings: Sequence[ReplicaSet],
    number: int,
    now: int,
) -> tuple[tuple[Pod, ...], list[Step]]:
    if number >= len(active):
        return tuple(sorted(active, key=lambda pod: pod.name)), []
    ranking = Ranking(now=now, costs=True, crowd=_crowd(replica_set, pods, siblings))
    order = ranking.order(active)
    spared = order[number]
    steps = [
        Step(
            f"workloads.rank.{ranking.compare(pod, spared)[1]}",
            True,
            {"pod": pod.name, "spared": spared.name},
        )
        for pod in order[:number]
    ]
    return tuple(order[:number]), steps


def _crowd(replica_set: ReplicaSet, pods: Sequence[Pod], siblings: Sequence[ReplicaSet]) -> Counter[str]:
    """Count by node the active pods that the ReplicaSets of the same owner select."""
    owner = replica_set.metadata.controller
    if owner is None:
        return Counter()
    related = [
        each
        for each in siblings
        if each.metadata.controller is not None and each.metadata.controller.uid == owner.uid
    ]
    return Counter(
        pod.spec.node_name
        for pod in pods
        if readiness.is_active(pod)
        and any(
            pod.namespace == each.namespace and selectors.matches(each.spec.selector, pod.labels)
            for each in related
        )
    )


def _status(replica_set: ReplicaSet, active: Sequence[Pod], pods: Sequence[Pod], now: int) -> dict[str, int]:
    template = ((replica_set.spec.template or {}).get("metadata") or {}).get("labels") or {}
    minimum = replica_set.spec.min_ready_seconds
    leaving = claim(
        replica_set,
        replica_set.spec.selector,
        (pod for pod in pods if readiness.is_terminating(pod) and not readiness.is_finished(pod)),
    )
    return {
        "replicas": len(active),
        "fullyLabeledReplicas": sum(selectors.matches_all(template, pod.labels) for pod in active),
        "readyReplicas": sum(readiness.is_ready(pod) for pod in active),
        "availableReplicas": sum(
            readiness.is_available(pod, min_ready_seconds=minimum, now=now) for pod in active
        ),
        "terminatingReplicas": len(leaving.owned),
    }

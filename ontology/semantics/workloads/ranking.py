"""Which pods go first when there are too many.

Source: kubernetes.io/docs/concepts/workloads/controllers/replicaset (Scaling a ReplicaSet, v1.36).
A criterion decides only on a tie of those before it.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cmp_to_key

from ontology import instants, readiness
from ontology.cluster.pods import ContainerStatus, Pod

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_COST = re.compile(r"0|[1-9]\d*|-\d+")
_INT32 = range(-(2**31), 2**31)
_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


@dataclass(frozen=True, slots=True)
class Ranking:
    """How two pods compare.

    With `now` ages compare on a logarithmic scale (the whole part of log2 of nanoseconds), equal there
    means the smaller uid goes first; without it the younger goes first. `costs` says whether the
    annotation for deletion cost counts, `crowd` how many related pods share a pod's node.
    """

    now: int | None = None
    costs: bool = False
    crowd: Mapping[str, int] = field(default_factory=dict)

    def order(self, pods: Sequence[Pod]) -> list[Pod]:
        """Return the pods, those to go first at the front; equal ones keep their order."""

        def compare(one: Pod, other: Pod) -> int:
            return self.compare(one, other)[0]

        return sorted(pods, key=cmp_to_key(compare))

    def compare(self, one: Pod, other: Pod) -> tuple[int, str]:
        """Return below 0 if `one` goes before `other`, and the name of the criterion that decides."""
        for name, criterion in _CRITERIA:
            difference = criterion(self, one, other)
            if difference:
                return difference, name
        return 0, "noDifference"

    def younger(self, one: int | None, other: int | None, uids: tuple[str, str]) -> int:
        """Return below 0 if the first of two different instants counts as the later one.

        A missing instant counts as the latest.
        """
        if one == other:
            return 0
        if one is None or other is None:
            return -1 if one is None else 1
        if self.now is None:
            return other - one
        return _logarithm(self.now - one) - _logarithm(self.now - other) or (-1 if uids[0] < uids[1] else 1)


def deletion_cost(pod: Pod) -> int:
    """Return the pod's deletion cost, 0 where it is absent or not a plain 32-bit integer."""
    text = (pod.metadata.annotations or {}).get(DELETION_COST, "")
    if _COST.fullmatch(text) is None:
        return 0
    return int(text) if int(text) in _INT32 else 0


def restarts(pod: Pod) -> tuple[int, int]:
    """Return the most restarts of a main container, and of a sidecar."""
    sidecars = {c.name for c in pod.spec.init_containers or () if c.restart_policy == "Always"}
    inits = [s for s in pod.status.init_container_statuses or () if s.name in sidecars]
    return _most(pod.status.container_statuses), _most(inits)


def _most(statuses: Sequence[ContainerStatus] | None) -> int:
    return max((each.restart_count for each in statuses or ()), default=0)


def _logarithm(nanoseconds: int) -> int:
    return int(math.log2(nanoseconds)) if nanoseconds > 0 else -1


def _by_readiness_age(ranking: Ranking, one: Pod, other: Pod) -> int:
    if not (readiness.is_ready(one) and readiness.is_ready(other)):
        return 0
    return ranking.younger(
        readiness.ready_since(one), readiness.ready_since(other), (one.metadata.uid, other.metadata.uid)
    )


def _by_age(ranking: Ranking, one: Pod, other: Pod) -> int:
    mine, theirs = (
        instants.parse(each.metadata.creation_timestamp) if each.metadata.creation_timestamp else None
        for each in (one, other)
    )
    return ranking.younger(mine, theirs, (one.metadata.uid, other.metadata.uid))


def _by_restarts(_: Ranking, one: Pod, other: Pod) -> int:
    mine, theirs = restarts(one), restarts(other)
    return (theirs > mine) - (theirs < mine)


_CRITERIA: tuple[tuple[str, Callable[[Ranking, Pod, Pod], int]], ...] = (
    ("unassigned", lambda _, one, other: bool(one.spec.node_name) - bool(other.spec.node_name)),
    ("phase", lambda _, one, other: _PHASES.get(one.status.phase, 0) - _PHASES.get(other.status.phase, 0)),
    ("readiness", lambda _, one, other: readiness.is_ready(one) - readiness.is_ready(other)),
    ("deletionCost", lambda r, one, other: (deletion_cost(one) - deletion_cost(other)) if r.costs else 0),
    (
        "crowdedNode",
        lambda r, one, other: r.crowd.get(other.spec.node_name, 0) - r.crowd.get(one.spec.node_name, 0),
    ),
    ("readyTime", _by_readiness_age),
    ("restarts", _by_restarts),
    ("age", _by_age),
)

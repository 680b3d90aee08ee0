"""Virtual time: controllers pass until they rest, then the next moment at which anything can happen."""

import heapq
from collections.abc import Callable, Sequence

from ontology.errors import TooCostlyError
from ontology.semantics.workloads.simulation import interventions, kubelet
from ontology.semantics.workloads.simulation.cluster import Cluster, key_of
from ontology.semantics.workloads.simulation.controllers import CONTROLLERS

_MOST_PASSES = 500
_MOST_MOMENTS = 20_000

Happening = tuple[int, Callable[[Cluster], None]]
"""An instant, and what somebody does to the cluster then."""


def run(cluster: Cluster, until: int, events: Sequence[Happening]) -> None:
    """Let time pass until nothing more can happen, or `until`.

    Raises:
        TooCostlyError: more moments or passes than a run may have.
    """
    ahead = sorted(events, key=lambda each: each[0])
    for moment, _ in ahead:
        cluster.at(moment)
    kubelet.begin(cluster)
    for _ in range(_MOST_MOMENTS):
        while ahead and ahead[0][0] <= cluster.now:
            ahead.pop(0)[1](cluster)
        interventions.evict(cluster)
        _settle(cluster)
        while cluster.moments and cluster.moments[0] <= cluster.now:
            heapq.heappop(cluster.moments)
        if not cluster.moments or cluster.moments[0] > until:
            return
        cluster.now = cluster.moments[0]
        kubelet.step(cluster)
    raise TooCostlyError(f"the run has more than {_MOST_MOMENTS:,} moments", path="question.run")


def _settle(cluster: Cluster) -> None:
    """Let every controller pass until none writes anything."""
    for _ in range(_MOST_PASSES):
        written = False
        for kind, reconcile in CONTROLLERS:
            for found in cluster.all(kind):
                current = cluster.objects.get(key_of(found))
                if current is not None:  # it may have been deleted in this very round
                    written |= reconcile(cluster, current)
        if not written:
            return
    raise TooCostlyError(
        f"the controllers do not come to rest within {_MOST_PASSES} passes", path="question.run"
    )

"""Balance: nodes whose cpu and memory would be used more evenly score higher.

Source: kube-scheduler v1.36, NodeResourcesBalancedAllocation: the change that the pod makes counts, so that
a node is not liked for being balanced while the pod makes it worse.
"""

from typing import Self

import numpy as np
from numpy.typing import NDArray

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints
from ontology.semantics.scheduling.pods import Demand
from ontology.semantics.scheduling.scores.score import HIGHEST, Score

_HALF = HIGHEST // 2


class Balance(Score):
    """Compares the balance with the pod to that without it."""

    PLUGIN = "NodeResourcesBalancedAllocation"
    RULE = "scheduling.balance"
    WEIGHT = 1

    def __init__(self, cluster: Cluster, demand: Demand) -> None:
        self._cluster = cluster
        self._asked = tuple(demand.requests.get(resource, 0) for resource in ("cpu", "memory"))

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None for a pod that requests neither cpu nor memory."""
        return cls(cluster, demand) if {"cpu", "memory"} & demand.requests.keys() else None

    def points(self, at: At) -> Ints:
        """75 where the balance stays, more where it gets better."""
        cpu, memory = self._asked
        after, before = balance(self._cluster, at, cpu, memory), balance(self._cluster, at, 0, 0)
        return _HALF + ((_HALF + after - before) >> 1)


def balance(cluster: Cluster, at: At, cpu: int, memory: int) -> Ints:
    """Return 0 to 100 for each node with so much more requested; 100 is in balance."""
    apart = _fraction(cluster, "cpu", at, cpu) - _fraction(cluster, "memory", at, memory)
    points: Ints = ((1.0 - np.abs(apart / 2.0)) * float(HIGHEST)).astype(np.int64)
    lacking = (cluster.allocatable("cpu")[at] == 0) | (cluster.allocatable("memory")[at] == 0)
    return np.where(lacking, HIGHEST, points)


def _fraction(cluster: Cluster, resource: str, at: At, more: int) -> NDArray[np.float64]:
    capacity = cluster.allocatable(resource)[at]
    used = cluster.used(resource)[at] + more
    return np.minimum(used / np.maximum(capacity, 1), 1.0)

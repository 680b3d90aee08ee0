"""Free resources: nodes with more cpu and memory left score higher (`LeastAllocated`).

Source: kubernetes.io/docs/concepts/scheduling-eviction/resource-bin-packing, kube-scheduler v1.36. A
container without a request counts as 100m of cpu, 200Mi of memory.
"""

from typing import Self

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints, quotients
from ontology.semantics.scheduling.pods import Demand
from ontology.semantics.scheduling.scores.score import HIGHEST, Score


class FreeResources(Score):
    """The mean share of cpu and memory that would be free with the pod placed."""

    PLUGIN = "NodeResourcesFit"
    RULE = "scheduling.freeResources"
    WEIGHT = 1

    def __init__(self, cluster: Cluster, demand: Demand) -> None:
        self._parts = [
            (asked, cluster.allocatable(resource), load, int(cluster.allocatable(resource).max(initial=0)))
            for asked, resource, load in zip(
                demand.load_if_placed, ("cpu", "memory"), cluster.load, strict=True
            )
        ]
        self._known: Ints = np.sum([allocatable > 0 for _, allocatable, _, _ in self._parts], axis=0)
        self._plain = bool((self._known == len(self._parts)).all())

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self:
        """Return the score; it is never left out."""
        return cls(cluster, demand)

    def points(self, at: At) -> Ints:
        """The mean of the shares, over the resources that the node says it has."""
        total: Ints = np.zeros(1, dtype=np.int64)
        for asked, allocatable, load, largest in self._parts:
            capacity = allocatable[at]
            free = np.maximum(capacity - load[at] - asked, 0)
            total = total + quotients(free * HIGHEST, np.maximum(capacity, 1), largest=largest)
        if self._plain:
            return total >> 1
        return total // np.maximum(self._known[at], 1)

"""Free resources: nodes with more cpu and memory left score higher (`LeastAllocated`).

Source: kubernetes.io/docs/concepts/scheduling-eviction/resource-bin-packing, kube-scheduler v1.36. A
container without a request counts as 100m of cpu, 200Mi of memory.
"""

from typing import Self

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster, Machines
from ontology.semantics.scheduling.columns import At, Tracked, Whole, hundredths
from ontology.semantics.scheduling.pods import Demand
from ontology.semantics.scheduling.scores.score import Score


class FreeResources(Score):
    """The mean share of cpu and memory that would be free with the pod placed."""

    PLUGIN = "NodeResourcesFit"
    RULE = "scheduling.freeResources"
    WEIGHT = 1

    def __init__(self, column: Tracked) -> None:
        self._column = column

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self:
        """Return the score; it is never left out."""
        asked: Whole = np.array([[float(amount)] for amount in demand.load_if_placed])
        machines = cluster.machines
        return cls(cluster.tracked((cls, demand.load_if_placed), lambda at: free_shares(machines, at, asked)))

    def points(self, at: At) -> Whole:
        """The mean of the shares, over the resources that the node says it has."""
        return self._column.at(at)


def free_shares(machines: Machines, at: At, asked: Whole) -> Whole:
    """Return the mean percentage that is left of cpu and memory with so much more asked."""
    spare = np.maximum(machines.spare[:, at] - asked, 0.0)
    shares = hundredths(spare, machines.divisor[:, at], largest=machines.largest)
    total: Whole = shares[0] + shares[1]
    if machines.complete:
        total *= 0.5
    else:
        total /= np.maximum(machines.known[:, at].sum(axis=0), 1)
    return np.floor(total, out=total)

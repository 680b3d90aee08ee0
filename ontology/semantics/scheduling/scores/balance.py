"""Balance: nodes whose cpu and memory would be used more evenly score higher.

Source: kube-scheduler v1.36, NodeResourcesBalancedAllocation: the change that the pod makes counts, so that
a node is not liked for being balanced while the pod makes it worse.
"""

from typing import Self

import numpy as np

from ontology.semantics.scheduling.cluster import SCORED, Cluster, Machines
from ontology.semantics.scheduling.columns import At, Tracked, Whole
from ontology.semantics.scheduling.pods import Demand
from ontology.semantics.scheduling.scores.score import HIGHEST, Score

_HALF = HIGHEST // 2


class Balance(Score):
    """Compares the balance with the pod to that without it."""

    PLUGIN = "NodeResourcesBalancedAllocation"
    RULE = "scheduling.balance"
    WEIGHT = 1

    def __init__(self, column: Tracked) -> None:
        self._column = column

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None for a pod that requests neither cpu nor memory."""
        if demand.requests.keys().isdisjoint(SCORED):
            return None
        asked = tuple(demand.requests.get(resource, 0) for resource in SCORED)
        more: Whole = np.array([[float(amount)] for amount in asked])
        return cls(cluster.tracked((cls, asked), lambda at: change(cluster, at, more)))

    def points(self, at: At) -> Whole:
        """75 where the balance stays, more where it gets better."""
        return self._column.at(at)


def change(cluster: Cluster, at: At, more: Whole) -> Whole:
    """Return 50, and half of 50 plus what the balance gains with so much `more` requested."""
    machines = cluster.machines
    before = cluster.tracked(balance, lambda nodes: balance(machines, nodes, np.zeros((2, 1))))
    return np.floor((balance(machines, at, more) - before.at(at) + _HALF) * 0.5) + _HALF


def balance(machines: Machines, at: At, more: Whole) -> Whole:
    """Return 0 to 100 for each node with so much `more` requested; 100 is in balance."""
    fractions: Whole = np.minimum((machines.used[:, at] + more) / machines.divisor[:, at], 1.0)
    points: Whole = np.floor((1.0 - np.abs((fractions[0] - fractions[1]) / 2.0)) * HIGHEST)
    if machines.complete:
        return points
    return np.where(machines.known[:, at].all(axis=0), points, float(HIGHEST))

"""Preferred node affinity: the weights of the preferences that a node meets.

Source: kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity-weight (v1.36).
"""

from typing import Self

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Whole
from ontology.semantics.scheduling.pods import Demand
from ontology.semantics.scheduling.scores.score import Score, in_proportion


class PreferredNodes(Score):
    """Adds up the weights of preferences that hold."""

    PLUGIN = "NodeAffinity"
    RULE = "scheduling.preferredNodes"
    WEIGHT = 2
    STATIC = True

    def __init__(self, weights: Whole) -> None:
        self.weights = weights

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None without preferences: of the pod, and of the scheduler for every pod."""
        affinity = demand.pod.spec.affinity
        stated = (cluster.enforced, affinity.node_affinity if affinity else None)
        preferred = [each for one in stated if one for each in one.preferred or ()]
        if not preferred:
            return None
        weights = np.zeros(cluster.size)
        for each in preferred:
            weights += cluster.term_mask(each.preference) * each.weight
        return cls(weights)

    def points(self, at: At) -> Whole:
        """In proportion to the highest sum."""
        return in_proportion(self.weights[at])

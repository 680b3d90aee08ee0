"""Soft taints: nodes with fewer `PreferNoSchedule` taints that the pod does not tolerate score higher.

Source: kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration (v1.36).
"""

from typing import Self

import numpy as np

from ontology import tolerations
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Whole
from ontology.semantics.scheduling.pods import Demand
from ontology.semantics.scheduling.scores.score import HIGHEST, Score, in_proportion

SOFT = ("PreferNoSchedule",)


class SoftTaints(Score):
    """Counts the soft taints that are not tolerated."""

    PLUGIN = "TaintToleration"
    RULE = "scheduling.softTaints"
    WEIGHT = 3
    STATIC = True

    def __init__(self, untolerated: Whole, constant: Whole | None) -> None:
        self._untolerated = untolerated
        self._constant = constant

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self:
        """Return the score; it is never left out."""
        asked = demand.pod.spec.tolerations
        counts = cluster.taints.numbers(lambda t: len(tolerations.untolerated(t, asked, effects=SOFT)))
        if not counts.any():
            return cls(cluster.constant(0.0), cluster.constant(float(HIGHEST)))
        return cls(counts.astype(np.float64), None)

    def points(self, at: At) -> Whole:
        """100 without such taints, 0 for the node with the most."""
        if self._constant is not None:
            return self._constant[at]
        return in_proportion(self._untolerated[at], fewer_is_better=True)

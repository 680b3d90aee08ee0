"""Soft taints: nodes with fewer `PreferNoSchedule` taints that the pod does not tolerate score higher.

Source: kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration (v1.36).
"""

from typing import Self

from ontology import tolerations
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints
from ontology.semantics.scheduling.pods import Demand
from ontology.semantics.scheduling.scores.score import Score, in_proportion

SOFT = ("PreferNoSchedule",)


class SoftTaints(Score):
    """Counts the soft taints that are not tolerated."""

    PLUGIN = "TaintToleration"
    RULE = "scheduling.softTaints"
    WEIGHT = 3

    def __init__(self, untolerated: Ints) -> None:
        self.untolerated = untolerated

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self:
        """Return the score; it is never left out."""
        asked = demand.pod.spec.tolerations
        return cls(cluster.taints.numbers(lambda t: len(tolerations.untolerated(t, asked, effects=SOFT))))

    def points(self, at: At) -> Ints:
        """100 without such taints, 0 for the node with the most."""
        return in_proportion(self.untolerated[at], fewer_is_better=True)

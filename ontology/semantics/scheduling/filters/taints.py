"""Taints: a node keeps pods away that do not tolerate its `NoSchedule` and `NoExecute` taints.

Source: kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration (v1.36).
"""

from typing import Self

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints
from ontology.semantics.scheduling.filters.filter import TableFilter
from ontology.semantics.scheduling.pods import Demand


class Taints(TableFilter):
    """Rejects nodes with a taint that the pod does not tolerate."""

    PLUGIN = "TaintToleration"
    RULE = "scheduling.taints"
    STATIC = True
    REASONS = (("node(s) had untolerated taint(s)", True),)

    def __init__(self, codes: Ints) -> None:
        self._codes = codes

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None where the pod tolerates every node's taints."""
        tolerated = cluster.tolerated(demand)
        return None if tolerated.all() else cls((~tolerated).astype(np.int64))

    def codes(self, at: At) -> Ints:
        """1 where a taint is not tolerated."""
        return self._codes[at]

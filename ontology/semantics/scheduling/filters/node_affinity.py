"""Node selectors and required node affinity.

Source: kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node (v1.36).
"""

from typing import Self

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints
from ontology.semantics.scheduling.filters.filter import TableFilter
from ontology.semantics.scheduling.pods import Demand


class NodeAffinity(TableFilter):
    """Rejects nodes whose labels or name the pod does not ask for."""

    PLUGIN = "NodeAffinity"
    RULE = "scheduling.nodeAffinity"
    STATIC = True
    REASONS = (("node(s) didn't match Pod's node affinity/selector", True),)

    def __init__(self, codes: Ints) -> None:
        self._codes = codes

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None where every node is asked for."""
        affine = cluster.affine(demand)
        return None if affine.all() else cls((~affine).astype(np.int64))

    def codes(self, at: At) -> Ints:
        """1 where the node is not asked for."""
        return self._codes[at]

"""A node asked for by name: `spec.nodeName`.

Source: kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename (v1.36).
"""

from typing import Self

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints
from ontology.semantics.scheduling.filters.filter import TableFilter
from ontology.semantics.scheduling.pods import Demand


class NodeName(TableFilter):
    """Rejects every other node."""

    PLUGIN = "NodeName"
    RULE = "scheduling.nodeName"
    STATIC = True
    REASONS = (("node(s) didn't match the requested node name", True),)

    def __init__(self, codes: Ints) -> None:
        self._codes = codes

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None for a pod that names no node."""
        if not demand.wanted_node:
            return None
        codes = np.ones(cluster.size, dtype=np.int64)
        wanted = cluster.index.get(demand.wanted_node)
        if wanted is not None:
            codes[wanted] = 0
        return cls(codes)

    def codes(self, at: At) -> Ints:
        """1 where the node has another name."""
        return self._codes[at]

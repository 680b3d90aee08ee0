"""Cordoned nodes: `spec.unschedulable` keeps pods away that do not tolerate the taint it stands for.

Source: kubernetes.io/docs/concepts/architecture/nodes/#manual-node-administration (v1.36).
"""

from typing import Self

import numpy as np

from ontology import tolerations
from ontology.cluster.nodes import Taint
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints
from ontology.semantics.scheduling.filters.filter import TableFilter
from ontology.semantics.scheduling.pods import Demand

CORDONED = Taint(key="node.kubernetes.io/unschedulable", effect="NoSchedule")


class Unschedulable(TableFilter):
    """Rejects cordoned nodes."""

    PLUGIN = "NodeUnschedulable"
    RULE = "scheduling.unschedulable"
    STATIC = True
    REASONS = (("node(s) were unschedulable", True),)

    def __init__(self, codes: Ints) -> None:
        self._codes = codes

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None where no node is cordoned, or the pod does not mind."""
        if not cluster.unschedulable.any() or tolerations.first(demand.pod.spec.tolerations, CORDONED):
            return None
        return cls(cluster.unschedulable.astype(np.int64))

    def codes(self, at: At) -> Ints:
        """1 where the node is cordoned."""
        return self._codes[at]

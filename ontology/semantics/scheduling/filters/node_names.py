"""Node names in required affinity: if every term names nodes, no other node is looked at.

Source: kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node (v1.36); NodeAffinity, before the
per-node filters.
"""

from typing import Self

import numpy as np

from ontology.cluster.pods import NodeSelectorTerm
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints, Mask
from ontology.semantics.scheduling.filters.filter import Refusal, TableFilter
from ontology.semantics.scheduling.pods import Demand


class NodeNames(TableFilter):
    """Rejects the nodes that are not among those named."""

    PLUGIN = "NodeAffinity"
    RULE = "scheduling.nodeNames"
    STAGE = "PreFilter"
    STATIC = True
    REASONS = (("node(s) didn't satisfy plugin(s) [NodeAffinity]", True),)

    def __init__(self, named: Mask) -> None:
        self._codes: Ints = (~named).astype(np.int64)

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | Refusal | None:
        """Return None unless every term names nodes; names that contradict one another refuse the pod."""
        affinity = demand.pod.spec.affinity
        required = affinity.node_affinity.required if affinity and affinity.node_affinity else None
        terms = (required.node_selector_terms if required else None) or ()
        names: set[str] = set()
        for term in terms:
            found = _names(term)
            if found is None:
                return None
            names |= found
        if not terms:
            return None
        if not names:
            return Refusal("pod affinity terms conflict")
        return cls(np.fromiter((name in names for name in cluster.names), bool, cluster.size))

    def codes(self, at: At) -> Ints:
        """1 where the node is not named."""
        return self._codes[at]


def _names(term: NodeSelectorTerm) -> set[str] | None:
    listed = [
        set(each.values or ())
        for each in term.match_fields or ()
        if each.key == "metadata.name" and each.operator == "In"
    ]
    return set.intersection(*listed) if listed else None

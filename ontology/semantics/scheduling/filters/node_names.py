"""Node names in required affinity: if every term names nodes, no other node is looked at.

Source: kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node (v1.36); NodeAffinity, before the
per-node filters.
"""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from ontology.cluster.pods import NodeSelectorTerm
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.filters.filter import MaskFilter, Refusal
from ontology.semantics.scheduling.pods import Demand


class NodeNames(MaskFilter):
    """Rejects the nodes that are not among those named."""

    PLUGIN = "NodeAffinity"
    RULE = "scheduling.nodeNames"
    STAGE = "PreFilter"
    REASONS = (("node(s) didn't satisfy plugin(s) [NodeAffinity]", True),)

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | Refusal | None:
        """Return None unless every term names nodes; names that contradict one another refuse the pod."""
        terms = _terms(demand)
        listed = [_names(term) for term in terms]
        if not terms or None in listed:
            return None
        names = _named(demand)
        if not names:
            return Refusal("pod affinity terms conflict")
        named = np.fromiter((name in names for name in cluster.names), bool, cluster.size)
        return cls(cluster, demand, ~named)

    def facts(self, node: int, code: int) -> Mapping[str, Any]:  # noqa: ARG002 - one reason
        """Return the names asked for."""
        return {"names": tuple(sorted(_named(self.demand)))}


def _terms(demand: Demand) -> list[NodeSelectorTerm]:
    affinity = demand.pod.spec.affinity
    required = affinity.node_affinity.required if affinity and affinity.node_affinity else None
    return (required.node_selector_terms if required else None) or []


def _named(demand: Demand) -> set[str]:
    return set().union(*(_names(term) or set() for term in _terms(demand)))


def _names(term: NodeSelectorTerm) -> set[str] | None:
    listed = [
        set(each.values or ())
        for each in term.match_fields or ()
        if each.key == "metadata.name" and each.operator == "In"
    ]
    return set.intersection(*listed) if listed else None

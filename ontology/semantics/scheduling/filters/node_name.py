"""A node asked for by name: `spec.nodeName`.

Source: kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename (v1.36).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.filters.filter import MaskFilter, Remedy, pod_edit
from ontology.semantics.scheduling.pods import Demand


class NodeName(MaskFilter):
    """Rejects every other node."""

    PLUGIN = "NodeName"
    RULE = "scheduling.nodeName"
    REASONS = (("node(s) didn't match the requested node name", True),)

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None for a pod that names no node."""
        if not demand.wanted_node:
            return None
        others = np.ones(cluster.size, dtype=bool)
        wanted = cluster.index.get(demand.wanted_node)
        if wanted is not None:
            others[wanted] = False
        return cls(cluster, demand, others)

    def facts(self, node: int, code: int) -> Mapping[str, Any]:  # noqa: ARG002 - one reason
        """Return the name asked for."""
        return {"wanted": self.demand.wanted_node}

    def remedies(self, node: int, code: int) -> Iterator[Remedy]:  # noqa: ARG002 - one reason
        """Ask for this node."""
        name = self.cluster.names[node]
        yield (pod_edit(self.demand, ("spec", "nodeName"), name, f"nodeName={name}"),)

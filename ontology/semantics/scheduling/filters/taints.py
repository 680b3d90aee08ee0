"""Taints: a node keeps pods away that do not tolerate its `NoSchedule` and `NoExecute` taints.

Source: kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration (v1.36).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Self

from ontology import tolerations
from ontology.cluster.nodes import Taint
from ontology.semantics.scheduling import edits
from ontology.semantics.scheduling.cluster import KEEPS_AWAY, Cluster
from ontology.semantics.scheduling.filters.filter import MaskFilter, Remedy, pod_edit
from ontology.semantics.scheduling.pods import Demand


class Taints(MaskFilter):
    """Rejects nodes with a taint that the pod does not tolerate."""

    PLUGIN = "TaintToleration"
    RULE = "scheduling.taints"
    REASONS = (("node(s) had untolerated taint(s)", True),)

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None where the pod tolerates every node's taints."""
        tolerated = cluster.tolerated(demand)
        return None if tolerated.all() else cls(cluster, demand, ~tolerated)

    def facts(self, node: int, code: int) -> Mapping[str, Any]:  # noqa: ARG002 - one reason
        """Return the taints that are not tolerated."""
        return {"taints": tuple(map(tolerations.shown, self.untolerated(node)))}

    def remedies(self, node: int, code: int) -> Iterator[Remedy]:  # noqa: ARG002 - one reason
        """Tolerate each of them."""
        path = ("spec", "tolerations", "-")
        yield tuple(
            pod_edit(self.demand, path, edits.toleration(taint), f"toleration {tolerations.shown(taint)}")
            for taint in self.untolerated(node)
        )

    def untolerated(self, node: int) -> tuple[Taint, ...]:
        """Return the taints of a node that keep the pod away."""
        taints = self.cluster.nodes[node].spec.taints
        return tolerations.untolerated(taints, self.demand.pod.spec.tolerations, effects=KEEPS_AWAY)

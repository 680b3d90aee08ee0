"""Cordoned nodes: `spec.unschedulable` keeps pods away that do not tolerate the taint it stands for.

Source: kubernetes.io/docs/concepts/architecture/nodes/#manual-node-administration (v1.36).
"""

from collections.abc import Iterator
from typing import Self

from ontology import tolerations
from ontology.cluster.nodes import Taint
from ontology.semantics.scheduling import edits
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.edits import Edit
from ontology.semantics.scheduling.filters.filter import MaskFilter, Remedy, pod_edit
from ontology.semantics.scheduling.pods import Demand

CORDONED = Taint(key="node.kubernetes.io/unschedulable", effect="NoSchedule")


class Unschedulable(MaskFilter):
    """Rejects cordoned nodes."""

    PLUGIN = "NodeUnschedulable"
    RULE = "scheduling.unschedulable"
    REASONS = (("node(s) were unschedulable", True),)

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None where no node is cordoned, or the pod does not mind."""
        if not cluster.unschedulable.any() or tolerations.first(demand.pod.spec.tolerations, CORDONED):
            return None
        return cls(cluster, demand, cluster.unschedulable)

    def remedies(self, node: int, code: int) -> Iterator[Remedy]:  # noqa: ARG002 - one reason
        """Uncordon the node, or tolerate what the cordon stands for."""
        name = self.cluster.names[node]
        yield (Edit("Node", name, ("spec", "unschedulable"), False, f"{name}: uncordon"),)
        path = ("spec", "tolerations", "-")
        shown = f"toleration {tolerations.shown(CORDONED)}"
        yield (pod_edit(self.demand, path, edits.toleration(CORDONED), shown),)

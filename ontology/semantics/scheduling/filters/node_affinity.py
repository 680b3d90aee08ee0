"""Node selectors and required node affinity.

Source: kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node (v1.36).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

from ontology import node_selectors
from ontology.cluster.nodes import Node
from ontology.cluster.pods import NodeAffinity as Affinity
from ontology.cluster.pods import NodeSelectorRequirement, NodeSelectorTerm
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import Mask
from ontology.semantics.scheduling.edits import Edit
from ontology.semantics.scheduling.filters.filter import MaskFilter, Remedy
from ontology.semantics.scheduling.pods import Demand

_NAME = "metadata.name"
_ENFORCED = 2


class NodeAffinity(MaskFilter):
    """Rejects nodes whose labels or name the pod does not ask for."""

    PLUGIN = "NodeAffinity"
    RULE = "scheduling.nodeAffinity"
    REASONS = (
        ("node(s) didn't match Pod's node affinity/selector", True),
        ("node(s) didn't match scheduler-enforced node affinity", True),
    )

    def __init__(self, cluster: Cluster, demand: Demand, rejected: Mask, enforced: Mask) -> None:
        super().__init__(cluster, demand, rejected)
        self._codes[~enforced] = _ENFORCED  # the scheduler's own demand is looked at first

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None where every node is asked for."""
        affine, enforced = cluster.affine(demand), cluster.enforced_mask()
        return None if (affine & enforced).all() else cls(cluster, demand, ~affine, enforced)

    def rule(self, code: int) -> str:
        """Return the pod's rule, or the scheduler's."""
        return "scheduling.addedAffinity" if code == _ENFORCED else self.RULE

    def facts(self, node: int, code: int) -> Mapping[str, Any]:
        """Return what the nearest term asks for that the node is not, and what the node has instead."""
        unmet = self.unmet(node, code)
        there = self.cluster.nodes[node]
        return {
            "wanted": tuple(shown(each) for each in unmet),
            "has": tuple(dict.fromkeys(_has(each.key, there) for each in unmet)),
        }

    def remedies(self, node: int, code: int) -> Iterator[Remedy]:
        """Label the node as asked."""
        there = self.cluster.nodes[node]
        edits = [_label(each, there) for each in self.unmet(node, code)]
        found = tuple(each for each in edits if each is not None)
        if edits and len(found) == len(edits):
            yield found

    def unmet(self, node: int, code: int) -> tuple[NodeSelectorRequirement, ...]:
        """Return the requirements that a node misses: all of `nodeSelector`, and of the nearest term."""
        spec = self.demand.pod.spec
        there = self.cluster.nodes[node]
        if code == _ENFORCED:
            return _nearest(self.cluster.enforced, there)
        wanted = [
            NodeSelectorRequirement(key=key, operator="In", values=[value])
            for key, value in sorted((spec.node_selector or {}).items())
        ]
        affinity = spec.affinity.node_affinity if spec.affinity else None
        return (*_failing(wanted, there), *_nearest(affinity, there))


def _nearest(affinity: Affinity | None, node: Node) -> tuple[NodeSelectorRequirement, ...]:
    required = affinity.required if affinity else None
    missed = [
        tuple(_missed(term, node)) for term in (required.node_selector_terms if required else None) or ()
    ]
    return min(missed, key=len, default=())


def _missed(term: NodeSelectorTerm, node: Node) -> Sequence[NodeSelectorRequirement]:
    return _failing([*(term.match_expressions or ()), *(term.match_fields or ())], node)


def _failing(wanted: Sequence[NodeSelectorRequirement], node: Node) -> list[NodeSelectorRequirement]:
    labels = {**node.labels, _NAME: node.name}
    return [w for w in wanted if not (node_selectors.readable(w) and node_selectors.holds(w, labels))]


def shown(requirement: NodeSelectorRequirement) -> str:
    """Return one requirement in a few symbols."""
    key, values = requirement.key, requirement.values or []
    match requirement.operator:
        case "In":
            return f"{key}={values[0]}" if len(values) == 1 else f"{key} in ({','.join(values)})"
        case "NotIn":
            return f"{key}!={values[0]}" if len(values) == 1 else f"{key} notin ({','.join(values)})"
        case "Exists":
            return key
        case "DoesNotExist":
            return f"!{key}"
        case operator:
            sign = {"Gt": ">", "Lt": "<"}.get(operator, operator)
            return f"{key} {sign} {','.join(values)}"


def _has(key: str, node: Node) -> str:
    if key == _NAME:
        return f"{_NAME}={node.name}"
    return f"{key}={node.labels[key]}" if key in node.labels else f"!{key}"


def _label(requirement: NodeSelectorRequirement, node: Node) -> Edit | None:
    key, values = requirement.key, requirement.values or []
    if key == _NAME or not node_selectors.readable(requirement):
        return None
    path = ("metadata", "labels", key)
    if requirement.operator in ("NotIn", "DoesNotExist"):
        return Edit("Node", node.name, path, None, f"{node.name}: -{key}", removes=True)
    step = {"Gt": 1, "Lt": -1}.get(requirement.operator)
    value = str(int(values[0]) + step) if step else (values or ["true"])[0]
    return Edit("Node", node.name, path, value, f"{node.name}: {key}={value}")

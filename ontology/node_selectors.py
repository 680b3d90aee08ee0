"""Node selectors: which nodes `nodeSelector` and required node affinity admit.

Source: kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node (v1.36). Terms are alternatives,
what is inside a term must hold together, an empty term matches no node. A term with a value that its
operator cannot read (`Gt` of a word) is void; the other terms still count.
"""

import re
from collections.abc import Mapping

from ontology.cluster.nodes import Node
from ontology.cluster.pods import NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodSpec

_INTEGER = re.compile(r"[+-]?\d+")
_LABEL_VALUE = re.compile(r"(?:(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_LONGEST_VALUE = 63
_INT64 = range(-(2**63), 2**63)


def admits(spec: PodSpec, node: Node) -> bool:
    """Whether a pod of `spec` may by its `nodeSelector` and required node affinity be on `node`."""
    wanted = spec.node_selector or {}
    if any(node.labels.get(key) != value for key, value in wanted.items()):
        return False
    affinity = spec.affinity.node_affinity if spec.affinity else None
    if affinity is None or affinity.required is None:
        return True
    return matches(affinity.required, node)


def matches(selector: NodeSelector, node: Node) -> bool:
    """Whether at least one term matches `node`."""
    return any(term_matches(term, node) for term in selector.node_selector_terms or ())


def term_matches(term: NodeSelectorTerm, node: Node) -> bool:
    """Whether every expression and field of `term` holds; never for an empty or a void term."""
    if not is_readable(term):
        return False
    expressions, fields = term.match_expressions or (), term.match_fields or ()
    names = {"metadata.name": node.name}
    return all(holds(each, node.labels) for each in expressions) and all(holds(f, names) for f in fields)


def is_readable(term: NodeSelectorTerm) -> bool:
    """Whether `term` says anything, and nothing that cannot be read."""
    expressions, fields = term.match_expressions or (), term.match_fields or ()
    return (
        bool(expressions or fields)
        and all(readable(each) for each in expressions)
        and all(_readable_field(each) for each in fields)
    )


def readable(requirement: NodeSelectorRequirement) -> bool:
    """Whether the operator is known and can read its values: what cannot be read voids the term."""
    values = requirement.values or ()
    if any(len(v) > _LONGEST_VALUE or _LABEL_VALUE.fullmatch(v) is None for v in values):
        return False
    match requirement.operator:
        case "In" | "NotIn":
            return bool(values)
        case "Exists" | "DoesNotExist":
            return not values
        case "Gt" | "Lt":
            return len(values) == 1 and _integer(values[0]) is not None
        case _:
            return False


def holds(requirement: NodeSelectorRequirement, labels: Mapping[str, str]) -> bool:
    """Whether one readable requirement holds; `NotIn` and `DoesNotExist` hold for a missing label."""
    present = labels.get(requirement.key)
    values = requirement.values or []
    match requirement.operator:
        case "In":
            return present in values
        case "NotIn":
            return present not in values
        case "Exists":
            return present is not None
        case "DoesNotExist":
            return present is None
        case operator:
            mine, bound = _integer(present or ""), _integer(values[0])
            if mine is None or bound is None:
                return False
            return mine > bound if operator == "Gt" else mine < bound


def _readable_field(requirement: NodeSelectorRequirement) -> bool:
    return requirement.operator in ("In", "NotIn") and len(requirement.values or ()) == 1


def _integer(text: str) -> int | None:
    if _INTEGER.fullmatch(text) is None:
        return None
    number = int(text)
    return number if number in _INT64 else None

"""Label selectors, affinity terms and spread constraints in a form that can be compared and counted by.

Source: kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node, topology-spread-constraints (v1.36).
`matchLabelKeys` and `mismatchLabelKeys` become requirements with the pod's own label values.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ontology import selectors
from ontology.cluster.meta import LabelSelector, LabelSelectorRequirement
from ontology.cluster.pods import Pod, PodAffinityTerm, TopologySpreadConstraint

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Selector:
    """A label selector; two are equal when they ask the same. `raw` None matches nothing."""

    raw: LabelSelector | None = field(compare=False)
    key: tuple[Any, ...]

    @classmethod
    def of(cls, raw: LabelSelector | None) -> "Selector":
        """Return the selector of an API object; None matches nothing, an empty one everything.

        Raises:
            InvalidObjectError: an operator that label selectors do not have, or values where none belong.
        """
        if raw is None:
            return cls(None, ("nothing",))
        equal = tuple(sorted((raw.match_labels or {}).items()))
        others = tuple(
            sorted((e.key, e.operator, tuple(sorted(e.values or ()))) for e in raw.match_expressions or ())
        )
        for each in raw.match_expressions or ():
            selectors.requirement_holds(
                each, {}
            )  # refuses what it cannot read, before anything depends on it
        return cls(raw, (equal, others))

    @cached_property
    def is_empty(self) -> bool:
        """Whether it has no requirement, and so matches everything."""
        return self.raw is not None and not self.raw.match_labels and not self.raw.match_expressions

    @property
    def mark(self) -> tuple[str, str] | None:
        """One label that everything selected has; None if no single label is sure to be there."""
        return next(iter(self.raw.match_labels.items()), None) if self.raw and self.raw.match_labels else None

    def matches(self, labels: Labels) -> bool:
        """Whether an object with `labels` is selected."""
        return selectors.matches(self.raw, labels)

    @property
    def shown(self) -> str:
        """The selector as kubectl writes it."""
        if self.raw is None:
            return "(nothing)"
        if self.is_empty:
            return "(everything)"
        equal, others = self.key
        return ",".join([f"{k}={v}" for k, v in equal] + [_expression(*each) for each in others])


def _expression(key: str, operator: str, values: Iterable[str]) -> str:
    match operator:
        case "Exists":
            return key
        case "DoesNotExist":
            return f"!{key}"
        case _:
            return f"{key} {'in' if operator == 'In' else 'notin'} ({','.join(values)})"


@dataclass(frozen=True)
class Term:
    """One pod (anti-)affinity term: pods of these namespaces that the selector matches, per topology key."""

    selector: Selector
    namespaces: frozenset[str]
    namespace_selector: Selector
    topology_key: str

    def covers(self, namespace: str, namespace_labels: Labels, labels: Labels) -> bool:
        """Whether a pod with `labels` in a namespace is meant."""
        return (
            namespace in self.namespaces or self.namespace_selector.matches(namespace_labels)
        ) and self.selector.matches(labels)


@dataclass(frozen=True)
class Weighted:
    """A preferred term with its weight; negative for anti-affinity."""

    term: Term
    weight: int


@dataclass(frozen=True)
class Constraint:
    """One topology spread constraint with the API's defaults."""

    max_skew: int
    topology_key: str
    selector: Selector
    min_domains: int = 1
    honours_affinity: bool = True
    honours_taints: bool = False


def affinity_term(term: PodAffinityTerm, pod: Pod) -> Term:
    """Return a term as the API server stores it for `pod`."""
    selector = term.label_selector
    if selector is not None:
        added = [
            *_own_values(term.match_label_keys, "In", pod.labels),
            *_own_values(term.mismatch_label_keys, "NotIn", pod.labels),
        ]
        selector = _with(selector, added)
    own = not term.namespaces and term.namespace_selector is None
    return Term(
        selector=Selector.of(selector),
        namespaces=frozenset((pod.namespace,) if own else term.namespaces or ()),
        namespace_selector=Selector.of(term.namespace_selector),
        topology_key=term.topology_key,
    )


def spread_constraint(constraint: TopologySpreadConstraint, pod: Pod) -> Constraint:
    """Return a constraint as the API server stores it for `pod`."""
    selector = constraint.label_selector
    if selector is not None:
        selector = _with(selector, [*_own_values(constraint.match_label_keys, "In", pod.labels)])
    return Constraint(
        max_skew=constraint.max_skew,
        topology_key=constraint.topology_key,
        selector=Selector.of(selector),
        min_domains=constraint.min_domains or 1,
        honours_affinity=(constraint.node_affinity_policy or "Honor") == "Honor",
        honours_taints=(constraint.node_taints_policy or "Ignore") == "Honor",
    )


def _own_values(
    keys: Iterable[str] | None, operator: str, labels: Labels
) -> Iterable[LabelSelectorRequirement]:
    return (
        LabelSelectorRequirement(key=key, operator=operator, values=[labels[key]])
        for key in keys or ()
        if key in labels
    )


def _with(selector: LabelSelector, added: list[LabelSelectorRequirement]) -> LabelSelector:
    if not added:
        return selector
    return LabelSelector(
        match_labels=selector.match_labels,
        match_expressions=[*(selector.match_expressions or ()), *added],
    )

"""Soft topology spread: domains with fewer of the group score higher.

Source: kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints (v1.36). A pod without
constraints of its own that a Service selects, or a ReplicaSet or StatefulSet owns, is spread by the cluster's
defaults.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from ontology import selectors
from ontology.cluster.meta import LabelSelector, LabelSelectorRequirement
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Codes, Mask, Whole
from ontology.semantics.scheduling.filters.topology_spread import (
    counted_nodes,
    counts,
    keyed_nodes,
    matching,
)
from ontology.semantics.scheduling.ledger import Tally
from ontology.semantics.scheduling.pods import Demand
from ontology.semantics.scheduling.scores.score import HIGHEST, Score
from ontology.semantics.scheduling.terms import Constraint, Selector

HOSTNAME, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
_DEFAULT_SKEWS = {HOSTNAME: 3, ZONE: 5}


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """A constraint with its live counts: per domain, for the hostname key per node."""

    constraint: Constraint
    codes: Codes
    size: int
    tally: Tally
    per_node: bool


class SoftSpread(Score):
    """Weighs each domain's count by how many domains there are to choose from."""

    PLUGIN = "PodTopologySpread"
    RULE = "scheduling.softSpread"
    WEIGHT = 2

    def __init__(self, counted: tuple[Counted, ...], keyed: Mask, *, own: bool) -> None:
        self.counted = counted
        self._keyed = keyed
        self._own = own

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None for a pod that nothing spreads softly."""
        own = bool(demand.hard or demand.soft)
        constraints = demand.soft if own else defaults(cluster, demand)
        if not constraints:
            return None
        keyed = keyed_nodes(cluster, constraints) if own else np.ones(cluster.size, dtype=bool)
        return cls(tuple(_counted(cluster, demand, c, keyed) for c in constraints), keyed, own=own)

    def points(self, at: At) -> Whole:
        """100 for the emptiest; 0 for nodes that lack a key of the pod's own constraints."""
        keyed = self._keyed[at]
        raw = self.raw(at)
        scored = raw[keyed]
        if not len(scored):
            return np.zeros(len(raw))
        highest, lowest = float(scored.max()), float(scored.min())
        if highest == 0:
            return np.where(keyed, float(HIGHEST), 0.0)
        return np.where(keyed, np.floor(HIGHEST * (highest + lowest - raw) / highest), 0.0)

    def raw(self, at: At) -> Whole:
        """Return the weighted counts, rounded; more is worse."""
        keyed = self._keyed[at]
        total = np.zeros(len(keyed))
        for each in self.counted:
            codes = each.codes[at]
            present = codes > 0
            domains = int(keyed.sum()) if each.per_node else _distinct(codes[keyed], each.size, own=self._own)
            counts_here = each.tally.sums[np.arange(1, len(self._keyed) + 1)[at] if each.per_node else codes]
            part = counts_here * np.log(float(domains + 2)) + float(each.constraint.max_skew - 1)
            total = total + np.where(present, part, 0.0)
        floor = np.floor(total)
        return floor + (total - floor >= 0.5)  # noqa: PLR2004 - halves go up


def _distinct(codes: Codes, size: int, *, own: bool) -> int:
    seen = np.zeros(size, dtype=bool)
    seen[codes] = True
    # under the defaults, nodes without the key are one more domain
    return int(seen[1:].sum() if own else seen.sum())


def _counted(cluster: Cluster, demand: Demand, constraint: Constraint, keyed: Mask) -> Counted:
    column = cluster.labels(constraint.topology_key)
    if constraint.topology_key == HOSTNAME:
        selector, namespace = constraint.selector, demand.namespace
        tally = cluster.profiles.tally(
            (namespace, selector),
            cluster.node_codes,
            cluster.size + 1,
            (selector.mark,),
            lambda p: matching(constraint, namespace, p),
        )
        return Counted(constraint, column.codes, column.size, tally, per_node=True)
    mask = counted_nodes(cluster, demand, constraint, keyed)
    _, tally = counts(cluster, demand.namespace, constraint, mask)
    return Counted(constraint, column.codes, column.size, tally, per_node=False)


def defaults(cluster: Cluster, demand: Demand) -> tuple[Constraint, ...]:
    """Return the cluster's default constraints for a pod: over what its Services and its owner select."""
    wanted: dict[str, str] = {}
    for service in cluster.services:
        selector: Mapping[str, str] | None = service.spec.selector
        same = service.namespace == demand.namespace
        if same and selector and selectors.matches_all(selector, demand.labels):
            wanted.update(selector)
    owned = _of_owner(cluster, demand)
    if not wanted and not owned:
        return ()
    selector_of = Selector.of(LabelSelector(match_labels=wanted, match_expressions=owned))
    return tuple(Constraint(skew, key, selector_of) for key, skew in _DEFAULT_SKEWS.items())


def _of_owner(cluster: Cluster, demand: Demand) -> list[LabelSelectorRequirement]:
    owners = (o for o in demand.pod.metadata.owner_references or () if o.controller)
    owner = next(owners, None)
    if owner is None or owner.api_version != "apps/v1":
        return []
    selector = cluster.owners.get((owner.kind, demand.namespace, owner.name))
    if selector is None:
        return []
    equal = (selector.match_labels or {}).items()
    return [
        *(LabelSelectorRequirement(key=key, operator="In", values=[value]) for key, value in equal),
        *(selector.match_expressions or ()),
    ]

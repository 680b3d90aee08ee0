"""Topology spread: no domain may hold more of a group than the emptiest one plus `maxSkew`.

Source: kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints (v1.36).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Codes, Ints, LabelColumn, Mask
from ontology.semantics.scheduling.filters.filter import Filter, Remedy, TableFilter, pod_edit
from ontology.semantics.scheduling.ledger import Tally
from ontology.semantics.scheduling.pods import Demand, Profile, Seated
from ontology.semantics.scheduling.terms import Constraint

_MISSING, _SKEWED = 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """One constraint with its counts. `domains` are those that count, `sums` what is in each domain."""

    constraint: Constraint
    column: LabelColumn
    codes: Codes
    domains: Codes
    sums: Ints
    itself: int

    @property
    def minimum(self) -> int:
        """The count of the emptiest domain; 0 while there are fewer domains than asked for."""
        enough = len(self.domains) >= self.constraint.min_domains
        return int(self.sums[self.domains].min()) if enough else 0

    @property
    def room(self) -> int:
        """The highest count of a domain that may take one more."""
        return self.constraint.max_skew + self.minimum - self.itself

    def verdicts(self, at: At) -> Ints:
        """Return for each node 0, or why its domain rejects it."""
        of_domains = np.where(self.sums > self.room, _SKEWED, 0)
        of_domains[0] = _MISSING
        return of_domains[self.column.codes[at]]


class TopologySpread(TableFilter):
    """Rejects nodes in domains that are too full already; the first constraint that fails is the reason."""

    PLUGIN = "PodTopologySpread"
    RULE = "scheduling.topologySpread"
    REASONS = (
        ("node(s) didn't match pod topology spread constraints (missing required label)", True),
        ("node(s) didn't match pod topology spread constraints", False),
    )

    def __init__(self, cluster: Cluster, demand: Demand, spreads: tuple[Spread, ...]) -> None:
        super().__init__(cluster, demand)
        self.spreads = spreads

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None for a pod without constraints that must hold."""
        if not demand.hard:
            return None
        return cls(cluster, demand, tuple(_spread(cluster, demand, c) for c in demand.hard))

    def codes(self, at: At) -> Ints:
        """1 where the key is missing, 2 where the skew would be too large."""
        first, *others = (spread.verdicts(at) for spread in self.spreads)
        for other in others:
            first = np.where(first == 0, other, first)
        return first

    def rule(self, code: int) -> str:
        """Return the rule: the key, or the skew."""
        return "scheduling.topologyKey" if code == _MISSING else self.RULE

    def facts(self, node: int, code: int) -> Mapping[str, Any]:
        """Return the counts of the constraint that fails, or of the first."""
        spread = self._deciding(node, code)
        value = int(spread.column.codes[node])
        return {
            "key": spread.constraint.topology_key,
            "domain": spread.column.value(value) if value else "",
            "selector": spread.constraint.selector.shown,
            "count": int(spread.sums[value]),
            "itself": spread.itself,
            "minimum": spread.minimum,
            "skew": int(spread.sums[value]) + spread.itself - spread.minimum,
            "maxSkew": spread.constraint.max_skew,
        }

    def remedies(self, node: int, code: int) -> Iterator[Remedy]:
        """Allow the skew that there would be, or ask only for a preference."""
        if code != _SKEWED:
            return
        spread = self._deciding(node, code)
        listed = self.demand.pod.spec.topology_spread_constraints or []
        hard = [i for i, c in enumerate(listed) if c.when_unsatisfiable == "DoNotSchedule"]
        at = ("spec", "topologySpreadConstraints", hard[self.spreads.index(spread)])
        skew = self.facts(node, code)["skew"]
        yield (pod_edit(self.demand, (*at, "maxSkew"), skew, f"maxSkew={skew}"),)
        soft = "ScheduleAnyway"
        yield (pod_edit(self.demand, (*at, "whenUnsatisfiable"), soft, f"whenUnsatisfiable={soft}"),)

    def _deciding(self, node: int, code: int) -> Spread:
        failing = (s for s in self.spreads if code and s.verdicts(np.array([node]))[0])
        return next(failing, self.spreads[0])

    def fork(self) -> Filter:
        """Return a copy with its own counts."""
        copies = (
            Spread(s.constraint, s.column, s.codes, s.domains, s.sums.copy(), s.itself) for s in self.spreads
        )
        return TopologySpread(self.cluster, self.demand, tuple(copies))

    def move(self, pod: Seated, node: int, sign: int) -> None:
        """Count a pod. As in kube-scheduler, a trial counts terminating pods and empty selectors too."""
        if pod.namespace != self.demand.namespace:
            return
        for spread in self.spreads:
            code = spread.codes[node]
            if code and spread.constraint.selector.matches(pod.demand.labels):
                spread.sums[code] += sign


def counted_nodes(cluster: Cluster, demand: Demand, constraint: Constraint, keyed: Mask) -> Mask:
    """Return the nodes that add to a constraint's counts: those with all keys that pass its policies."""
    mask = keyed
    if constraint.honours_affinity:
        mask = mask & cluster.affine(demand)
    if constraint.honours_taints:
        mask = mask & cluster.tolerated(demand)
    return mask


def keyed_nodes(cluster: Cluster, constraints: tuple[Constraint, ...]) -> Mask:
    """Return the nodes that have the topology keys of all `constraints`."""
    mask = np.ones(cluster.size, dtype=bool)
    for constraint in constraints:
        mask &= cluster.labels(constraint.topology_key).present
    return mask


def matching(constraint: Constraint, namespace: str, profile: Profile) -> int:
    """Return 1 for a running pod that counts: of the namespace, selected, and not on its way out."""
    selector = constraint.selector
    if profile.namespace != namespace or profile.terminating or selector.is_empty:
        return 0
    return int(selector.matches(profile.labels))


def counts(cluster: Cluster, namespace: str, constraint: Constraint, mask: Mask) -> tuple[Codes, Tally]:
    """Return domain codes of the nodes in `mask`, 0 elsewhere, and the live counts of matching pods."""
    column = cluster.labels(constraint.topology_key)
    codes = np.where(mask, column.codes, 0)
    key = (namespace, constraint.selector, constraint.topology_key, np.packbits(mask).tobytes())
    seek = (constraint.selector.mark,)
    tally = cluster.profiles.tally(
        key, codes, column.size, seek, lambda p: matching(constraint, namespace, p)
    )
    return codes, tally


def _spread(cluster: Cluster, demand: Demand, constraint: Constraint) -> Spread:
    mask = counted_nodes(cluster, demand, constraint, keyed_nodes(cluster, demand.hard))
    codes, tally = counts(cluster, demand.namespace, constraint, mask)
    column = cluster.labels(constraint.topology_key)
    domains = np.unique(codes[codes > 0])
    itself = int(constraint.selector.matches(demand.labels))
    return Spread(constraint, column, codes, domains, tally.sums, itself)

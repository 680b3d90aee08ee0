"""Pod affinity and anti-affinity, in both directions: what the pod asks for, and what pods that run ask.

Source: kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
(v1.36).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints, LabelColumn
from ontology.semantics.scheduling.filters.filter import Filter, Remedy, TableFilter, pod_edit
from ontology.semantics.scheduling.ledger import Tally
from ontology.semantics.scheduling.pods import Demand, Profile, Seated
from ontology.semantics.scheduling.terms import Term

_FAR, _NEAR, _REPELLED = 1, 2, 3
_RULES = {_NEAR: "scheduling.podAntiAffinity", _REPELLED: "scheduling.existingAntiAffinity"}
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_MOST_NAMED = 5  # more pods than these do not make a reason clearer


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """How many pods are in each domain of a topology key."""

    column: LabelColumn
    sums: Ints

    def at(self, at: At) -> Ints:
        """Return the count in each node's domain; 0 without the key."""
        return self.sums[self.column.codes[at]]

    def copy(self) -> "Gathered":
        """Return one with its own counts."""
        return Gathered(self.column, self.sums.copy())


def covers(cluster: Cluster, term: Term, namespace: str, labels: dict[str, str]) -> bool:
    """Whether an incoming pod's term means a running pod of a namespace."""
    return cluster.reached(term, namespace) and term.selector.matches(labels)


class PodAffinity(TableFilter):
    """Rejects nodes far from the pods asked for, near those shunned, or near those that shun the pod."""

    PLUGIN = "InterPodAffinity"
    RULE = "scheduling.podAffinity"
    REASONS = (
        ("node(s) didn't match pod affinity rules", True),
        ("node(s) didn't match pod anti-affinity rules", False),
        ("node(s) didn't satisfy existing pods anti-affinity rules", False),
    )

    def __init__(
        self,
        cluster: Cluster,
        demand: Demand,
        near: dict[str, Gathered],
        apart: tuple[Gathered, ...],
        repelled: dict[str, Gathered],
    ) -> None:
        super().__init__(cluster, demand)
        self.near = near
        self.apart = apart
        self.repelled = repelled
        labels = dict(demand.labels)
        self._meets_itself = all(covers(cluster, t, demand.namespace, labels) for t in demand.affinity)
        # Where nobody asks for anything the scheduler skips the plugin for the whole cycle, trials included.
        self._idle = False

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None where neither the pod nor any running pod has required terms."""
        if not demand.affinity and not demand.anti_affinity and not cluster.repulsion_keys:
            return None
        return cls(
            cluster,
            demand,
            {
                key: _near(cluster, demand, key)
                for key in dict.fromkeys(t.topology_key for t in demand.affinity)
            },
            tuple(_apart(cluster, term) for term in demand.anti_affinity),
            {},
        )

    def codes(self, at: At) -> Ints:
        """1 far from those asked for, 2 near those shunned, 3 near those that shun the pod."""
        self._refresh()
        codes = np.zeros(self.cluster.size, dtype=np.int64)[at]
        for gathered in self.repelled.values():
            codes[gathered.at(at) > 0] = _REPELLED
        for gathered in self.apart:
            codes[gathered.at(at) > 0] = _NEAR
        if self.near:
            codes[~self._is_near(at)] = _FAR
        return codes

    def _refresh(self) -> None:
        # a topology key that no running pod shunned by when the filter was made ready
        for key in self.cluster.repulsion_keys:
            if key not in self.repelled:
                self.repelled[key] = _repelled(self.cluster, self.demand, key)

    def _is_near(self, at: At) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        keyed = np.ones(self.cluster.size, dtype=bool)[at]
        found = keyed.copy()
        for gathered in self.near.values():
            keyed &= gathered.column.present[at]
            found &= gathered.at(at) > 0
        return keyed if self.starts_group else found

    @property
    def starts_group(self) -> bool:
        """Whether nobody that the pod wants to be near runs anywhere, and the pod itself is such a one."""
        return self._meets_itself and not any(gathered.sums.any() for gathered in self.near.values())

    def rule(self, code: int) -> str:
        """Return the rule: affinity, anti-affinity, or that of pods which run."""
        return _RULES.get(code, self.RULE)

    def facts(self, node: int, code: int) -> Mapping[str, Any]:
        """Return the terms that decide, with the node's domain and the pods there that matter."""
        match code:
            case 0 | 1:
                unmet = [t for t in self.demand.affinity if code and not self._finds(t, node)]
                terms = unmet or list(self.demand.affinity)
            case 2:
                met = zip(self.demand.anti_affinity, self.apart, strict=True)
                terms = [t for t, gathered in met if gathered.sums[gathered.column.codes[node]]]
            case _:
                keys = [k for k, g in self.repelled.items() if g.sums[g.column.codes[node]]]
                return {"terms": tuple(keys), "pods": self._shunning(node, keys)}
        return {
            "terms": tuple(
                f"{t.selector.shown} @ {_domain(self.cluster, t.topology_key, node)}" for t in terms
            ),
            "pods": self._meant(node, terms) if code == _NEAR else (),
        }

    def remedies(self, node: int, code: int) -> Iterator[Remedy]:  # noqa: ARG002 - terms hold everywhere
        """Drop the pod's own terms that decide."""
        member = {_FAR: "podAffinity", _NEAR: "podAntiAffinity"}.get(code)
        if member is not None:
            path = ("spec", "affinity", member, _REQUIRED)
            yield (pod_edit(self.demand, path, [], f"-{member}.{_REQUIRED}"),)

    def _finds(self, term: Term, node: int) -> bool:
        gathered = self.near[term.topology_key]
        return bool(gathered.sums[gathered.column.codes[node]])

    def _meant(self, node: int, terms: Iterable[Term]) -> tuple[str, ...]:
        return _named(
            pod
            for term in terms
            for pod in _domain_pods(self.cluster, term.topology_key, node)
            if covers(self.cluster, term, pod.namespace, dict(pod.demand.labels))
        )

    def _shunning(self, node: int, keys: Iterable[str]) -> tuple[str, ...]:
        mine, spaces = self.demand, self.cluster.namespaces.get(self.demand.namespace, {})
        return _named(
            pod
            for key in keys
            for pod in _domain_pods(self.cluster, key, node)
            if any(
                t.topology_key == key and t.covers(mine.namespace, spaces, mine.labels)
                for t in pod.demand.anti_affinity
            )
        )

    def fork(self) -> Filter:
        """Return a copy with its own counts."""
        self._refresh()
        copy = PodAffinity(
            self.cluster,
            self.demand,
            {key: gathered.copy() for key, gathered in self.near.items()},
            tuple(gathered.copy() for gathered in self.apart),
            {key: gathered.copy() for key, gathered in self.repelled.items()},
        )
        own = self.near or self.apart
        copy._idle = not own and not any(g.sums.any() for g in self.repelled.values())
        return copy

    def move(self, pod: Seated, node: int, sign: int) -> None:
        """Count a pod on both sides: as one asked for or shunned, and as one that shuns."""
        if self._idle:
            return
        cluster, mine, theirs = self.cluster, self.demand, pod.demand
        labels = dict(theirs.labels)
        if mine.affinity and all(covers(cluster, t, pod.namespace, labels) for t in mine.affinity):
            for gathered in self.near.values():
                _shift(gathered, node, sign)
        for term, gathered in zip(mine.anti_affinity, self.apart, strict=True):
            if covers(cluster, term, pod.namespace, labels):
                _shift(gathered, node, sign)
        spaces = cluster.namespaces.get(mine.namespace, {})
        for term in theirs.anti_affinity:
            if term.covers(mine.namespace, spaces, mine.labels):
                if term.topology_key not in self.repelled:
                    column = cluster.labels(term.topology_key)
                    self.repelled[term.topology_key] = Gathered(column, np.zeros(column.size, np.int64))
                _shift(self.repelled[term.topology_key], node, sign)


def _domain(cluster: Cluster, key: str, node: int) -> str:
    value = cluster.nodes[node].labels.get(key)
    return f"!{key}" if value is None else f"{key}={value}"


def _domain_pods(cluster: Cluster, key: str, node: int) -> Iterator[Seated]:
    codes = cluster.labels(key).codes
    if codes[node]:
        for other in np.flatnonzero(codes == codes[node]):
            yield from cluster.seats[other]


def _named(pods: Iterable[Seated]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for pod in pods:
        found[pod.full_name] = None
        if len(found) == _MOST_NAMED:
            break
    return tuple(found)


def _shift(gathered: Gathered, node: int, sign: int) -> None:
    code = gathered.column.codes[node]
    if code:
        gathered.sums[code] += sign


def _near(cluster: Cluster, demand: Demand, key: str) -> Gathered:
    def weigh(profile: Profile) -> int:
        labels = profile.labels
        return int(all(covers(cluster, term, profile.namespace, labels) for term in demand.affinity))

    column = cluster.labels(key)
    tally = cluster.profiles.tally(
        ("near", demand.affinity, key), column.codes, column.size, (demand.affinity[0].selector.mark,), weigh
    )
    return Gathered(column, tally.sums)


def meant(cluster: Cluster, term: Term) -> Tally:
    """Return the live counts of the running pods that a term means, per domain."""
    column = cluster.labels(term.topology_key)
    return cluster.profiles.tally(
        ("meant", term),
        column.codes,
        column.size,
        (term.selector.mark,),
        lambda p: int(covers(cluster, term, p.namespace, p.labels)),
    )


def _apart(cluster: Cluster, term: Term) -> Gathered:
    column = cluster.labels(term.topology_key)
    return Gathered(column, meant(cluster, term).sums)


def _repelled(cluster: Cluster, demand: Demand, key: str) -> Gathered:
    spaces = cluster.namespaces.get(demand.namespace, {})

    def weigh(term: Term) -> int:
        return int(term.topology_key == key and term.covers(demand.namespace, spaces, demand.labels))

    column = cluster.labels(key)
    tally = cluster.repulsions.tally(
        (demand.profile, key), column.codes, column.size, (None, *demand.labels.items()), weigh
    )
    return Gathered(column, tally.sums)

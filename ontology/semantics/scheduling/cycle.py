"""One scheduling cycle: filters and scores in order, over all nodes at once.

Source: kubernetes.io/docs/concepts/scheduling-eviction/scheduling-framework (v1.36).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import ALL, At, Ints, Mask, indices
from ontology.semantics.scheduling.filters import FILTERS
from ontology.semantics.scheduling.filters.filter import Filter, Refusal
from ontology.semantics.scheduling.pods import Demand, Seated
from ontology.semantics.scheduling.scores import SCORES
from ontology.semantics.scheduling.scores.score import Score


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a node is out: the filter, its code, and the words for it."""

    by: Filter | type[Filter]
    reasons: tuple[str, ...]
    is_unresolvable: bool
    stage: str = ""
    code: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Filtered:
    """What the filters say. `first` is for each node the position of the filter that rejects it, from 1.

    `detail` is that filter's code. With a `refusal` no node was looked at.
    """

    cluster: Cluster
    pod: Seated
    filters: tuple[Filter, ...]
    first: Ints
    detail: Ints
    refusal: tuple[type[Filter], Refusal] | None = None

    @property
    def feasible(self) -> Mask:
        """The nodes that pass every filter."""
        return np.zeros(self.cluster.size, bool) if self.refusal else self.first == 0

    def rejection(self, node: int) -> Rejection | None:
        """Return why a node is out, None if it is feasible."""
        if self.refusal is not None:
            by, refusal = self.refusal
            return Rejection(by, (refusal.reason,), is_unresolvable=True, stage="PreFilter")
        return _rejection(self.filters, int(self.first[node]), int(self.detail[node]))


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Points times weight for each score that took part, and their sums, over the feasible nodes."""

    nodes: Ints
    parts: tuple[tuple[Score, Ints], ...]
    totals: Ints

    @property
    def best(self) -> Ints:
        """The nodes with the highest total."""
        if not len(self.nodes):
            return self.nodes
        best: Ints = self.nodes[self.totals == self.totals.max()]
        return best


def run_filters(cluster: Cluster, pod: Seated) -> Filtered:
    """Ask every filter about every node; the first one to reject a node is kept."""
    demand = pod.demand
    filters: list[Filter] = []
    for kind in FILTERS:
        ready = _prepared(cluster, demand, kind)
        if isinstance(ready, Refusal):
            none = np.zeros(cluster.size, dtype=np.int64)
            return Filtered(cluster, pod, (), none, none, (kind, ready))
        if ready is not None:
            filters.append(ready)
    kept = tuple(filters)
    first, detail = first_failing(kept, ALL, cluster.size)
    filtered = Filtered(cluster, pod, kept, first, detail)
    _count_nominated(filtered)
    return filtered


def _prepared(cluster: Cluster, demand: Demand, kind: type[Filter]) -> Filter | Refusal | None:
    key = (kind, demand)
    if key in cluster.prepared:
        found: Filter | Refusal | None = cluster.prepared[key]
        return found
    ready = kind.prepare(cluster, demand)
    if kind.STATIC or (kind.LASTING and ready is not None):
        cluster.prepared[key] = ready
    return ready


def first_failing(filters: Sequence[Filter], at: At, size: int) -> tuple[Ints, Ints]:
    """Return for each node at `at` the position (from 1) of the first filter to reject it, and its code."""
    first = np.zeros(size, dtype=np.int64)[at]
    detail = np.zeros(len(first), dtype=np.int64)
    for position, each in enumerate(filters, start=1):
        codes = each.codes(at)
        hit = (codes != 0) & (first == 0)
        if hit.any():
            first[hit] = position
            detail[hit] = codes[hit]
    return first, detail


def _rejection(filters: Sequence[Filter], position: int, code: int) -> Rejection | None:
    if not position:
        return None
    by = filters[position - 1]
    return Rejection(by, by.reasons(code), by.is_unresolvable(code), by.STAGE, code)


def _count_nominated(filtered: Filtered) -> None:
    """A node must also have room beside the pods that wait for it and are not less important."""
    cluster = filtered.cluster
    for node in cluster.nominated:
        if nominees(cluster, filtered.pod, node):
            with trial(cluster, filtered.filters, node) as attempt:
                found = attempt.rejected_beside_nominees(filtered.pod)
            if found is not None:
                filtered.first[node], filtered.detail[node] = found


def nominees(cluster: Cluster, pod: Seated, node: int) -> list[Seated]:
    """Return the pods that wait for a node and are at least as important as `pod`."""
    return [
        each
        for each in cluster.nominated.get(node, ())
        if each.priority >= pod.priority and (each.uid != pod.uid or not pod.uid)
    ]


class Trial:
    """One node with pods put there or taken away, for filters that keep their own counts meanwhile."""

    def __init__(self, cluster: Cluster, filters: Sequence[Filter], node: int) -> None:
        self._cluster = cluster
        self._filters = tuple(each.fork() for each in filters)
        self._node = node
        self._moved: list[tuple[Seated, int]] = []

    def put(self, pod: Seated) -> None:
        """Let a pod run on the node."""
        self._cluster.seat(pod, self._node)
        self._move(pod, 1)

    def take(self, pod: Seated) -> None:
        """Take a pod from the node."""
        self._cluster.unseat(pod, self._node)
        self._move(pod, -1)

    def _move(self, pod: Seated, sign: int) -> None:
        self._moved.append((pod, sign))
        for each in self._filters:
            each.move(pod, self._node, sign)

    def rejected(self) -> tuple[int, int] | None:
        """Return the position and code of the filter that rejects the node as it is now."""
        first, detail = first_failing(self._filters, np.array([self._node]), self._cluster.size)
        return (int(first[0]), int(detail[0])) if first[0] else None

    def rejected_beside_nominees(self, pod: Seated) -> tuple[int, int] | None:
        """Return the same with the pods that wait for the node counted as running there."""
        waiting = nominees(self._cluster, pod, self._node)
        if not waiting:
            return None
        for each in waiting:
            self.put(each)
        found = self.rejected()
        for each in reversed(waiting):
            self.take(each)
        return found

    def rejection(self, pod: Seated) -> Rejection | None:
        """Return why `pod` cannot have the node: beside those that wait for it, or without them."""
        found = self.rejected_beside_nominees(pod) or self.rejected()
        return _rejection(self._filters, *found) if found else None

    def undo(self) -> None:
        """Take back everything that the node was told."""
        for pod, sign in reversed(self._moved):
            if sign > 0:
                self._cluster.unseat(pod, self._node)
            else:
                self._cluster.seat(pod, self._node)


@contextmanager
def trial(cluster: Cluster, filters: Sequence[Filter], node: int) -> Iterator[Trial]:
    """Give a trial of one node that leaves the cluster as it was."""
    attempt = Trial(cluster, filters, node)
    seats = list(cluster.seats[node])
    try:
        yield attempt
    finally:
        attempt.undo()
        cluster.seats[node][:] = seats  # in their old order


def run_scores(filtered: Filtered) -> Scored:
    """Score the feasible nodes."""
    cluster, demand = filtered.cluster, filtered.pod.demand
    feasible = filtered.feasible
    if not feasible.any():
        return Scored(np.zeros(0, np.int64), (), np.zeros(0, np.int64))
    at = indices(feasible)
    parts = []
    totals = np.zeros(int(feasible.sum()), dtype=np.int64)
    for kind in SCORES:
        ready = _ready_score(cluster, demand, kind)
        points = ready.points(at) if ready is not None else None
        if ready is not None and points is not None:
            weighted = points * kind.WEIGHT
            parts.append((ready, weighted))
            totals += weighted
    return Scored(np.arange(cluster.size)[at], tuple(parts), totals)


def _ready_score(cluster: Cluster, demand: Demand, kind: type[Score]) -> Score | None:
    key = (kind, demand)
    found: Score | None = cluster.prepared.get(key)
    if found is None:
        found = kind.prepare(cluster, demand)
        if found is not None:
            cluster.prepared[key] = found
    return found

"""What is made ready once for all pods of one demand: filters, scores, and what never changes of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import ALL, At, Codes, Ints, Whole
from ontology.semantics.scheduling.filters import FILTERS
from ontology.semantics.scheduling.filters.filter import Filter, Refusal
from ontology.semantics.scheduling.pods import Demand
from ontology.semantics.scheduling.scores import SCORES
from ontology.semantics.scheduling.scores.score import Score

Parts = tuple[tuple[Score, Whole], ...]
"""Scores that took part, each with its points times its weight."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a node is out: the filter, its code, and the words for it."""

    by: Filter | type[Filter]
    reasons: tuple[str, ...]
    is_unresolvable: bool
    stage: str = ""
    code: int = 0


@dataclass(slots=True, eq=False)
class Plan:
    """The filters and scores of one demand.

    `first` and `detail` are what the `leading` static filters say, `nodes` those that pass them; filters
    after them are asked for each pod.
    """

    filters: tuple[Filter, ...]
    leading: int
    first: Ints
    detail: Ints
    nodes: Codes
    fixed: tuple[Score, ...]
    live: tuple[Score, ...]
    keys: tuple[int, int]
    _weighed: tuple[Parts, Whole] | None = field(default=None)

    def fixed_parts(self, nodes: Codes, at: At) -> tuple[Parts, Whole]:
        """Return what the static scores give to `nodes`, which `at` picks, and its sum.

        Both are kept for the nodes that pass whenever no pod is in the way.
        """
        if nodes is not self.nodes:
            return _summed(weighted(self.fixed, at), len(nodes))
        if self._weighed is None:
            self._weighed = _summed(weighted(self.fixed, at), len(nodes))
        return self._weighed


def _summed(parts: Parts, size: int) -> tuple[Parts, Whole]:
    total = np.zeros(size)
    for _, points in parts:
        total += points
    return parts, total


def plan(cluster: Cluster, demand: Demand) -> Plan | tuple[type[Filter], Refusal]:
    """Return the plan of a demand, or the filter that refuses it."""
    found: Plan | None = cluster.prepared.get(demand)
    # a topology key that no term of a running pod had before brings filters and scores back
    keys = (len(cluster.repulsion_keys), len(cluster.attraction_keys))
    if found is not None and found.keys == keys:
        return found
    filters: list[Filter] = []
    for kind in FILTERS:
        ready = kind.prepare(cluster, demand)
        if isinstance(ready, Refusal):
            return kind, ready
        if ready is not None:
            filters.append(ready)
    made = _made(cluster, tuple(filters), _scores(cluster, demand), keys)
    if not demand.volumes:  # who uses which volume is asked anew for each pod
        cluster.prepared[demand] = made
    return made


def _scores(cluster: Cluster, demand: Demand) -> list[Score]:
    return [ready for ready in (kind.prepare(cluster, demand) for kind in SCORES) if ready is not None]


def _made(cluster: Cluster, filters: tuple[Filter, ...], scores: list[Score], keys: tuple[int, int]) -> Plan:
    leading = next((i for i, each in enumerate(filters) if not each.STATIC), len(filters))
    first, detail = first_failing(filters[:leading], ALL, cluster.size)
    return Plan(
        filters,
        leading,
        first,
        detail,
        np.flatnonzero(first == 0),
        tuple(score for score in scores if score.STATIC),
        tuple(score for score in scores if not score.STATIC),
        keys,
    )


def weighted(scores: Sequence[Score], at: At) -> Parts:
    """Return the points times weight of the scores that take part."""
    found: list[tuple[Score, Whole]] = []
    for score in scores:
        points = score.points(at)
        if points is not None:
            found.append((score, points if score.WEIGHT == 1 else points * score.WEIGHT))
    return tuple(found)


def first_failing(filters: Sequence[Filter], at: At, size: int) -> tuple[Ints, Ints]:
    """Return for each node at `at` the position (from 1) of the first filter to reject it, and its code."""
    first = np.zeros(size, dtype=np.int64)[at]
    detail = np.zeros(len(first), dtype=np.int64)
    for position, each in enumerate(filters, start=1):
        codes = each.codes(at)
        hit = (codes != 0) & (first == 0)
        first[hit] = position
        detail[hit] = codes[hit]
    return first, detail


def rejection(filters: Sequence[Filter], position: int, code: int) -> Rejection | None:
    """Return what a position and code of `first_failing` mean; None for position 0."""
    if not position:
        return None
    by = filters[position - 1]
    return Rejection(by, by.reasons(code), by.is_unresolvable(code), by.STAGE, code)

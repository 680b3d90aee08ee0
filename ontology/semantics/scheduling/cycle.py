"""One scheduling cycle: filters and scores in order, over all nodes at once.

Source: kubernetes.io/docs/concepts/scheduling-eviction/scheduling-framework (v1.36).
"""

from dataclasses import dataclass

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import ALL, At, Codes, Ints, Whole
from ontology.semantics.scheduling.filters.filter import Filter, Refusal
from ontology.semantics.scheduling.plan import Parts, Plan, Rejection, plan, rejection, weighted
from ontology.semantics.scheduling.pods import Seated
from ontology.semantics.scheduling.trial import nominees, trial


@dataclass(frozen=True, slots=True, eq=False)
class Filtered:
    """What the filters say. `first` is for each node the position of the filter that rejects it, from 1.

    `detail` is that filter's code, `nodes` are the positions of those that pass. With a `refusal` no node
    was looked at, and there is no plan.
    """

    cluster: Cluster
    pod: Seated
    plan: Plan | None
    first: Ints
    detail: Ints
    nodes: Codes
    refusal: tuple[type[Filter], Refusal] | None = None

    @property
    def filters(self) -> tuple[Filter, ...]:
        """The filters that had something to say, in order."""
        return self.plan.filters if self.plan else ()

    def rejection(self, node: int) -> Rejection | None:
        """Return why a node is out, None if it is feasible."""
        if self.refusal is not None:
            by, refusal = self.refusal
            return Rejection(by, (refusal.reason,), is_unresolvable=True, stage="PreFilter")
        return rejection(self.filters, int(self.first[node]), int(self.detail[node]))


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """The scores over the feasible `nodes`: each part, the sums, and the nodes with the `highest` sum."""

    nodes: Codes
    parts: Parts
    totals: Whole
    highest: int
    best: Codes


_NOTHING = Scored(np.zeros(0, dtype=np.intp), (), np.zeros(0), 0, np.zeros(0, dtype=np.intp))


def run_filters(cluster: Cluster, pod: Seated) -> Filtered:
    """Ask every filter about every node; the first one to reject a node is kept."""
    ready = plan(cluster, pod.demand)
    if isinstance(ready, tuple):
        none = np.zeros(cluster.size, dtype=np.int64)
        return Filtered(cluster, pod, None, none, none, _NOTHING.nodes, ready)
    first, detail = ready.first, ready.detail
    for position in range(ready.leading, len(ready.filters)):
        codes = ready.filters[position].codes(ALL)
        if np.count_nonzero(codes):
            hit = (codes != 0) & (first == 0)
            first, detail = np.where(hit, position + 1, first), np.where(hit, codes, detail)
    if cluster.nominated:
        first, detail = _beside_nominees(cluster, pod, ready, first, detail)
    nodes = ready.nodes if first is ready.first else np.flatnonzero(first == 0)
    return Filtered(cluster, pod, ready, first, detail, nodes)


def _beside_nominees(
    cluster: Cluster, pod: Seated, ready: Plan, first: Ints, detail: Ints
) -> tuple[Ints, Ints]:
    """A node must also have room beside the pods that wait for it and are not less important."""
    first, detail = first.copy(), detail.copy()
    for node in cluster.nominated:
        if nominees(cluster, pod, node):
            with trial(cluster, ready.filters, node) as attempt:
                found = attempt.rejected_beside_nominees(pod)
            if found is not None:
                first[node], detail[node] = found
    return first, detail


def run_scores(filtered: Filtered) -> Scored:
    """Score the feasible nodes."""
    nodes = filtered.nodes
    if filtered.plan is None or not len(nodes):
        return _NOTHING
    at: At = ALL if len(nodes) == filtered.cluster.size else nodes
    fixed, totals = filtered.plan.fixed_parts(nodes, at)
    live = weighted(filtered.plan.live, at)
    for _, points in live:
        totals = totals + points
    highest = totals.max()
    best = nodes[(totals == highest).nonzero()[0]]
    return Scored(nodes, (*fixed, *live), totals, int(highest), best)

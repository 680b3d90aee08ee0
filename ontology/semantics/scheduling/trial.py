"""Trials: one node with pods put there or taken away, and then as it was."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.filters.filter import Filter
from ontology.semantics.scheduling.plan import Rejection, first_failing, rejection
from ontology.semantics.scheduling.pods import Seated


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
        return rejection(self._filters, *found) if found else None

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

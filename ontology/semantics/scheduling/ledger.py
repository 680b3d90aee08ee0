"""Running pods counted by what they have in common, so that no rule walks over pods.

A `Ledger` counts equal things (label sets, affinity terms) per node. A `Tally` sums those that a rule is
interested in per topology domain, and stays up to date as pods come and go.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import numpy as np

from ontology.semantics.scheduling.columns import Codes, Ints

T = TypeVar("T", bound=Hashable)
Weigh = Callable[[T], int]


class Tally:
    """Sums per domain. Nodes with code 0 belong to no domain; `hits` counts things on all others."""

    def __init__(self, codes: Codes, size: int) -> None:
        self.codes = codes
        self.sums: Ints = np.zeros(size, dtype=np.int64)
        self.hits = 0

    def add(self, node: int, count: int, weight: int) -> None:
        """Count `count` things of `weight` on a node."""
        code = self.codes[node]
        if code:
            self.sums[code] += count * weight
            self.hits += count


class Entry(Generic[T]):
    """One distinct thing: how often it is on each node, and the tallies that count it."""

    __slots__ = ("nodes", "tallies", "thing")

    def __init__(self, thing: T) -> None:
        self.thing = thing
        self.nodes: dict[int, int] = {}
        self.tallies: list[tuple[Tally, int]] = []

    def add(self, node: int, count: int) -> None:
        """Count the thing on a node; negative takes it away."""
        self.nodes[node] = self.nodes.get(node, 0) + count
        for tally, weight in self.tallies:
            tally.add(node, count, weight)


class Ledger(Generic[T]):
    """How often each distinct thing is on each node, and the tallies that watch."""

    def __init__(self) -> None:
        self._entries: dict[T, Entry[T]] = {}
        self._tallies: dict[Hashable, tuple[Tally, Weigh[T]]] = {}

    def entry(self, thing: T) -> Entry[T]:
        """Return the entry of a thing, to count by."""
        found = self._entries.get(thing)
        if found is None:
            found = self._entries[thing] = Entry(thing)
            for tally, weigh in self._tallies.values():
                self._watch(found, tally, weigh)
        return found

    def tally(self, key: Hashable, codes: Codes, size: int, weigh: Weigh[T]) -> Tally:
        """Return the tally known by `key`: the sum of `weigh` over things, per domain of `codes`.

        A weight of 0 leaves the thing out. `key` must determine the other arguments.
        """
        found = self._tallies.get(key)
        if found is None:
            tally = Tally(codes, size)
            found = self._tallies[key] = (tally, weigh)
            for entry in self._entries.values():
                self._watch(entry, tally, weigh)
        return found[0]

    def forget(self) -> None:
        """Drop all tallies; those still held elsewhere are no longer kept up to date."""
        self._tallies.clear()
        for entry in self._entries.values():
            entry.tallies.clear()

    @staticmethod
    def _watch(entry: Entry[T], tally: Tally, weigh: Weigh[T]) -> None:
        weight = weigh(entry.thing)
        if weight:
            entry.tallies.append((tally, weight))
            for node, count in entry.nodes.items():
                tally.add(node, count, weight)

"""Running pods counted by what they have in common, so that no rule walks over pods.

A `Ledger` counts equal things (label sets, affinity terms) per node. A `Tally` sums those that a rule is
interested in per topology domain, and stays up to date as pods come and go.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
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

    def add_all(self, nodes: Mapping[int, int], weight: int) -> None:
        """Count things of `weight` on many nodes."""
        codes = self.codes[np.fromiter(nodes.keys(), np.intp, len(nodes))]
        counts = np.fromiter(nodes.values(), np.int64, len(nodes))
        np.add.at(self.sums, codes, counts * weight)
        self.sums[0] = 0
        self.hits += int(counts[codes > 0].sum())


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
    """How often each distinct thing is on each node, and the tallies that watch.

    `places` names the marks under which a thing is filed, so that a tally which knows what it seeks need
    not look at all things. Of the marks that a tally seeks, a thing must be filed under at most one.
    """

    def __init__(self, places: Callable[[T], Iterable[Hashable]]) -> None:
        self._places = places
        self._entries: dict[T, Entry[T]] = {}
        self._filed: dict[Hashable, list[Entry[T]]] = {}
        self._tallies: dict[Hashable, Tally] = {}
        self._watching: dict[Hashable, list[tuple[Tally, Weigh[T]]]] = {}

    def entry(self, thing: T) -> Entry[T]:
        """Return the entry of a thing, to count by."""
        found = self._entries.get(thing)
        if found is None:
            found = self._entries[thing] = Entry(thing)
            for mark in self._places(thing):
                self._filed.setdefault(mark, []).append(found)
                for tally, weigh in self._watching.get(mark, ()):
                    self._watch(found, tally, weigh)
        return found

    def tally(
        self, key: Hashable, codes: Codes, size: int, seek: Iterable[Hashable], weigh: Weigh[T]
    ) -> Tally:
        """Return the tally known by `key`: the sum of `weigh` over things, per domain of `codes`.

        Things filed under none of the marks in `seek` must weigh 0, which leaves a thing out. `key` must
        determine the other arguments.
        """
        found = self._tallies.get(key)
        if found is None:
            found = self._tallies[key] = Tally(codes, size)
            for mark in seek:
                self._watching.setdefault(mark, []).append((found, weigh))
                for entry in self._filed.get(mark, ()):
                    self._watch(entry, found, weigh)
        return found

    def forget(self) -> None:
        """Drop all tallies; those still held elsewhere are no longer kept up to date."""
        self._tallies.clear()
        self._watching.clear()
        for entry in self._entries.values():
            entry.tallies.clear()

    @staticmethod
    def _watch(entry: Entry[T], tally: Tally, weigh: Weigh[T]) -> None:
        weight = weigh(entry.thing)
        if weight:
            entry.tallies.append((tally, weight))
            tally.add_all(entry.nodes, weight)

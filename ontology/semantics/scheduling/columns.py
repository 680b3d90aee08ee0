"""Nodes as columns: what varies from node to node as interned codes.

A rule asks each distinct value once, and the answer is spread over all nodes by one lookup.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Whole = NDArray[np.float64]
"""Whole numbers held in doubles, exact up to 2^53: processors work on these in vectors, also to divide."""
Codes = NDArray[np.intp]
Mask = NDArray[np.bool_]
At = slice | Codes

ALL = slice(None)
V = TypeVar("V")
H = TypeVar("H", bound=Hashable)

# With denominators below this, the quotient of two whole numbers in doubles is cut off as integers are: the
# double nearest to a/b cannot reach the next whole number up to 100.
_EXACT_BELOW = 2**46


class Column(Generic[V]):
    """One value a node, as codes into the distinct values."""

    def __init__(self, codes: Codes, values: Sequence[V]) -> None:
        self.codes = codes
        self.values = values

    @classmethod
    def of(cls, items: Iterable[V], key: Callable[[V], Hashable]) -> "Column[V]":
        """Return the column of `items`; those with the same `key` share a code."""
        seen: dict[Hashable, int] = {}
        values: list[V] = []
        codes: list[int] = []
        for item in items:
            code = seen.setdefault(key(item), len(values))
            if code == len(values):
                values.append(item)
            codes.append(code)
        return cls(np.array(codes, dtype=np.intp), values)

    def mask(self, holds: Callable[[V], bool]) -> Mask:
        """Return for every node whether its value `holds`; each distinct value is asked once."""
        return np.fromiter(map(holds, self.values), bool, len(self.values))[self.codes]

    def numbers(self, number: Callable[[V], int]) -> Ints:
        """Return for every node the number of its value; each distinct value is asked once."""
        return np.fromiter(map(number, self.values), np.int64, len(self.values))[self.codes]


class LabelColumn:
    """The values of one label key. Code 0 is a node without the key."""

    def __init__(self, key: str, nodes: Sequence[Mapping[str, str]]) -> None:
        self.key = key
        self.index: dict[str, int] = {}
        index = self.index
        codes = [0 if (v := each.get(key)) is None else index.setdefault(v, len(index) + 1) for each in nodes]
        self.codes: Codes = np.array(codes, dtype=np.intp)
        self.present: Mask = self.codes > 0
        self.size = len(index) + 1

    def mask(self, holds: Callable[[Mapping[str, str]], bool]) -> Mask:
        """Return for every node whether labels with just this key `holds`."""
        found = np.empty(self.size, dtype=bool)
        found[0] = holds({})
        for value, code in self.index.items():
            found[code] = holds({self.key: value})
        return found[self.codes]

    def value(self, code: int) -> str:
        """Return the label value of a code above 0."""
        return next(value for value, each in self.index.items() if each == code)


class Tracked:
    """A column of what nodes hold, kept current by asking again only about nodes that changed since.

    `journal` lists the nodes in the order in which they changed.
    """

    def __init__(self, journal: Sequence[int], compute: Callable[[At], Whole]) -> None:
        self._journal = journal
        self._compute = compute
        self._values = compute(ALL)
        self._seen = len(journal)

    def at(self, at: At) -> Whole:
        """Return a copy of the column as of now."""
        values = self._current()
        return values.copy() if isinstance(at, slice) else values[at]

    def _current(self) -> Whole:
        if self._seen != len(self._journal):
            changed = self._journal[self._seen :]
            self._seen = len(self._journal)
            if len(changed) * 4 < len(self._values):
                at = np.array(changed, dtype=np.intp)
                self._values[at] = self._compute(at)
            else:
                self._values = self._compute(ALL)
        return self._values


def hundredths(parts: Whole, wholes: Whole, *, largest: float) -> Whole:
    """Return 100 * `parts` / `wholes`, cut off, parts being 0 to the whole; `largest` bounds the wholes."""
    if largest < _EXACT_BELOW:
        shares: Whole = np.floor(parts * 100.0 / wholes)
    else:
        shares = (100 * parts.astype(np.int64) // wholes.astype(np.int64)).astype(np.float64)
    return shares

"""Nodes as columns: what varies from node to node as interned codes.

A rule asks each distinct value once, and the answer is spread over all nodes by one lookup.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.intp]
Mask = NDArray[np.bool_]
At = slice | Codes

ALL = slice(None)
V = TypeVar("V")
H = TypeVar("H", bound=Hashable)

# Below this, a quotient of two integers in floating point truncates as the integers do: the nearest double
# to a/b cannot reach the next whole number up to 100.
_EXACT_IN_FLOAT = 2**46


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


def quotients(numerators: Ints, denominators: Ints, *, largest: int) -> Ints:
    """Return `numerators // denominators` for quotients from 0 to 100; `largest` bounds the denominators.

    Processors divide doubles in vectors but integers one by one; both truncate alike where the
    denominators are small enough.
    """
    if largest < _EXACT_IN_FLOAT:
        quotient: Ints = (numerators / denominators).astype(np.int64)
        return quotient
    return numerators // denominators


def indices(mask: Mask) -> At:
    """Return the positions where `mask` holds, as a slice if they are all."""
    return ALL if mask.all() else np.flatnonzero(mask)


def array(values: Iterable[Any], size: int) -> Ints:
    """Return integers as a column."""
    return np.fromiter(values, np.int64, size)

"""Scenarios that differ in a few places: values put at paths, every combination of them, and what came of it.

A path is written as errors name places: `objects[0].spec.replicas`, `question.schedule.pods`; a member whose
name holds dots stands in brackets and quotes, `objects[0].metadata.labels["app.kubernetes.io/name"]`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from ontology.errors import BadInputError, TooLargeError

_STEP = re.compile(r"""(?:^|\.)(?P<name>[^.\[\]"]+)|\[(?P<index>\d+)\]|\["(?P<quoted>[^"]+)"\]""")
_ROOTS = ("objects", "given", "question")

Step = str | int


@dataclass(frozen=True, slots=True)
class Variation:
    """A place of a scenario, and the values that it is to take, one after another."""

    path: str
    values: tuple[Any, ...]


def grid(
    raw: Mapping[str, Any], variations: Sequence[Variation], *, most: int
) -> Iterator[tuple[tuple[Any, ...], Mapping[str, Any]]]:
    """Yield each combination of values with the scenario that has them; the last variation changes fastest.

    Raises:
        BadInputError: a path that leads to no place of the scenario; says which.
        TooLargeError: more than `most` combinations.
    """
    count = prod(len(each.values) for each in variations)
    if count > most:
        raise TooLargeError(f"{count} combinations, at most {most} are tried", path="vary")
    paths = [steps(each.path) for each in variations]
    for values in product(*(each.values for each in variations)):
        varied: Any = raw
        for path, value, variation in zip(paths, values, variations, strict=True):
            varied = _with(varied, path, value, variation.path)
        yield values, varied


def steps(path: str) -> tuple[Step, ...]:
    """Return the steps of a path: names of members and indices of items.

    Raises:
        BadInputError: not a path, or one that leads elsewhere than into the objects or the question.
    """
    found: list[Step] = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            raise BadInputError(f"`{path}` is no path such as `objects[0].spec.replicas`", path="vary")
        position = match.end()
        index = match["index"]
        found.append(int(index) if index is not None else match["name"] or match["quoted"])
    if not found or found[0] not in _ROOTS:
        raise BadInputError(f"`{path}` does not begin with one of {', '.join(_ROOTS)}", path="vary")
    return tuple(found)


def _with(value: Any, path: tuple[Step, ...], new: Any, whole: str) -> Any:
    """Return `value` with `new` at the path; a member that is not there is added, an item is not."""
    if not path:
        return new
    step, *rest = path
    if isinstance(step, int):
        if not isinstance(value, list) or step >= len(value):
            raise BadInputError(f"`{whole}` leads to no item", path="vary")
        inner = _with(value[step], (*rest,), new, whole)
        return [*value[:step], inner, *value[step + 1 :]]
    if value is not None and not isinstance(value, Mapping):
        raise BadInputError(f"`{whole}` leads through `{step}` of what has no members", path="vary")
    members = value or {}
    return {**members, step: _with(members.get(step), (*rest,), new, whole)}


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where two answers differ; None where one has nothing there."""

    path: str
    first: Any
    second: Any


def differences(first: Any, second: Any, path: str = "") -> Iterator[Difference]:
    """Yield where two plain values differ, as deep as both go on alike: members by name, items by place."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        for name in dict.fromkeys((*first, *second)):
            inside = f"{path}.{name}" if path else str(name)
            yield from differences(first.get(name), second.get(name), inside)
    elif _is_list(first) and _is_list(second):
        for index in range(max(len(first), len(second))):
            one, other = (each[index] if index < len(each) else None for each in (first, second))
            yield from differences(one, other, f"{path}[{index}]")
    elif first != second or type(first) is not type(second):
        yield Difference(path, first, second)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)

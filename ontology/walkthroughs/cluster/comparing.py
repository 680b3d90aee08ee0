"""Comparing objects with what is expected of them: subsets, and values at a path."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ontology.errors import InvalidQuestionError

ABSENT = object()
_PART = re.compile(r"(?P<name>[^.\[\]]+)|\[(?P<index>\d+)\]|\[(?P<key>[^=\]]+)=(?P<value>[^\]]*)\]")


def differences(expected: Any, got: Any, path: str = "") -> Iterator[str]:
    """Yield where `got` is not at least `expected`: mappings may have more members, lists may not."""
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        for name, each in expected.items():
            yield from differences(each, got.get(name, ABSENT), f"{path}.{name}".lstrip("."))
    elif isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            yield f"{path}: expected {len(expected)} items, got {len(got)}"
            return
        for index, (one, other) in enumerate(zip(expected, got, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif not same(expected, got):
        yield f"{path}: expected {text(expected)}, got {text(got)}"


def same(expected: Any, got: Any) -> bool:
    """Whether two values are equal, and of one sort."""
    # in Python `True == 1`; in a manifest they differ
    return bool(expected == got) and isinstance(expected, bool) is isinstance(got, bool)


def parse(path: str, where: str) -> list[tuple[str, Any]]:
    """Return the parts of `spec.containers[0].image` or `status.conditions[type=Ready].status`."""
    parts: list[tuple[str, Any]] = []
    position = 0
    written = path.lstrip("$.")
    while position < len(written):
        match = _PART.match(written, position)
        if match is None:
            raise InvalidQuestionError(f"`{path}` is no path of a field", path=where)
        if match["name"]:
            parts.append(("name", match["name"]))
        elif match["index"]:
            parts.append(("index", int(match["index"])))
        else:
            parts.append(("item", (match["key"], match["value"])))
        position = match.end()
        if written[position : position + 1] == ".":
            position += 1
    return parts


def at_path(raw: Any, path: str) -> Any:
    """Return the value at a path, ABSENT where there is none."""
    for how, part in parse(path, "path"):
        if (how == "name" and isinstance(raw, Mapping) and part in raw) or (
            how == "index" and isinstance(raw, list) and part < len(raw)
        ):
            raw = raw[part]
        elif how == "item" and isinstance(raw, list):
            key, value = part
            raw = next(
                (each for each in raw if isinstance(each, Mapping) and str(each.get(key)) == value), ABSENT
            )
        else:
            return ABSENT
    return raw


def text(value: Any) -> str:
    """Return a value as it is shown to people."""
    if value is ABSENT:
        return "nothing"
    return f'"{value}"' if isinstance(value, str) else str(value)

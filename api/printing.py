"""What goes to a terminal or a pipe: versioned documents, and colour only where someone sees it."""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO
from unicodedata import east_asian_width

import yaml

API_VERSION = "kubelore/v1"
FORMATS = ("table", "json", "yaml")

_ROWS_OF_A_GRID = 2  # one alone reads better line by line
_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


def document(kind: str, body: Mapping[str, Any], form: str) -> str:
    """Return a document of `-o json` or `-o yaml`: `body` with `apiVersion` and `kind` before it."""
    whole = {"apiVersion": API_VERSION, "kind": kind, **body}
    if form == "json":
        return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
    # through JSON, so that tuples and string enums are plain lists and strings
    plain = json.loads(json.dumps(whole))
    return str(yaml.dump(plain, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=110))


def is_for_eyes(stream: TextIO) -> bool:
    """Return whether a bar may be drawn on `stream`: a terminal that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def style(text: str, *names: str, stream: TextIO | None = None) -> str:
    """Return `text` in colour if `stream` (standard output) is a terminal and NO_COLOR is not set.

    Source: no-color.org.
    """
    if os.environ.get("NO_COLOR") or not is_for_eyes(stream or sys.stdout):
        return text
    codes = ";".join(_STYLES[name] for name in names)
    return f"\x1b[{codes}m{text}\x1b[0m"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 note`, `2 notes`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def rows(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the leaves of plain data, each with its path: `conditions.Ready.status`, `False`."""
    if isinstance(value, Mapping) and value:
        for key, each in value.items():
            yield from rows(each, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(each, Mapping | list | tuple) for each in value):
        for index, each in enumerate(value):
            yield from rows(each, f"{path}[{index}]")
    else:
        yield path, _leaf(value)


def table(found: Iterator[tuple[str, str]], *, indent: str = "  ") -> Iterator[str]:
    """Yield aligned lines of names and values."""
    pairs = list(found)
    width = max((len(name) for name, _ in pairs), default=0)
    for name, value in pairs:
        yield f"{indent}{name:<{width}}  {value}".rstrip()


def shown(value: Mapping[str, Any], *, indent: str = "  ") -> Iterator[str]:
    """Yield aligned lines of plain data; a list of alike flat mappings is a grid under its name."""
    grids = {key: each for key, each in value.items() if _is_grid(each)}
    leaves = {key: each for key, each in value.items() if key not in grids}
    if leaves or not grids:
        yield from table(rows(leaves), indent=indent)
    for key, each in grids.items():
        yield f"{indent}{key}"
        yield from grid(each, indent=indent * 2)


def grid(alike: Sequence[Mapping[str, Any]], *, indent: str = "  ") -> Iterator[str]:
    """Yield a heading and one aligned line for each of some mappings with the same keys."""
    cells = [[str(key) for key in alike[0]], *([_leaf(value) for value in each.values()] for each in alike)]
    widths = [max(_width(line[column]) for line in cells) for column in range(len(cells[0]))]
    for line in cells:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
        yield (indent + "  ".join(padded)).rstrip()


def _width(text: str) -> int:
    # a terminal gives Korean letters two columns each
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _is_grid(value: Any) -> bool:
    if not isinstance(value, list | tuple) or len(value) < _ROWS_OF_A_GRID:
        return False
    first = value[0]
    return isinstance(first, Mapping) and all(
        isinstance(each, Mapping)
        and each.keys() == first.keys()
        and not any(isinstance(cell, Mapping | list | tuple) for cell in each.values())
        for each in value
    )


def _leaf(value: Any) -> str:
    match value:
        case None | "" | [] | () | {}:
            return "-"
        case bool():
            return str(value).lower()
        case list() | tuple():
            return ", ".join(map(_leaf, value))
        case _:
            return str(value)

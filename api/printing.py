"""What goes to a terminal or a pipe: versioned documents, and colour only where someone sees it."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

import yaml

API_VERSION = "kubelore/v1"
FORMATS = ("table", "json", "yaml")

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

"""`… | 10초`, `기본값: 10초`, `X : … (default: 3)`: the default of the field that the line is about."""

import re
from collections.abc import Iterator

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import (
    Reading,
)
from ingest.link.outline import Node
from ingest.link.outline.marks import is_value
from ingest.parse.blocks import BlockKind, Line
from ontology.concepts import ConceptKind

_UNIT = re.compile(
    r"^(?P<n>[-+]?\d[\d.,]*)\s*(?P<unit>초|s|sec|secs|seconds?|회|번|개|배|times?|명)?(?:\s*\(.*\))?$",
    re.IGNORECASE,
)
_SECONDS = frozenset({"초", "s", "sec", "secs", "second", "seconds"})
_DEFAULT_IN_TEXT = (
    re.compile(
        r"[(（]?\s*(?:기본\s?값|기본|디폴트|defaults?(?: value)?(?: is| to)?|default)\s*(?:은|는|이|:|=|\s)\s*`?(?P<v>[\w./%+-]+(?:\s?(?:초|분|회|번|개|seconds?))?)`?",  # noqa: E501  one list, one line
        re.IGNORECASE,
    ),
)


def default(text: str) -> str:
    """Return a default as facts write it: `10초` -> `10s`, `1회` -> `1`, else as it stands."""
    match = _UNIT.match(text.strip().strip("`\"'"))
    if match is None:
        return text.strip().strip("`\"'")
    unit = (match["unit"] or "").lower()
    return match["n"] + ("s" if unit in _SECONDS else "")


def defaults(reading: Reading, node: Node) -> Iterator[Fact]:
    """`… | 10초`, `기본값: 10초`, `X : … (default: 3)`: the default of the field that the line is about."""
    if node.line is None or node.kind is BlockKind.HEADING:
        return
    holder = _holder(reading, node)
    if not holder:
        return
    name, lines = holder
    for text in _default_texts(node):
        yield Fact(
            subject=name, predicate="defaultValue", object=default(text), literal=True, lines=(*lines, node.line), kind=PATTERN  # noqa: E501  one list, one line
        )  # fmt: skip
        return


def _default_texts(node: Node) -> Iterator[str]:
    if node.role == "default" and node.right:
        yield node.right.split("(")[0]
        return
    head, bar, behind = node.text.rpartition(" | ")
    if bar and head and is_value(behind):
        yield behind
        return
    for pattern in _DEFAULT_IN_TEXT:
        match = pattern.search(node.text)
        if match and (is_value(match["v"]) or match["v"][0].isupper()):
            yield match["v"]
            return


def _holder(reading: Reading, node: Node) -> tuple[str, tuple[Line, ...]] | None:
    if len(node.left_terms) == 1 and node.left_terms[0].choice and node.line:
        name = node.left_terms[0].name
        return (name, ()) if reading.is_field(name) else None
    if len(node.terms) == 1 and node.terms[0].choice and reading.is_field(node.terms[0].name):
        return node.terms[0].name, ()
    for named in node.named[:1]:
        if named.choice.kind is ConceptKind.FIELD:
            return named.name, ()
    owners = reading.owners(node)
    if len(owners.names) == 1 and reading.is_field(owners.names[0]):
        return owners.names[0], owners.lines
    return None

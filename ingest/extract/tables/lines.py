"""`이름 / 기본값 / 설명` and the lines of the same form below it."""

import re
from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.reading import Reading
from ingest.extract.tables.cells import LEAST_COLUMNS
from ingest.extract.tables.reading import read_table
from ingest.link.outline import Node
from ingest.link.outline.roles import role_of
from ingest.parse.blocks import BlockKind, Line

_LINE = re.compile(r"\s+[/|]\s+")


def lines(reading: Reading, node: Node) -> Iterator[Fact]:
    """`이름 / 기본값 / 설명` and the lines of the same form below it."""
    if (
        node.line is None
        or node.parent is None
        or not _LINE.search(node.text)
        or node.kind is BlockKind.HEADING
    ):
        return
    head = _pieces(node.line)
    if len(head) < LEAST_COLUMNS or sum(bool(role_of(p.text)) for p in head) < LEAST_COLUMNS:
        return
    below = list(_rows_below(node, len(head)))
    if below:
        yield from read_table(reading, node, head, below)


def _rows_below(node: Node, width: int) -> Iterator[list[Line]]:
    siblings = node.children or (node.parent.children if node.parent else [])
    start = 0 if node.children else node.index + 1
    for sibling in siblings[start:]:
        cells = _pieces(sibling.line) if sibling.line else []
        if len(cells) != width:
            return
        yield cells


def _pieces(line: Line) -> list[Line]:
    found: list[Line] = []
    start = 0
    for match in _LINE.finditer(line.text):
        found.append(Line(line.text[start : match.start()], line.number, line.column + start, line.last))
        start = match.end()
    found.append(Line(line.text[start:], line.number, line.column + start, line.last))
    return found

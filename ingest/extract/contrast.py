"""What the notes hold against each other: `A vs B`, and what a contrast heading compares."""

import re
from collections.abc import Iterator
from itertools import combinations

from ingest.extract.facts import PATTERN, STRUCTURE, Fact
from ingest.extract.reading import Reading
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind

_VERSUS = re.compile(r"\s+(?:vs\.?|versus)\s+|\s*≠\s*", re.IGNORECASE)
_TWO = 2


def versus(reading: Reading, node: Node) -> Iterator[Fact]:
    """`A vs B` in a heading, item or paragraph; `A와 B의 차이` in a heading."""
    if node.line is None:
        return
    if node.kind is BlockKind.HEADING:
        if node.contrast and len(node.topics) >= _TWO:
            names = [t.name for t in node.topics]
            lines = (*reading.contents_line(node), node.line)
            for first, second in combinations(names, 2):
                yield Fact(subject=first, predicate="contrastsWith", object=second, lines=lines, kind=PATTERN)
        return
    parts = _VERSUS.split(node.left if node.separator else node.text)
    if len(parts) < _TWO:
        return
    terms = [reading.linker.term(p, reading.context(node), line=node.block.line) for p in parts]
    named = [t.name for t in terms if t.choice]
    if len(named) == len(parts):
        for first, second in combinations(named, 2):
            yield Fact(
                subject=first, predicate="contrastsWith", object=second, lines=(node.line,), kind=PATTERN
            )


def compared(reading: Reading, node: Node) -> Iterator[Fact]:
    """The items that stand directly below a contrast heading or label."""
    if not node.contrast or node.line is None:
        return
    items = [c for c in node.children if is_contrasted(c) and len(c.topics) == 1 and c.line is not None]
    for first, second in combinations(items, 2):
        if first.topics[0].name != second.topics[0].name and first.line and second.line:
            yield Fact(
                subject=second.topics[0].name,
                predicate="contrastsWith",
                object=first.topics[0].name,
                lines=(*reading.contents_line(node), node.line, first.line, second.line),
                kind=STRUCTURE,
            )


def is_contrasted(node: Node) -> bool:
    """Whether an item is one of the things that a contrast heading compares."""
    parent = node.parent
    if (
        parent is None
        or not parent.contrast
        or node.kind is not BlockKind.ITEM
        or node.block.number is not None
    ):
        return False
    return bool(node.right) or any(c.text for c in node.children)

"""Successive items of which each ends in an arrow; glosses in their brackets."""

from collections.abc import Iterator
from itertools import pairwise

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.flows.steps import (
    ENDING_ARROW,
    STARTING_ARROW,
    Step,
    command_of,
    names_of,
    without_arrows,
)
from ingest.extract.reading import Reading
from ingest.link.outline import Node
from ingest.link.outline.marks import split_brackets
from ingest.parse.blocks import BlockKind


def chains(reading: Reading, node: Node) -> Iterator[Fact]:
    """Successive items of which each ends in an arrow; glosses in their brackets."""
    siblings = _chain(node)
    if not siblings:
        return
    steps = [Step(without_arrows(s.text), list(s.named), command=command_of(s)) for s in siblings]
    placed = [(name, s.line) for name, s in zip(names_of(steps), siblings, strict=True) if name and s.line]
    for (first, line), (second, next_line) in pairwise(placed):
        if first != second:
            yield Fact(
                subject=first, predicate="precedes", object=second, lines=(line, next_line), kind=PATTERN
            )
    for sibling in siblings:
        yield from _gloss(reading, sibling)


def _gloss(reading: Reading, node: Node) -> Iterator[Fact]:
    bare, brackets = split_brackets(without_arrows(node.text))
    named = [n for n in node.named if n.name]
    if len(brackets) != 1 or not named or node.line is None:
        return
    whole = reading.linker.resolve(bare, reading.context(node), slot=False)
    if whole is not None:
        yield Fact(
            subject=whole.name,
            predicate="definition",
            object=brackets[0],
            literal=True,
            lines=(node.line,),
            kind=PATTERN,
        )


def _chain(node: Node) -> list[Node]:
    """The run of siblings that arrows join, given at its first node."""
    if node.parent is None or node.kind not in {BlockKind.ITEM, BlockKind.PARAGRAPH} or not node.text:
        return []
    siblings = node.parent.children
    if node.index and _joined(siblings[node.index - 1], node):
        return []
    end = node.index
    while end + 1 < len(siblings) and _joined(siblings[end], siblings[end + 1]):
        end += 1
    return siblings[node.index : end + 1] if end > node.index else []


def _joined(first: Node, second: Node) -> bool:
    return bool(ENDING_ARROW.search(first.text) or STARTING_ARROW.match(second.text))

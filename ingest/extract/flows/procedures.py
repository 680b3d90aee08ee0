"""Numbered items that are steps: sentences with an actor, or names below a label of order."""

import re
from collections.abc import Iterator
from itertools import pairwise, takewhile

from ingest.extract.facts import Fact
from ingest.extract.flows.steps import (
    ACTORS,
    LEAST,
    Step,
    command_at_start,
    command_of,
    names_of,
    without_arrows,
)
from ingest.extract.reading import Reading
from ingest.link.outline import Node

_WORDS_OF_A_NAME = 2
_ORDER = frozenset({"steps"})
_SEQUENCE = re.compile(
    r"순서|과정|절차|흐름|단계|방법|steps?\b|flow|process|procedure|workflow|sequence|how ", re.IGNORECASE
)


def procedures(reading: Reading, node: Node) -> Iterator[Fact]:
    """Numbered items that are steps: sentences with an actor, or names below a label of order."""
    if node.block.number is None or node.parent is None or node.line is None:
        return
    if node.index and node.parent.children[node.index - 1].block.number is not None:
        return
    siblings = list(takewhile(lambda c: c.block.number is not None, node.parent.children[node.index :]))
    if len(siblings) < LEAST:
        return
    if not (_is_ordered(reading, node) or _are_steps(siblings)):
        return
    steps = [Step(without_arrows(s.text), list(s.named), command=command_of(s)) for s in siblings]
    placed = [(name, s.line) for name, s in zip(names_of(steps), siblings, strict=True) if name and s.line]
    for (first, line), (second, next_line) in pairwise(placed):
        if first != second:
            yield Fact(
                subject=first, predicate="precedes", object=second, lines=(line, next_line), kind="structure"
            )


def _is_ordered(reading: Reading, node: Node) -> bool:
    if reading.label_role(node) in _ORDER:
        return True
    return any(
        a.role in _ORDER or _SEQUENCE.search(a.text)
        for a in node.above()
        if a.line is not None and a is node.parent
    )


def _are_steps(siblings: list[Node]) -> bool:
    sentences = sum(
        not s.terms and not s.topics and not s.separator and len(s.text.split()) > _WORDS_OF_A_NAME
        for s in siblings
    )
    acting = sum(
        any(n.choice.kind in ACTORS for n in s.named) or bool(command_of(s) or command_at_start(s.text))
        for s in siblings
    )
    return sentences == len(siblings) and acting * 2 >= len(siblings)

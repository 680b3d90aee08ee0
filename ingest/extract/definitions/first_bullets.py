"""The first bullet directly below a heading or item that names exactly one concept."""

import re
from collections.abc import Iterator

from ingest.extract.contrast import is_contrasted
from ingest.extract.definitions.explanations import COMMAND, definition_of, is_list
from ingest.extract.facts import STRUCTURE, Fact
from ingest.extract.reading import Reading, explanation
from ingest.link.outline import DOCUMENT, Node
from ingest.link.outline.marks import ARROW, is_value
from ingest.parse.blocks import BlockKind


def first_bullets(reading: Reading, node: Node) -> Iterator[Fact]:
    """The first bullet directly below a heading or item that names exactly one concept."""
    if (
        node.kind is not BlockKind.ITEM
        or node.block.number is not None
        or node.line is None
        or node.block.task
    ):
        return
    above = node.parent  # whose one concept the bullet explains: see `signs.FIRST`
    if above is None or is_contrasted(above) or above.contrast or above.clause:
        return
    if above.kind is BlockKind.HEADING:
        if above.role or above.topics[0].name == DOCUMENT:
            return
    elif above.kind is not BlockKind.ITEM or above.separator or above.role in {"example", "kinds"}:
        return
    if _says_more_than_text(node) and not _value_behind(node):
        return
    text = explanation(node.text)
    if not text or COMMAND.match(text) or is_value(text) or is_list(reading, node, text) or _is_pattern(text):
        return
    lines = (above.line, node.line) if above.line else (node.line,)
    yield definition_of(above.topics[0].name, text, lines, STRUCTURE)


def _says_more_than_text(node: Node) -> bool:
    shaped = node.separator or node.terms or node.topics or node.role or node.question
    return bool(shaped) or ARROW.search(node.text) is not None


def _value_behind(node: Node) -> bool:
    return node.separator == "|"


def _is_pattern(text: str) -> bool:
    return " " not in text and re.fullmatch(r"[\w.{}<>\[\]/*=:-]+", text) is not None

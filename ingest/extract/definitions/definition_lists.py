"""A term with `: explanation` below it."""

from collections.abc import Iterator

from ingest.extract.definitions.explanations import definition_of, is_list
from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading, explanation
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind


def definition_lists(reading: Reading, node: Node) -> Iterator[Fact]:
    """A term with `: explanation` below it."""
    if node.kind is not BlockKind.TERM or len(node.topics) != 1 or node.line is None or node.separator:
        return
    for child in node.children:
        if child.kind is BlockKind.PARAGRAPH and child.line is not None:
            text = explanation(child.text)
            if text and not is_list(reading, child, text):
                yield definition_of(node.topics[0].name, text, (node.line, child.line), PATTERN)
            return

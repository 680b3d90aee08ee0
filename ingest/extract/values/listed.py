"""`verbs : get, list, watch`: plain words that a field may have for values."""

from collections.abc import Iterator

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import (
    Reading,
    plain_values,
)
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind


def listed(reading: Reading, node: Node) -> Iterator[Fact]:
    """`verbs : get, list, watch`: plain words that a field may have for values."""
    if node.line is None or node.kind is BlockKind.HEADING:
        return
    for value in plain_values(reading, node):
        yield Fact(
            subject=node.left_terms[0].name, predicate="hasValue", object=value, literal=True,
            lines=(node.line,), kind=PATTERN,
        )  # fmt: skip

"""`RWO : ReadWriteOnce`: a short form and what it stands for."""

from collections.abc import Iterator

from ingest.extract.aliases.names import alias, is_second_name
from ingest.extract.facts import Fact
from ingest.extract.reading import Reading
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind


def labels(reading: Reading, node: Node) -> Iterator[Fact]:
    """`RWO : ReadWriteOnce`: a short form and what it stands for."""
    if not node.separator or not node.right or node.line is None or node.kind is BlockKind.HEADING:
        return
    terms = reading.terms(node.right, node)
    if len(terms) != 1 or not terms[0].choice:
        return
    left = node.left.strip()
    name = terms[0].name
    if (node.left_terms and node.left_terms[0].name == name) or (
        not node.left_terms and is_second_name(reading, name, left)
    ):
        yield from alias(node, name, terms[0].text, left)

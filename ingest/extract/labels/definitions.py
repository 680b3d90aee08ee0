"""`설명: …` below exactly one concept."""

from collections.abc import Iterator

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading, explanation
from ingest.link.outline import DOCUMENT, Node


def definitions(reading: Reading, node: Node) -> Iterator[Fact]:
    """`설명: …` below exactly one concept."""
    if node.role != "definition" or not node.right or node.left_terms or node.line is None:
        return
    owners = reading.owners(node)
    text = explanation(node.right)
    if len(owners.names) == 1 and owners.node is not None and owners.names[0] != DOCUMENT and text:
        yield Fact(
            subject=owners.names[0],
            predicate="definition",
            object=text,
            literal=True,
            lines=(*owners.lines, node.line),
            kind=PATTERN,
        )

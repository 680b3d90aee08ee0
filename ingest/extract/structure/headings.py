"""A heading below a heading: each concept it names is a subtopic of each above."""

from collections.abc import Iterator

from ingest.extract.facts import PATTERN, STRUCTURE, Fact
from ingest.extract.reading import Reading, narrowed
from ingest.link.outline import DOCUMENT, Node
from ingest.parse.blocks import BlockKind


def headings(reading: Reading, node: Node) -> Iterator[Fact]:
    """A heading below a heading: each concept it names is a subtopic of each above."""
    if node.kind is not BlockKind.HEADING or not node.topics or node.line is None:
        return
    above = reading.heading(node)
    lines = (*reading.contents_line(node), node.line)
    if above.node is not None:
        for topic in node.topics:
            for owner in narrowed(above.names, topic.name):
                if topic.name not in (owner, DOCUMENT) and node.role != "contrast":
                    yield Fact(
                        subject=owner, predicate="hasSubtopic", object=topic.name, lines=lines, kind=STRUCTURE
                    )
    if node.left_terms and node.terms:  # `X - Y`: X by means of Y
        for used in node.terms:
            yield Fact(
                subject=node.topics[0].name, predicate="uses", object=used.name, lines=lines, kind=PATTERN
            )

"""A list of concepts in the brackets of a heading: subtopics."""

from collections.abc import Iterator

from ingest.extract.facts import STRUCTURE, Fact
from ingest.extract.reading import Reading
from ingest.link.outline import Node, Term
from ingest.parse.blocks import BlockKind


def heading_brackets(reading: Reading, node: Node) -> Iterator[Fact]:
    """A list of concepts in the brackets of a heading: subtopics."""
    if node.kind is not BlockKind.HEADING or not node.bracket or not node.topics or node.line is None:
        return
    terms = reading.terms(node.bracket, node)
    if terms and all(t.choice for t in terms) and not _same(node, terms):
        lines = (*reading.contents_line(node), node.line)
        for topic in node.topics:
            for term in terms:
                if term.name != topic.name:
                    yield Fact(
                        subject=topic.name,
                        predicate="hasSubtopic",
                        object=term.name,
                        lines=lines,
                        kind=STRUCTURE,
                    )


def _same(node: Node, terms: tuple[Term, ...]) -> bool:
    return {t.name for t in terms} == {t.name for t in node.topics}

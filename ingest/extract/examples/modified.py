"""`노드에 저장하는 A, B`: a list of names behind a relative clause, below a class."""

from collections.abc import Iterator

from ingest.extract.examples.members import ET_CETERA, LEAST, RELATIVE, TYPICAL, as_example
from ingest.extract.facts import STRUCTURE, Fact
from ingest.extract.reading import Reading, is_enumerated
from ingest.link.outline import Node
from ingest.link.outline.marks import ARROW
from ingest.parse.blocks import BlockKind
from ontology.concepts import ConceptKind


def modified(reading: Reading, node: Node) -> Iterator[Fact]:
    """`노드에 저장하는 A, B`: a list of names behind a relative clause, below a class."""
    if (
        node.line is None
        or node.kind is not BlockKind.ITEM
        or node.separator
        or node.terms
        or ARROW.search(node.text)
    ):
        return
    match = RELATIVE.match(ET_CETERA.sub("", node.text))
    if match is None or "," not in match["list"] or TYPICAL.match(node.text):
        return
    terms = reading.terms(match["list"], node)
    owners = reading.owners(node)
    if len(terms) < LEAST or not all(t.choice for t in terms) or any(is_enumerated(t.name) for t in terms):
        return
    for owner in owners.names:
        if reading.kind(owner) in {ConceptKind.ABSTRACT, None}:
            for term in terms:
                yield as_example(owner, term.name, owners, node, kind=STRUCTURE)

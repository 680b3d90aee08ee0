"""`A, B 등` below a class."""

from collections.abc import Iterator

from ingest.extract.examples.members import ET_CETERA, RELATIVE, TYPICAL, as_example
from ingest.extract.facts import STRUCTURE, Fact
from ingest.extract.reading import Reading, is_enumerated
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind


def et_cetera(reading: Reading, node: Node) -> Iterator[Fact]:
    """`A, B 등` below a class."""
    if node.line is None or node.terms or node.separator or node.kind is BlockKind.HEADING:
        return
    bare = ET_CETERA.sub("", node.text)
    if bare == node.text or TYPICAL.match(bare) or RELATIVE.match(bare):
        return
    terms = reading.terms(bare, node)
    if not terms or not all(t.choice for t in terms) or any(is_enumerated(t.name) for t in terms):
        return
    owners = reading.owners(node)
    for owner in owners.names:
        for term in terms:
            if owner != term.name:
                yield as_example(owner, term.name, owners, node, kind=STRUCTURE)

"""`Workload : Deployment, DaemonSet`: a list of concepts behind a class."""

from collections.abc import Iterator

from ingest.extract.examples.members import ET_CETERA, LEAST, as_example
from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Owners, Reading, is_class, is_enumerated, is_member, is_part
from ingest.link.api import owns
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind
from ontology.concepts import ConceptKind


def label_members(reading: Reading, node: Node) -> Iterator[Fact]:  # noqa: C901, PLR0912  one case after the other, none inside another
    """`Workload : Deployment, DaemonSet`: a list of concepts behind a class."""
    if not node.separator or not node.right or node.line is None or node.kind is BlockKind.HEADING:
        return
    terms = reading.terms(ET_CETERA.sub("", node.right), node)
    listed = [t for t in terms if t.choice and not is_enumerated(t.name)]
    if len(listed) < LEAST or len(listed) < len(terms):
        return
    if node.left_terms:
        owners = Owners(tuple(t.name for t in node.left_terms), node, ())
    elif node.role in {"kinds", "example", "parts"}:
        owners = reading.owners(node)
    elif not node.role:
        owners = reading.owners(node)
        listed = [t for t in listed if all(owns(o, t.name) or is_member(t.name, o) for o in owners.names)]
    else:
        return
    if node.role == "example":
        return
    for owner in owners.names:
        for term in listed:
            if term.name == owner:
                continue
            lines = (*owners.lines, node.line)
            if reading.is_field(term.name) and not is_member(term.name, owner):
                predicate = "hasOption" if node.role == "option" else "hasField"
                yield Fact(subject=owner, predicate=predicate, object=term.name, lines=lines, kind=PATTERN)
            elif node.role == "parts" or is_part(term.name, owner):
                yield Fact(subject=term.name, predicate="partOf", object=owner, lines=lines, kind=PATTERN)
            elif reading.kind(owner) is ConceptKind.ABSTRACT or is_class(owner) or node.role == "kinds":
                yield as_example(owner, term.name, owners, node, kind=PATTERN)

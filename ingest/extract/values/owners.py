"""Who has a value: the owner that its enumeration admits, its field where named, else the usual one."""

from ingest.extract.reading import (
    Owners,
    Reading,
    is_enumerated,
)
from ingest.extract.situations import is_state
from ingest.link.disambiguate import Choice, Enumeration
from ingest.link.outline import Node
from ontology.concepts import ConceptKind

_NEAREST = 4


def owners_of_value(reading: Reading, node: Node, known: Enumeration, owners: Owners) -> tuple[str, ...]:
    """Who has the value: the owner that the enumeration admits, its field where named, else the usual one."""
    chain = [t.name for t in node.topics if node.separator] + list(owners.names)
    for above in (owners.node or node).above():
        chain.extend(t.name for t in above.topics)
    if known.predicate == "hasReason":
        return (_reason_owner(reading, node, known),)
    if known.predicate != "hasValue":
        return (next((c for c in chain if c in known.subjects), _nearest(known, chain)),)
    if known.field and known.field in chain[:2]:
        return (known.field,)
    first = chain[0] if chain else ""
    if first and reading.is_field(first) and not is_enumerated(first):
        return (first,)
    return (
        next(
            (c for c in chain if c in known.owners and not reading.is_field(c) and c != known.name),
            known.subject,
        ),
    )


def owner_of_value(
    reading: Reading, node: Node, known: Enumeration, named: Choice | None, owners: Owners
) -> str:
    """Return who has a value that stands in a table: the field that the head names, else as in a list."""
    if named is not None and known.predicate == "hasValue" and reading.is_field(named.name):
        return named.name
    return owners_of_value(reading, node, known, owners)[0]


def _nearest(known: Enumeration, chain: list[str]) -> str:
    if known.subject in chain[:_NEAREST]:
        return known.subject
    if known.predicate == "hasOperator":
        return next((c for c in chain if c in known.owners and not c.endswith(".operator")), known.subject)
    return known.subject


def _reason_owner(reading: Reading, node: Node, known: Enumeration) -> str:
    """A reason belongs to the state named beside it, otherwise to what stands above."""
    parent = node.parent
    for sibling in parent.children if parent else ():
        for term in reading.terms(sibling.right, sibling) if sibling is not node and sibling.right else ():
            if is_state(term.name) and len(reading.terms(sibling.right, sibling)) == 1:
                return term.name
    for above in node.above():
        for topic in above.topics:
            if topic.name in known.owners or is_state(topic.name):
                return topic.name
            if topic.kind is ConceptKind.FIELD and topic.name == known.subject:
                return topic.name
    return known.subject

"""Lines and labels that list values of an enumeration, below or beside what has them."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from ingest.extract.facts import PATTERN, STRUCTURE, Fact
from ingest.extract.reading import (
    Owners,
    Reading,
    is_enumerated,
    valued,
)
from ingest.extract.situations import gives_phase, is_condition, is_phase, is_situational, is_state, situation
from ingest.extract.values.owners import owners_of_value
from ingest.link.disambiguate import Enumeration, enumeration
from ingest.link.outline import Node, Term
from ingest.link.outline.marks import ARROW, is_value
from ingest.parse.blocks import BlockKind

_TRUTH = re.compile(r"^(?P<v>true|false)\b", re.IGNORECASE)


def enumerated(reading: Reading, node: Node) -> Iterator[Fact]:
    """Lines and labels that list values of an enumeration, below or beside what has them."""
    if node.line is None or node.kind is BlockKind.HEADING:
        return
    if node.separator and node.right:
        yield from _labelled(reading, node)
    for term in node.terms or node.left_terms:
        known = enumeration(term.name) if term.choice else None
        if known is None or _is_topic_of_situation(node, term) or _given(node, term):
            continue
        owners = reading.owners(node)
        yield from _value(reading, node, known, term, owners, STRUCTURE)


def _given(node: Node, term: Term) -> bool:
    # `Ready : False` states a condition with its value, it does not list one
    return bool(node.separator and term in node.left_terms and _TRUTH.match(node.right))


def _is_topic_of_situation(node: Node, term: Term) -> bool:
    """A phase or state that stands as a title, with its own story below, is no value of what is above."""
    above = node.parent
    directly_below_heading = above is not None and above.kind is BlockKind.HEADING
    if (
        is_situational(term.name)
        and not is_state(term.name)
        and above is not None
        and above.kind is BlockKind.ITEM
        and any(is_phase(t.name) for t in above.topics)
    ):
        return True
    return gives_phase(node) or (directly_below_heading and _tells_a_story(node))


def _tells_a_story(node: Node) -> bool:
    return not node.separator and any(c.children for c in node.children)


def _labelled(reading: Reading, node: Node) -> Iterator[Fact]:
    right = node.right
    if ARROW.search(right) and not is_value(right):
        return
    if valued(reading, node):
        return
    terms = reading.terms(right, node)
    values = [t for t in terms if t.choice and is_enumerated(t.name)]
    truth = _TRUTH.match(right)
    if truth and node.left_terms and is_condition(node.left_terms[0].name):
        yield from _condition(node, f"{node.left_terms[0].name}={truth['v'].capitalize()}")
        return
    if not values or len(values) * 2 < len(terms):
        return
    if node.left_terms and len(terms) == 1 and values[0].name == node.left_terms[0].name:
        yield from _own_value(reading, node, values[0])
        return
    for term in values:
        known = enumeration(term.name)
        if known is not None:
            yield from _value(reading, node, known, term, _value_owners(reading, node), _kind_of(node))


def _own_value(reading: Reading, node: Node, term: Term) -> Iterator[Fact]:
    known = enumeration(term.name)
    if known is not None:
        yield from _value(reading, node, known, term, reading.owners(node), STRUCTURE)


def _kind_of(node: Node) -> str:
    return STRUCTURE if situation(node) is not None else PATTERN


def _value_owners(reading: Reading, node: Node) -> Owners:
    """The label itself owns the values; a label that is no concept leaves them to what is above."""
    if node.topics and node.line is not None:
        return Owners(tuple(t.name for t in node.topics), node, (node.line,))
    owners = reading.owners(node)
    return replace(owners, lines=(*owners.lines, node.line)) if node.line else owners


def _value(  # noqa: PLR0913, PLR0917  the parts of one cell or clause
    reading: Reading, node: Node, known: Enumeration, term: Term, owners: Owners, kind: str
) -> Iterator[Fact]:
    if node.line is None:
        return
    lines = (*owners.lines, node.line)
    described = situation(node) if known.situational else None
    if described is not None:
        subject, evidence = described
        yield Fact(
            subject=subject,
            predicate=known.predicate,
            object=term.name,
            lines=(*evidence, node.line),
            kind=STRUCTURE,
        )
        return
    for subject in owners_of_value(reading, node, known, owners):
        if subject != term.name:
            yield Fact(subject=subject, predicate=known.predicate, object=term.name, lines=lines, kind=kind)
    if term.default:
        holder = _field(reading, node, known)
        value = term.name.partition(".")[2]
        yield Fact(
            subject=holder,
            predicate="defaultValue",
            object=value,
            literal=True,
            lines=(node.line,),
            kind=PATTERN,
        )


def _field(reading: Reading, node: Node, known: Enumeration) -> str:
    for candidate in (node, *node.above()):
        for topic in candidate.topics:
            if reading.is_field(topic.name) and not is_enumerated(topic.name):
                return topic.name
        if candidate.topics and candidate is not node:
            break
    return known.name


def _condition(node: Node, name: str) -> Iterator[Fact]:
    if node.line is None:
        return
    described = situation(node)
    known = enumeration(name)
    subject, lines = described or (known.subject if known else "", ())
    yield Fact(
        subject=subject, predicate="hasCondition", object=name, lines=(*lines, node.line), kind=STRUCTURE
    )

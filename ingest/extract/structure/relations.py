"""How a concept belongs to the one above it: field, option, part, member, step or subtopic."""

import re
from collections.abc import Iterator

from ingest.extract.facts import STRUCTURE, Fact
from ingest.extract.reading import Owners, Reading, is_enumerated, is_member, is_part, narrowed
from ingest.extract.situations import gives_phase, is_phase
from ingest.link.api import owns
from ingest.link.disambiguate import enumerations
from ingest.link.outline import Node, Term
from ingest.parse.blocks import BlockKind, Line
from ontology.concepts import ConceptKind

_MEMBERS = frozenset({"example", "kinds"})
OPTION = re.compile(r"옵션|\boptions?\b", re.IGNORECASE)


def related(reading: Reading, node: Node, owners: Owners, term: Term, *, alone: bool) -> Iterator[Fact]:
    """A concept below its owners, by the predicate that fits closest."""
    name = term.name
    if name in owners.names:
        return
    if is_enumerated(name) and not _is_step(owners, name, node):
        return
    for owner in narrowed(owners.names, name):
        if owner == name or node.line is None:
            continue
        predicate = relation(reading, node, owners, owner, name, alone=alone)
        lines = _lines(owners, node.line)
        if predicate == "partOf":
            yield Fact(subject=name, predicate=predicate, object=owner, lines=lines, kind=STRUCTURE)
        elif predicate:
            yield Fact(subject=owner, predicate=predicate, object=name, lines=lines, kind=STRUCTURE)


def relation(reading: Reading, node: Node, owners: Owners, owner: str, name: str, *, alone: bool) -> str:  # noqa: C901, PLR0911, PLR0913  one case after the other, none inside another
    """Return the predicate between an owner and a concept named below it, `partOf` meaning part of owner."""
    role = reading.label_role(node)
    if OPTION.search(node.text) and name in {t.name for t in node.left_terms or node.terms}:
        role = "option"
    if reading.is_field(name):
        if _is_of_another_kind(reading, owner, name):
            return ""  # `Phases` of a PersistentVolume are not `Pod.phase`
        known = owns(owner, name) or reading.is_field(owner)
        if role == "option" and (known or not is_member(name, owner)):
            return "hasOption"
        if is_member(name, owner):
            return "hasExample"
        if known or role == "field":
            return "hasField"
    if reading.is_field(owner) and reading.kind(owner) is ConceptKind.FIELD and name in enumerations():
        return "hasField"
    if is_member(name, owner) or role in _MEMBERS:
        return "hasExample"
    if role == "parts" or is_part(name, owner) or _is_step(owners, name, node):
        return "partOf"
    if role == "uses":
        return "uses"
    if role == "requires":
        return "requires"
    below_heading = owners.node is None or owners.node.kind is BlockKind.HEADING
    if not alone and reading.kind(owner) in {ConceptKind.ABSTRACT, None}:
        return "hasExample"
    return "hasSubtopic" if below_heading and alone else ""


def _is_of_another_kind(reading: Reading, owner: str, name: str) -> bool:
    kind, dot, _ = name.partition(".")
    kinds = {reading.kind(kind), reading.kind(owner)} == {ConceptKind.KIND}
    return bool(dot) and kinds and kind != owner and not is_member(kind, owner)


def _is_step(owners: Owners, name: str, node: Node) -> bool:
    """A list item below a phase is a step of it, unless its own lines give a phase (then a situation)."""
    if owners.node is None or owners.node.kind is not BlockKind.ITEM:
        return False
    return any(is_phase(o) for o in owners.names) and not is_phase(name) and not gives_phase(node)


def _lines(owners: Owners, line: Line) -> tuple[Line, ...]:
    return (*owners.lines, line)

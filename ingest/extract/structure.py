"""Headings, list items and labels that name a concept: what it is of what stands above."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.extract.facts import PATTERN, STRUCTURE, Fact
from ingest.extract.reading import Owners, Reading, is_enumerated, is_member, is_part, narrowed, valued
from ingest.lexicon.normalize import fold
from ingest.link.api import GENERIC, owns
from ingest.link.disambiguate import enumerations
from ingest.link.outline import Node, Term
from ingest.parse.blocks import BlockKind, Line
from ontology.concepts import ConceptKind

_OPTION = re.compile(r"옵션|\boptions?\b", re.IGNORECASE)
_MEMBERS = frozenset({"example", "kinds"})
_PATH = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:\[[^\]]*\])?(?:\.[A-Za-z][A-Za-z0-9]*(?:\[[^\]]*\])?)+")
_INDEX = re.compile(r"\[[^\]]*\]")
_PAIR = 2
_MODIFIED = 2
_STEPS = ("PodPhase.", "PersistentVolumePhase.", "PersistentVolumeClaimPhase.")


def headings(reading: Reading, node: Node) -> Iterator[Fact]:
    """A heading below a heading: each concept it names is a subtopic of each above."""
    if node.kind is not BlockKind.HEADING or not node.topics or node.line is None:
        return
    above = reading.heading(node)
    lines = (*reading.contents_line(node), node.line)
    if above.node is not None:
        for topic in node.topics:
            for owner in narrowed(above.names, topic.name):
                if topic.name not in (owner, "Document") and node.role != "contrast":
                    yield Fact(
                        subject=owner, predicate="hasSubtopic", object=topic.name, lines=lines, kind=STRUCTURE
                    )
    if node.left_terms and node.terms:  # `X - Y`: X by means of Y
        for used in node.terms:
            yield Fact(
                subject=node.topics[0].name, predicate="uses", object=used.name, lines=lines, kind=PATTERN
            )


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


def items(reading: Reading, node: Node) -> Iterator[Fact]:
    """A list item or label that names a concept: field, option, part, member, step or subtopic."""
    if node.line is None or node.kind is BlockKind.HEADING or is_contrasted(node):
        return
    if node.separator and valued(reading, node):
        return
    terms = node.left_terms or node.terms or _head(node)
    if node.separator in {"-", "–", "—"} and node.left_terms and not node.right and node.topics:
        yield from _field_beside_owner(reading, node)
        return
    if not terms or not all(t.choice for t in terms):
        return
    if _announces_values(reading, node):
        return
    owners = reading.owners(node)
    if node.kind is BlockKind.PARAGRAPH and not _speaks_for_others(node):
        return
    pair = _class_and_member(terms)
    for term in terms[:1] if pair else terms:
        yield from _related(reading, node, owners, term, alone=len(terms) == 1)
    if pair:
        yield Fact(
            subject=terms[1].name, predicate="isA", object=terms[0].name, lines=(node.line,), kind=PATTERN
        )


def _announces_values(reading: Reading, node: Node) -> bool:
    # `kube-proxy mode : iptables, ipvs`: the label is the type of what follows, no topic
    types = {t.name for t in node.left_terms} & enumerations().keys()
    return any(t.name.partition(".")[0] in types for t in reading.terms(node.right, node)) if types else False


def _head(node: Node) -> tuple[Term, ...]:
    # `컨테이너의 이미지 다운로드`: named by its last words
    return (
        ()
        if node.separator or len(node.named) > _MODIFIED
        else tuple(Term(text=node.text, choice=t, name=t.name) for t in node.topics)
    )


def _field_beside_owner(reading: Reading, node: Node) -> Iterator[Fact]:
    # `operator options - matchExpressions`
    if node.line is None:
        return
    owner = node.topics[0].name
    owners = reading.owners(node)
    yield from _related(
        reading, node, owners, Term(text=owner, choice=node.topics[0], name=owner), alone=True
    )
    field = node.left_terms[0].name.rpartition(".")[2]
    predicate = "hasOption" if _OPTION.search(node.text) else "hasField"
    yield Fact(
        subject=owner,
        predicate=predicate,
        object=f"{owner}.{field}",
        lines=(node.line,),
        kind=STRUCTURE,
        confidence=0.7,
    )


def _related(reading: Reading, node: Node, owners: Owners, term: Term, *, alone: bool) -> Iterator[Fact]:
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
    if _OPTION.search(node.text) and name in {t.name for t in node.left_terms or node.terms}:
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
    if reading.is_field(owner) and reading.kind(owner) is ConceptKind.FIELD and name == "ContainerState":
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
    return (
        any(o.startswith(_STEPS) for o in owners.names)
        and not name.startswith(_STEPS)
        and not gives_phase(node)
    )


def gives_phase(node: Node) -> bool:
    """Whether the lines below an item give the phase or conditions of a Pod: then it is a situation."""
    for below in node.walk():
        if below is node:
            continue
        names = {t.name for t in below.left_terms}
        if names & {"Pod", "Pod.phase"} and below.right:
            return True
        if any(n.startswith("PodCondition.") for n in names) and below.right:
            return True
    return False


def is_contrasted(node: Node) -> bool:
    """Whether an item is one of the things that a contrast heading compares."""
    parent = node.parent
    if (
        parent is None
        or not parent.contrast
        or node.kind is not BlockKind.ITEM
        or node.block.number is not None
    ):
        return False
    return bool(node.right) or any(c.text for c in node.children)


def paths(reading: Reading, node: Node) -> Iterator[Fact]:
    """Each step of a dotted path in a code span: `securityContext.runAsUser`."""
    if node.line is None:
        return
    for start, end in node.inline.codes:
        path = node.inline.text[start:end]
        if not _PATH.fullmatch(path):
            continue
        steps = [s for s in _INDEX.sub("", path).split(".") if s]
        if steps and steps[0] in {"spec", "metadata", "status"}:
            steps = steps[1:]
        names = [_step(reading, steps[:i], step) for i, step in enumerate(steps, 1)]
        for owner, name in pairwise(names):
            if owner and name:
                yield Fact(subject=owner, predicate="hasField", object=name, lines=(node.line,), kind=PATTERN)


def _step(reading: Reading, steps: list[str], step: str) -> str:
    """Return the concept of one step of a path; a generic one is qualified by the step before."""
    if step in GENERIC:
        return f"{steps[-2]}.{step}" if len(steps) > 1 else ""
    same = [e for e in reading.lexicon.candidates(step) if fold(e.name) == fold(step)]
    return next((e.name for e in same if e.kind is ConceptKind.FIELD), same[0].name if same else "")


def _class_and_member(terms: tuple[Term, ...]) -> bool:
    return len(terms) == _PAIR and is_member(terms[1].name, terms[0].name)


def _speaks_for_others(node: Node) -> bool:
    return bool(node.children)


def _same(node: Node, terms: tuple[Term, ...]) -> bool:
    return {t.name for t in terms} == {t.name for t in node.topics}


def _lines(owners: Owners, line: Line) -> tuple[Line, ...]:
    return (*owners.lines, line)

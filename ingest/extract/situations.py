"""Situations: lines that tell when the phase, conditions or states below them hold."""

import re
from functools import cache

from ingest.link.disambiguate import Enumeration, enumeration, enumerations
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind, Line

_MOMENT = re.compile(r"\s*(?:시|때|경우)(?:에)?$")


def is_situational(name: str) -> bool:
    """Whether a concept is a value that its subject has for a time (`PodPhase.Pending`)."""
    known = enumeration(name)
    return known is not None and known.situational


def is_phase(name: str) -> bool:
    """Whether a concept is a phase of some object."""
    return _states(name, "hasPhase")


def is_state(name: str) -> bool:
    """Whether a concept is a state of a container."""
    return _states(name, "hasState")


def is_condition(name: str) -> bool:
    """Whether a concept is a condition that a line may give with its value."""
    return _states(name, "hasCondition") and is_situational(name)


def _states(name: str, predicate: str) -> bool:
    known = enumeration(name)
    return known is not None and known.predicate == predicate


@cache
def _told() -> tuple[Enumeration, ...]:
    return tuple(each for each in enumerations().values() if each.situational)


@cache
def _subjects() -> frozenset[str]:
    return frozenset(each.subject for each in _told())


@cache
def _labels() -> frozenset[str]:
    """Return what a line may call such a value by: its subject, its field, or a part of the status."""
    parts = {owner for each in _told() for owner in each.owners if "." in owner}
    return frozenset({*_subjects(), *(each.field for each in _told()), *parts})


@cache
def _labels_of_phases() -> frozenset[str]:
    return frozenset(
        name for each in _told() if each.predicate == "hasPhase" for name in (each.subject, each.field)
    )


def situation(node: Node) -> tuple[str, tuple[Line, ...]] | None:
    """Return the situation in which a line gives a phase, condition or state, with the lines that say so.

    Only labels `pod` and `container` may stand in between; what they hang on is the situation.
    """
    lines: list[Line] = []
    own = {t.name for t in node.left_terms}
    if not node.separator or not (own & _labels() or any(is_condition(name) for name in own)):
        return None
    for above in node.above():
        if above.kind is not BlockKind.ITEM or above.line is None:
            return None
        lines.insert(0, above.line)
        names = {t.name for t in above.topics}
        if names and names <= _subjects():
            continue
        if names & _labels():
            return None
        if above.topics:
            return above.topics[0].name, tuple(lines)
        return (_MOMENT.sub("", above.text), tuple(lines)) if above.clause else None
    return None


def gives_phase(node: Node) -> bool:
    """Whether the lines below an item give the phase or conditions of its subject: then it is a situation."""
    for below in node.walk():
        if below is not node and below.right:
            names = {t.name for t in below.left_terms}
            if names & _labels_of_phases() or any(is_condition(name) for name in names):
                return True
    return False

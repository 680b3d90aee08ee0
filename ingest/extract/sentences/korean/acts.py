"""`A가 B를 생성한다`: making, deleting, keeping, restarting, scaling and managing."""

import re
from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.endings import ASKED, MUST
from ingest.extract.sentences.korean.needs import is_needed
from ingest.extract.sentences.korean.parts import (
    SUBJECT,
    TARGET,
    TO_WHOM,
    TOPIC,
    TOPICAL,
    Sentence,
    agent,
    condition,
    patients,
)
from ingest.extract.sentences.korean.verbs import Verb
from ingest.extract.sentences.scene import Word, ideas
from ontology.concepts import ConceptKind

PREDICATES = frozenset({"creates", "deletes", "kept", "restarts", "scales", "manages"})
_MAKING = frozenset({"creates", "deletes"})
_OF_OBJECTS = frozenset({"creates", "deletes", "restarts", "manages"})
_BY_HAND = re.compile(r"(?:직접|수동으로|따로)\s*$")
_TAKEN_OUT = "제거"
_BRINGS_ABOUT = re.compile(r"(?:이|가)\s?(?:\S+\s)?\S+(?:되면|지면|나면)$")


def acts(sentence: Sentence, verb: Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    """Who does it to what. What is kept is not deleted."""
    suffering = tuple(p for p in patients(sentence.scene, verb) if not is_needed(sentence.text, p))
    if verb.predicate == "creates":
        target = next((w for w in verb.args if w.particle in TO_WHOM), None)
        if target is not None and suffering and verb.follows(ASKED):
            yield from _asked(sentence, verb, agents, target, suffering)
            return
        place = next((w for w in verb.args if w.particle in TARGET and w.name in ideas("places")), None)
        if place is not None and verb.passive and not verb.negated:
            yield from _created_at(sentence, verb, place, agents)
            return
    if not suffering and verb.predicate in _MAKING and not verb.conditional:
        suffering = _patients_before(sentence, verb)
    if suffering and not _says_nothing(verb, suffering):
        yield from _done(sentence, verb, agents, suffering)


def _done(
    sentence: Sentence, verb: Verb, agents: tuple[str, ...], suffering: tuple[Word, ...]
) -> Iterator[Fact]:
    kept = verb.predicate == "kept"
    predicate = "deletes" if kept else verb.predicate
    for name in agent(verb, (), besides=suffering) or agents:
        for patient in suffering:
            if patient.name != name and _may_suffer(patient, predicate):
                yield sentence.scene.fact(
                    name, predicate, patient.name, negated=verb.negated != kept, condition=condition(verb)
                )


def _says_nothing(verb: Verb, suffering: tuple[Word, ...]) -> bool:
    """Whether it only tells when, what a reader must do, or what happens to the topic by nobody."""
    if verb.stem == _TAKEN_OUT and any(w.particle == "에서" for w in verb.args):
        return True  # taken out of a list, not deleted
    explicit = agent(verb, (), besides=suffering)
    if verb.conditional and not explicit:
        return True
    by_nobody = verb.passive and not explicit
    if by_nobody and (suffering[-1].particle in TOPIC or _is_caused(verb)):
        return True
    return verb.predicate == "creates" and (
        _BY_HAND.search(verb.head) is not None or (verb.follows(MUST) and not explicit)
    )


def _is_caused(verb: Verb) -> bool:
    """`PVC가 삭제되면 PV가 지워진다`: a condition, and not what the note is about, brings it about."""
    return bool(condition(verb)) and (verb.negated or _BRINGS_ABOUT.search(condition(verb)) is not None)


def _asked(
    sentence: Sentence, verb: Verb, agents: tuple[str, ...], target: Word, suffering: tuple[Word, ...]
) -> Iterator[Fact]:
    """`A가 B에 C 생성을 요청`: B makes C, A turns to B."""
    for patient in suffering:
        if patient.kind is ConceptKind.KIND or patient.name in ideas("made"):
            yield sentence.scene.fact(target.name, "creates", patient.name, negated=verb.negated)
    for name in agent(verb, agents, besides=(target, *suffering)):
        if name != target.name:
            yield sentence.scene.fact(name, "connectsTo", target.name)


def _patients_before(sentence: Sentence, verb: Verb) -> tuple[Word, ...]:
    """`파드 생성 시 … 동시 생성, 삭제`: what the condition names goes on."""
    for earlier in sentence.verbs:
        if earlier.start < verb.start and earlier.predicate in _MAKING and earlier.conditional:
            return patients(sentence.scene, earlier)
    return ()


def _created_at(sentence: Sentence, verb: Verb, place: Word, agents: tuple[str, ...]) -> Iterator[Fact]:
    """`파드가 … 노드에 생성된다`: the pod runs there; a field that says where selects the place."""
    for word in verb.args:
        if word.name in ideas("running") and word.particle in SUBJECT | TOPICAL:
            yield sentence.scene.fact(word.name, "runsOn", place.name)
    for name in agents:
        if sentence.reading.is_field(name) and place.name in ideas("units"):
            yield sentence.scene.fact(name, "selects", place.name)


def _may_suffer(word: Word, predicate: str) -> bool:
    if word.name in ideas("traits"):
        return False
    if predicate in _OF_OBJECTS:
        return word.kind is not ConceptKind.ENUM and (
            word.kind is not ConceptKind.FIELD or predicate == "creates"
        )
    return True

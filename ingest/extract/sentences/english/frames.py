"""`A creates B`, `B is created by A`, `A is scheduled on B`: a verb between names."""

import re
from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.reading import Reading
from ingest.extract.sentences.english.aims import is_aim
from ingest.extract.sentences.english.clauses import NEGATED, clause_start
from ingest.extract.sentences.english.verbs import (
    Verb,
    is_gerund,
    is_passive,
    objects,
    shared,
    subjects,
    verbs,
)
from ingest.extract.sentences.scene import Scene, ideas
from ontology.concepts import ConceptKind

_CONDITION = re.compile(r"\s*(?P<c>(?:if|when|once|unless|until|after|without)\b[^,]*),\s*", re.IGNORECASE)
_PASSIVE_BY = re.compile(r"\s*(?:\w+ly\s+)?by\s+(?:an?\s+|the\s+)?$", re.IGNORECASE)
_INTO = re.compile(r"\b(?:in|inside|into|within|on)\s+(?:an?\s+|the\s+)?$", re.IGNORECASE)
_ONTO = re.compile(r"\b(?:to|on|onto)\s+(?:an?\s+|the\s+|each\s+|every\s+|suitable\s+)*$", re.IGNORECASE)
# `an identity for processes that run in a Pod`: who acts is named by no concept
_OF_OTHERS = re.compile(
    r"\b(?:for|of|by|from|with|to|in|on|among|between)\s+(?:[\w-]+\s+){0,2}?[\w-]+\s+(?:that|which|who)\s+(?:\w+ly\s+)?$",
    re.IGNORECASE,
)
_SILENT = re.compile(r"\s*(?:it|they|which|that)?\s*(?:\w+\s+)?(?:is|are|be|gets?)?\s*", re.IGNORECASE)
_USED_BY = "used by"
_ENABLING = ("allow", "enabl", "provid", "help")
_PAIR = 2
# an object of one of these predicates may not be a value or a trait of the language
_TAKES_THINGS = frozenset(
    {"creates", "deletes", "restarts", "manages", "connectsTo", "selects", "runsOn", "partOf", "stores"}
)
_OF_NO_FIELD = frozenset({"creates", "deletes", "runsOn"})
_CLASSES = frozenset({ConceptKind.ABSTRACT, ConceptKind.KIND, ConceptKind.COMPONENT})

_Names = tuple[str, ...]


def frames(reading: Reading, scene: Scene) -> Iterator[Fact]:
    """What each verb says. A condition before the sentence goes with all of it."""
    condition = _CONDITION.match(scene.text)
    stated = condition["c"] if condition and not condition["c"].lower().startswith("without") else ""
    start = condition.end() if condition and stated else 0
    found = [verb for verb in verbs(scene) if verb.start >= start]
    for position, verb in enumerate(found):
        if not is_gerund(scene, verb) and not _OF_OTHERS.search(scene.text[: verb.start]):
            yield from _frame(reading, scene, found, position, condition=stated, opening=start)


def _frame(  # noqa: PLR0913  the parts of a sentence
    reading: Reading, scene: Scene, found: list[Verb], position: int, *, condition: str, opening: int
) -> Iterator[Fact]:
    verb, before, following = found[position], found[:position], found[position + 1 :]
    limit = following[0].start if following else len(scene.text)
    if verb.predicate == "assigns":
        yield from _assigned(scene, verb, limit)
        return
    taken = objects(scene, verb, limit) or shared(scene, verb, following)
    names = tuple(word.name for word in taken)
    between = scene.text[verb.end : taken[0].start] if taken else ""
    passive = is_passive(scene, verb)
    if verb.predicate == "stores" and taken and _INTO.search(between):
        # `stores the object in etcd`: etcd is where, not what; `are stored in etcd`: etcd stores them
        if passive:
            yield from _held(scene, names, _contents(scene, verb, before, opening))
        return
    if not names or (verb.predicate == "usedFor" and is_aim(scene, verb.end)):
        return
    acting: _Names = subjects(scene, verb, before, opening)
    if verb.form == _USED_BY or (
        passive
        and verb.predicate in _TAKES_THINGS
        and verb.predicate != "runsOn"
        and _PASSIVE_BY.match(between)
    ):
        acting, names = names, acting
    elif passive and not _may_be_passive(verb):
        return
    start = clause_start(scene.text, before[-1].end if before else 0, verb.start)
    denied = NEGATED.search(scene.text, start, verb.start) is not None
    predicate, acting, names, denied = _turned(verb.predicate, acting, names, negated=denied)
    for subject in acting:
        for object_ in names:
            if subject != object_ and _fits(reading, predicate, object_, verb.form):
                yield scene.fact(subject, predicate, object_, negated=denied, condition=condition)


def _may_be_passive(verb: Verb) -> bool:
    """`is bound to`, `is scheduled on`, `is used for`: said of the subject all the same."""
    if verb.predicate not in _TAKES_THINGS or verb.predicate == "runsOn":
        return True
    return verb.predicate == "connectsTo" and verb.form.endswith("to")


def _contents(scene: Scene, verb: Verb, before: list[Verb], opening: int) -> _Names:
    """What is stored: what is named, or what the sentence is about where it stands without a noun."""
    found = subjects(scene, verb, before, opening)
    return () if found == scene.about and not _SILENT.fullmatch(scene.text, opening, verb.start) else found


def _held(scene: Scene, holders: _Names, contents: _Names) -> Iterator[Fact]:
    for holder in holders:
        for name in contents:
            if name != holder:
                yield scene.fact(holder, "stores", name)


def _assigned(scene: Scene, verb: Verb, limit: int) -> Iterator[Fact]:
    """`assigns the pod to a node`: the pod runs there."""
    after = [word for word in scene.words if verb.end <= word.start < limit]
    if len(after) >= _PAIR and _ONTO.search(scene.text[after[0].end : after[1].start]):
        yield scene.fact(after[0].name, "runsOn", after[1].name)


def _turned(
    predicate: str, acting: _Names, names: _Names, *, negated: bool
) -> tuple[str, _Names, _Names, bool]:
    """Give verbs that say a predicate the other way round, or deny it, their place."""
    match predicate:
        case "kept":
            return "deletes", acting, names, not negated
        case "consistsOf":
            return "partOf", names, acting, negated
        case "succeeds":
            replaced = tuple(name for name in names if name not in ideas("instances"))
            return "transitionsTo", replaced, acting, negated
        case "follows":
            return "precedes", names, acting, negated
        case _:
            return predicate, acting, names, negated


def _fits(reading: Reading, predicate: str, name: str, form: str) -> bool:
    kind = reading.kind(name)
    if predicate == "usedFor" and form.startswith(_ENABLING):
        return kind is ConceptKind.ABSTRACT
    if predicate in _TAKES_THINGS:
        return kind is not ConceptKind.ENUM and not (kind is ConceptKind.FIELD and predicate in _OF_NO_FIELD)
    if predicate == "isA":
        return kind in _CLASSES
    return True

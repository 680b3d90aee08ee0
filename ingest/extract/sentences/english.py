"""English sentences: a verb between the name before it and the names after it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ingest.extract.facts import Fact
from ingest.extract.reading import Reading
from ingest.extract.sentences.scene import Scene, verbs
from ingest.link.outline import Named
from ontology.concepts import ConceptKind

_NEGATED = re.compile(
    r"\b(?:not|never|cannot|can't|don't|doesn't|won't|isn't|aren't|no longer|neither)\b", re.IGNORECASE
)
_CLAUSE = re.compile(
    r"[;:]|,\s+(?:but|and|so|which|while|whereas|then|it|they)\b|\s+(?:but|so that|while|whereas|because|since|if|unless|when|once|until|although)\s+",  # noqa: E501  one list, one line
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"^(?:e?s)?\s*(?:,|and|or|,\s*and|,\s*or|/|&|as well as)\s*(?:an?\s+|the\s+|other\s+|its\s+)?$",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"^\s*(?P<c>(?:if|when|once|unless|until|after|without)\b[^,]*),\s*", re.IGNORECASE)
_WITHOUT = re.compile(r"\bwithout\s+(?:an?\s+|the\s+|any\s+|its\s+)?$", re.IGNORECASE)
_NO_EFFECT = re.compile(
    r"\bno effect\b|\b(?:not|never|cannot|can't|fails?|won't|nothing|does not|doesn't|ignored|useless|pending)\b",  # noqa: E501  one list, one line
    re.IGNORECASE,
)
_PASSIVE_BY = re.compile(r"^\s*(?:\w+ly\s+)?by\s+(?:an?\s+|the\s+)?$", re.IGNORECASE)
_BE = re.compile(r"\b(?:is|are|was|were|be|been|being|gets?)\s+(?:\w+ly\s+)?(?:not\s+)?$", re.IGNORECASE)
_CLUSTER_SCOPED = re.compile(r"\bcluster-(?:scoped|wide)\b", re.IGNORECASE)
_NAMESPACED = re.compile(r"\bnamespaced\b|\bnamespace-scoped\b|\bper[- ]namespace\b", re.IGNORECASE)
_WITHIN = re.compile(
    r"^\s*(?:inside|in|of|within|belonging to)\s+(?:an?\s+|the\s+|each\s+|every\s+)?$", re.IGNORECASE
)
_INTO = re.compile(r"\b(?:in|inside|into|within|on)\s+(?:an?\s+|the\s+)?$", re.IGNORECASE)
_ONTO = re.compile(r"\b(?:to|on|onto)\s+(?:an?\s+|the\s+|each\s+|every\s+|suitable\s+)*$", re.IGNORECASE)
_CLAUSE_START = re.compile(r"(?:^|[;:,]\s*)\s*(?:\w+ly\s+)?$")
_AND = re.compile(r"\s+(?:and|or|and then)\s+", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\b(?:on|in|of|to|from|with|for|at|into|behind|between)\s+(?:(?:an?|the|each|every|its|all|one)\s+)?$",
    re.IGNORECASE,
)
_JUST_BEFORE = re.compile(r"\s+(?:to\s+(?:be\s+)?|that\s+|which\s+|that are\s+)", re.IGNORECASE)
# `an identity for processes that run in a Pod`: who acts is named by no concept
_OF_OTHERS = re.compile(
    r"\b(?:for|of|by|from|with|to|in|on|among|between)\s+(?:[\w-]+\s+){0,2}?[\w-]+\s+(?:that|which|who)\s+(?:\w+ly\s+)?$",
    re.IGNORECASE,
)
_OPENING_WORDS = 2
_PAIR = 2
_REACH = 6  # words between a verb and what it takes
_INSTANCES = frozenset({"Pod", "Container", "Node", "Image"})  # replaced one by one, not by a successor
# an object of one of these predicates may not be a value or a trait of the language
_TAKES_THINGS = frozenset(
    {"creates", "deletes", "restarts", "manages", "connectsTo", "selects", "runsOn", "partOf", "stores"}
)


@dataclass(frozen=True, slots=True)
class _Hit:
    predicate: str
    start: int
    end: int
    verb: str


@cache
def _pattern() -> re.Pattern[str]:
    rows = verbs()["en"]
    return re.compile(
        "|".join(rf"(?P<{name}>(?<![\w-])(?:{forms})(?![\w-]))" for name, forms in rows.items()),
        re.IGNORECASE,
    )


def read(reading: Reading, scene: Scene) -> Iterator[Fact]:
    """Yield the facts of one English sentence."""
    condition = _CONDITION.match(scene.text)
    clause_start = condition.end() if condition and not condition["c"].lower().startswith("without") else 0
    hits = [h for h in _hits(scene) if h.start >= clause_start]
    stated = condition["c"] if condition and clause_start else ""
    for position, hit in enumerate(hits):
        yield from _frame(reading, scene, hit, hits[:position], hits[position + 1 :], stated)
    yield from _needed(scene)
    yield from _scopes(scene)
    yield from _wholes(scene)


def _hits(scene: Scene) -> list[_Hit]:
    covered = [(n.start - scene.offset, n.end - scene.offset) for n in scene.named]
    return [
        _Hit(match.lastgroup or "", match.start(), match.end(), match[0].lower())
        for match in _pattern().finditer(scene.text)
        if not any(a <= match.start() < b for a, b in covered)
    ]


def _frame(  # noqa: C901, PLR0912, PLR0913, PLR0917  one case after the other
    reading: Reading, scene: Scene, hit: _Hit, before: list[_Hit], following: list[_Hit], condition: str
) -> Iterator[Fact]:
    if _is_gerund(scene, hit) or _OF_OTHERS.search(scene.text[: hit.start]):
        return
    limit = following[0].start if following else len(scene.text)
    objects = _objects(scene, hit, limit) or _shared(scene, hit, following)
    predicate = hit.predicate
    if predicate == "assigns":
        yield from _assigned(scene, hit, limit)
        return
    if (
        predicate == "stores"
        and objects
        and _INTO.search(scene.text[hit.end : objects[0].start - scene.offset])
    ):
        # `stores the object in etcd`: etcd is where, not what; `are stored in etcd`: etcd stores them
        if _is_passive(scene, hit):
            for holder in objects:
                for name in _subjects(scene, hit, before):
                    if name != holder.name:
                        yield scene.fact(holder.name, "stores", name)
        return
    passive = _is_passive(scene, hit)
    subjects = _subjects(scene, hit, before)
    negated = _NEGATED.search(_clause_before(scene, hit, before)) is not None
    if hit.verb == "used by":
        subjects, objects_names = tuple(o.name for o in objects), subjects
    elif passive and predicate in _TAKES_THINGS and predicate != "runsOn":
        if objects and _PASSIVE_BY.match(scene.text[hit.end : objects[0].start - scene.offset]):
            subjects, objects_names = tuple(o.name for o in objects), subjects
        elif predicate == "connectsTo" and hit.verb.endswith("to"):
            objects_names = tuple(o.name for o in objects)
        else:
            return
    else:
        objects_names = tuple(o.name for o in objects)
    predicate, subjects, objects_names, negated = _turned(predicate, subjects, objects_names, negated=negated)
    for subject in subjects:
        for object_ in objects_names:
            if subject != object_ and _fits(reading, predicate, object_, hit.verb):
                yield scene.fact(subject, predicate, object_, negated=negated, condition=condition)


def _assigned(scene: Scene, hit: _Hit, limit: int) -> Iterator[Fact]:
    """`assigns the pod to a node`: the pod runs there."""
    after = [n for n in scene.named if hit.end <= n.start - scene.offset < limit]
    if len(after) >= _PAIR and _ONTO.search(
        scene.text[after[0].end - scene.offset : after[1].start - scene.offset]
    ):
        yield scene.fact(after[0].name, "runsOn", after[1].name)


def _shared(scene: Scene, hit: _Hit, following: list[_Hit]) -> tuple[Named, ...]:
    """`evicts and recreates pods`: both verbs take what follows the second."""
    if not following or not _AND.fullmatch(scene.text[hit.end : following[0].start]):
        return ()
    return _objects(scene, following[0], following[1].start if len(following) > 1 else len(scene.text))


def _is_passive(scene: Scene, hit: _Hit) -> bool:
    """Whether something is done to the subject: `is created`, or `created when …` without a subject."""
    if not hit.verb.endswith(("ed", "en", "by", "kept", "bound to", "sent to")):
        return False
    before = scene.text[: hit.start]
    return _BE.search(before) is not None or _CLAUSE_START.search(before) is not None


def _turned(
    predicate: str, subjects: tuple[str, ...], objects: tuple[str, ...], *, negated: bool
) -> tuple[str, tuple[str, ...], tuple[str, ...], bool]:
    """Give verbs that say a predicate the other way round, or deny it, their place."""
    match predicate:
        case "kept":
            return "deletes", subjects, objects, not negated
        case "consistsOf":
            return "partOf", objects, subjects, negated
        case "succeeds":
            replaced = tuple(o for o in objects if o not in _INSTANCES)
            return "transitionsTo", replaced, subjects, negated
        case "follows":
            return "precedes", objects, subjects, negated
        case _:
            return predicate, subjects, objects, negated


def _fits(reading: Reading, predicate: str, object_: str, verb: str) -> bool:
    kind = reading.kind(object_)
    if predicate == "usedFor" and verb.startswith(("allow", "enabl", "provid", "help")):
        return kind is ConceptKind.ABSTRACT
    if predicate in _TAKES_THINGS:
        return kind is not ConceptKind.ENUM and not (
            kind is ConceptKind.FIELD and predicate in {"creates", "deletes", "runsOn"}
        )
    if predicate == "isA":
        return kind in {ConceptKind.ABSTRACT, ConceptKind.KIND, ConceptKind.COMPONENT}
    return True


def _subjects(scene: Scene, hit: _Hit, before: list[_Hit]) -> tuple[str, ...]:
    """The first name of the clause when it opens it, else who the sentence is about."""
    start = 0
    for match in _CLAUSE.finditer(scene.text, 0, hit.start):
        start = match.end()
    if before and _is_gerund(scene, before[0]):  # `Deleting a StatefulSet keeps …`
        done = _objects(scene, before[0], hit.start)
        if done:
            return tuple(n.name for n in done)
    own = [n for n in scene.named if start <= n.start - scene.offset < hit.start]
    close = own[-1] if own else None
    if (
        close is not None
        and _JUST_BEFORE.fullmatch(scene.text[close.end - scene.offset : hit.start])
        and not _PREPOSITION.search(scene.text[: close.start - scene.offset])
    ):
        return (close.name,)
    opening = [n for n in own if _opens(scene.text[start : n.start - scene.offset])]
    if opening:
        return _with_joined(scene, opening[0], hit.start)
    if (
        own
        and not [b for b in before if b.start >= start]
        and len(scene.text[start : own[0].start - scene.offset].split()) <= _OPENING_WORDS
    ):
        return (own[0].name,)
    first = [
        n
        for n in scene.named
        if _opens(scene.text[: n.start - scene.offset]) and n.start - scene.offset < hit.start
    ]
    if first and (start == 0 or re.match(r"\s*(?:it|they|which|that)?\b", scene.text[start : hit.start])):
        return _with_joined(scene, first[0], hit.start)
    return scene.about


def _is_gerund(scene: Scene, hit: _Hit) -> bool:
    return hit.verb.endswith("ing") and not scene.text[: hit.start].strip()


def _opens(text: str) -> bool:
    return (
        re.fullmatch(
            r"\s*(?:an?|the|each|every|all|by default,?|most|some|both|these|those|this|its)?\s*",
            text,
            re.IGNORECASE,
        )
        is not None
    )


def _with_joined(scene: Scene, first: Named, limit: int) -> tuple[str, ...]:
    found = [first]
    following = [n for n in scene.named if first.end <= n.start and n.start - scene.offset < limit]
    for named in following:
        if not _JOINED.match(scene.text[found[-1].end - scene.offset : named.start - scene.offset]):
            break
        found.append(named)
    return tuple(n.name for n in found)


def _objects(scene: Scene, hit: _Hit, limit: int) -> tuple[Named, ...]:
    stop = min((m.start() for m in _CLAUSE.finditer(scene.text, hit.end, limit)), default=limit)
    after = [n for n in scene.named if hit.end <= n.start - scene.offset < stop]
    if not after or len(scene.text[hit.end : after[0].start - scene.offset].split()) > _REACH:
        return ()
    found = [after[0]]
    for named in after[1:]:
        if not _JOINED.match(scene.text[found[-1].end - scene.offset : named.start - scene.offset]):
            break
        found.append(named)
    if (
        hit.predicate == "connectsTo"
        and len(after) > len(found)
        and hit.verb in {"sends", "send", "forwards", "routes", "binds", "attaches"}
    ):
        to = next(
            (
                n
                for n in after
                if re.search(
                    r"\bto\s+(?:an?\s+|the\s+|one\s+|every\s+)?$", scene.text[: n.start - scene.offset]
                )
            ),
            None,
        )
        return (to,) if to else tuple(found)
    return tuple(found)


def _clause_before(scene: Scene, hit: _Hit, before: list[_Hit]) -> str:
    start = before[-1].end if before else 0
    for match in _CLAUSE.finditer(scene.text, start, hit.start):
        start = match.end()
    return scene.text[start : hit.start]


def _needed(scene: Scene) -> Iterator[Fact]:
    """`Without A, B does not work`: B requires A; `works without A` denies it."""
    for named in scene.named:
        before = scene.text[: named.start - scene.offset]
        if not _WITHOUT.search(before):
            continue
        rest = scene.text[named.end - scene.offset :]
        fails = (
            _NO_EFFECT.search(
                rest if _WITHOUT.search(before) and before.lower().strip().startswith("without") else before
            )
            is not None
        )
        others = [n for n in scene.named if n is not named and n.choice.kind is not ConceptKind.ENUM]
        main = [n for n in others if not _is_example(scene, n)]
        subjects = scene.about or tuple(n.name for n in main[:1])
        if before.lower().strip() == "without" or fails:
            for subject in subjects:
                if subject != named.name:
                    yield scene.fact(subject, "requires", named.name, negated=not fails)


def _is_example(scene: Scene, named: Named) -> bool:
    return (
        re.search(r"(?:such as|e\.g\.|like)[^.;]{0,40}$", scene.text[: named.start - scene.offset])
        is not None
    )


def _scopes(scene: Scene) -> Iterator[Fact]:
    subjects = (
        tuple(n.name for n in scene.named[:1] if _opens(scene.text[: n.start - scene.offset])) or scene.about
    )
    for pattern, scope in ((_CLUSTER_SCOPED, "Cluster"), (_NAMESPACED, "Namespace")):
        if pattern.search(scene.text):
            for subject in subjects:
                yield scene.fact(
                    subject, "scopedTo", scope, negated=f"not {scope.lower()}" in scene.text.lower()
                )


def _wholes(scene: Scene) -> Iterator[Fact]:
    """`containers in a pod`: a container is part of a pod."""
    for first, second in zip(scene.named, scene.named[1:], strict=False):
        between = scene.text[first.end - scene.offset : second.start - scene.offset]
        if _WITHIN.match(between) and (first.name, second.name) in {
            ("Container", "Pod"),
            ("InitContainer", "Pod"),
        }:
            yield scene.fact(first.name, "partOf", second.name)

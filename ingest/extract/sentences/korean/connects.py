"""`A가 B에 요청한다`, `A와 B를 연결한다`: links, references, requests, watches."""

from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.parts import (
    OBJECT,
    TARGET,
    TOWARDS,
    WITH,
    Sentence,
    agent,
    joined,
    pair,
    patients,
)
from ingest.extract.sentences.korean.verbs import Verb
from ingest.extract.sentences.scene import Word, ideas
from ontology.concepts import ConceptKind

_JOINING = frozenset({"연결", "바인딩", "묶", "연동", "통신"})
_LINKING = frozenset({"연결", "바인딩"})
_TAKING_AN_OBJECT = frozenset({"감시", "참조", "호출"})
_REACHING = "접근"
_OBJECTS_OF_VERBS = OBJECT | {""}
_PARTNERS = TARGET | WITH
_ENDS = TARGET - TOWARDS - {"에서"}
_PAIR = 2


def connects(sentence: Sentence, verb: Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    """Who is linked with whom."""
    partners = pair(verb)
    if partners is not None and verb.stem in _JOINING:
        yield from _paired(sentence, verb, agents, partners)
        return
    explicit = agent(verb, ())
    target = _target(verb)
    if target is None or target.name in ideas("general"):
        return
    things = [w for w in verb.args if w.particle in OBJECT and w is not target]
    joins = bool(things) and verb.stem in _LINKING and target.particle in TARGET
    linking = explicit or (() if sentence.scene.above else sentence.scene.about)
    if joins and linking:
        yield from _joins(sentence, verb, linking, things[-1], target)
        return
    if verb.stem == _REACHING and target.name in ideas("extents"):
        return
    for name in (things[-1].name,) if joins else explicit or agents:
        if name != target.name and target.kind is not ConceptKind.FIELD:
            negated = verb.negated and not verb.conditional
            yield sentence.scene.fact(name, "connectsTo", target.name, negated=negated)


def _paired(
    sentence: Sentence, verb: Verb, agents: tuple[str, ...], partners: tuple[Word, Word]
) -> Iterator[Fact]:
    """`A와 B가 연결된다`; `C는 A와 B를 연결한다`: C links both."""
    first, second = partners
    joining = [a for a in agents if a not in {first.name, second.name}]
    if joining and second.particle in OBJECT and _has_topic(sentence):
        for name in joining:
            for partner in partners:
                yield sentence.scene.fact(name, "connectsTo", partner.name, negated=verb.negated)
    else:
        yield sentence.scene.fact(first.name, "connectsTo", second.name, negated=verb.negated)


def _has_topic(sentence: Sentence) -> bool:
    return any(word.particle in {"은", "는", "이란", "란"} for word in sentence.words)


def _joins(
    sentence: Sentence, verb: Verb, joining: tuple[str, ...], thing: Word, target: Word
) -> Iterator[Fact]:
    """`RoleBinding = Role을 User에 연결`: it links both."""
    for name in joining:
        for each in (thing, *joined(sentence.scene, verb.args, verb.args.index(target))):
            if each.name != name:
                yield sentence.scene.fact(name, "connectsTo", each.name, negated=verb.negated)


def _target(verb: Verb) -> Word | None:
    if verb.stem in _TAKING_AN_OBJECT:
        wanted = _OBJECTS_OF_VERBS
    elif verb.stem in _JOINING:
        wanted = _PARTNERS
    else:
        wanted = _ENDS
    return next((w for w in reversed(verb.args) if w.particle in wanted), None)


def connected_after(sentence: Sentence) -> Iterator[Fact]:
    """`A를 생성 후 B를 생성하면 … 연결해준다`: what was made last is joined to what was made first."""
    found = sentence.verbs
    if len(found) <= _PAIR or found[-1].stem not in _LINKING or found[-1].args:
        return
    made = [p for v in found[:-1] if v.predicate == "creates" for p in patients(sentence.scene, v)]
    if len(made) == _PAIR and made[0].name != made[1].name:
        yield sentence.scene.fact(made[1].name, "connectsTo", made[0].name)

"""`A가 B를 사용한다`, `B와 함께 사용`, `B에 사용을 권장`: what is used, and what something is used for."""

import re
from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.endings import CANNOT
from ingest.extract.sentences.korean.parts import WITH, Sentence, agent, joined, patients
from ingest.extract.sentences.korean.purposes import PURPOSE
from ingest.extract.sentences.korean.verbs import Verb
from ingest.extract.sentences.scene import Word, ideas
from ingest.link.api import direct_fields
from ontology.concepts import ConceptKind

_USE_AT = re.compile(r"(?:상황에서?|경우에?|때에?|곳에|때)\s?$")
_IS_NEEDED = re.compile(r"\s?(?:이|가|은|는|도)?\s?(?:필요|필수)")
_READ_AND_WRITE = re.compile(r"읽(?:고|기|거나)\s*$")
_WRITES = ("쓴", "쓰", "씁", "쓸")
_FOR_WANT = re.compile(r"없으면|없이")
_NOUNS = frozenset({"사용", "활용", "이용"})
_LIKENED = ("같", "달", "다르")
_BECAUSE = "하기 때문"
_PLACES = frozenset({"에", "에서"})
_NEAR = 14


def uses(sentence: Sentence, verb: Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    """Who uses what: an object, a partner, or else the purpose that the sentence names."""
    suffering = patients(sentence.scene, verb)
    explicit = agent(verb, (), besides=suffering)
    if _is_no_use(verb) or (verb.conditional and explicit):
        return
    if suffering:
        for name in explicit or agents:
            for patient in suffering:
                if patient.name != name:
                    yield from _used(sentence, verb, name, patient)
        return
    partner = next((w for w in reversed(verb.args) if w.particle in WITH and not _is_likened(verb, w)), None)
    if partner is not None:
        negated = verb.negated or CANNOT.search(verb.text, verb.end, verb.end + 8) is not None
        for name in explicit or agents:
            if name != partner.name:
                yield sentence.scene.fact(name, "uses", partner.name, negated=negated)
    elif verb.stem in _NOUNS and not verb.conditional and not verb.text.startswith(_BECAUSE, verb.end):
        yield from _used_at(sentence, verb, agents)


def _used(sentence: Sentence, verb: Verb, name: str, patient: Word) -> Iterator[Fact]:
    if patient.kind is ConceptKind.FIELD:
        yield from _option(sentence, verb, name, patient)
    elif verb.negated and _FOR_WANT.search(verb.text, 0, verb.start):
        return  # what fails for want of something is no denial of use
    elif verb.stem.startswith("통") or patient.name not in ideas("purposes"):
        yield sentence.scene.fact(name, "uses", patient.name, negated=verb.negated)


def _is_no_use(verb: Verb) -> bool:
    """`CNI 지원 필요` says what is needed; 읽고 쓰다 is to write."""
    writes = verb.stem.startswith(_WRITES) and _READ_AND_WRITE.search(verb.head) is not None
    return writes or verb.follows(_IS_NEEDED)


def _is_likened(verb: Verb, word: Word) -> bool:
    return verb.text[word.stop :].lstrip().startswith(_LIKENED)


def _used_at(sentence: Sentence, verb: Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    """`A, B에 사용을 권장`, `… 상황에서 사용한다`: what the subject is for."""
    for index, word in enumerate(verb.args):
        if word.particle in _PLACES and word.end > verb.start - _NEAR:
            for each in joined(sentence.scene, verb.args, index):
                for name in agents:
                    if each.name != name:
                        yield sentence.scene.fact(name, "usedFor", each.name, negated=verb.negated)
            return
    if _USE_AT.search(verb.head) or PURPOSE.search(verb.head):
        for word in verb.args:
            if word.name in ideas("purposes"):
                for name in agents:
                    yield sentence.scene.fact(name, "usedFor", word.name)


def _option(sentence: Sentence, verb: Verb, name: str, field: Word) -> Iterator[Fact]:
    if field.name.startswith("--"):
        if sentence.reading.kind(name) is ConceptKind.COMPONENT:
            yield sentence.scene.fact(name, "hasOption", field.name)
    elif "옵션" in verb.text[field.end : verb.start]:
        yield sentence.scene.fact(name, "hasOption", field.name)
    elif field.name.rpartition(".")[2] in direct_fields(name):
        yield sentence.scene.fact(name, "hasField", field.name)
    elif sentence.reading.is_field(name):
        yield sentence.scene.fact(name, "uses", field.name, negated=verb.negated)

"""`A는 B이다`, `… DB 역할`: the class that a sentence ends in."""

import re
from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.reading import is_class
from ingest.extract.sentences.korean.parts import Sentence
from ontology.concepts import ConceptKind

_COPULA = re.compile(
    r"(?:이다|다|입니다|임|이에요|예요|의\s?일종|이라고\s?(?:한다|합니다|할)|의\s?한\s?종류|역할|\s?역할)?[.\s]*(?:이다|입니다|을?\s?한다|을?\s?합니다)?\s*$"
)
_ROLE = re.compile(r"\s?역할[을로]?\s?(?:한다|합니다|하는|수행)?[.\s]*$")
_CLASSES = frozenset({ConceptKind.ABSTRACT, ConceptKind.KIND, ConceptKind.COMPONENT})


def classes(sentence: Sentence) -> Iterator[Fact]:
    """The last name, when nothing but a copula follows it."""
    last = sentence.words[-1]
    if last is sentence.subject or last.kind not in _CLASSES or not _ends_in_class(sentence):
        return
    for agent in sentence.agents:
        if agent != last.name and sentence.reading.kind(agent) is not ConceptKind.ENUM:
            yield sentence.scene.fact(agent, "isA", last.name)


def _ends_in_class(sentence: Sentence) -> bool:
    last, text = sentence.words[-1], sentence.text
    if text[last.end :].strip(" ."):
        return bool(_ROLE.match(text, last.end) or _COPULA.match(text, last.end))
    # a bare name at the end of a line that has its own subject or label
    return not sentence.scene.above and is_class(last.name) and bool(text[: last.start].strip())

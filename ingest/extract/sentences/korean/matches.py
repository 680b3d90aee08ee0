"""`레이블이 일치하는 노드`: a field or object that goes by labels uses them."""

import re
from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.parts import Sentence
from ingest.extract.sentences.scene import ideas
from ontology.concepts import ConceptKind

CUES = ("일치", "맞", "매칭", "같은")

_MATCHES = re.compile(r"(?:이|가)\s?(?:서로\s)?(?:일치|맞는|맞은|매칭|같은)")
_GOING_BY = frozenset({ConceptKind.FIELD, ConceptKind.KIND})


def matches(sentence: Sentence) -> Iterator[Fact]:
    """Who goes by the labels."""
    for word in sentence.words:
        if word.name in ideas("labels") and _MATCHES.match(sentence.text, word.end):
            for agent in sentence.agents:
                if sentence.reading.kind(agent) in _GOING_BY:
                    yield sentence.scene.fact(agent, "uses", word.name)

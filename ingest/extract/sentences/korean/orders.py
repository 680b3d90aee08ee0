"""`A에서 B로 차례대로`, `A를 생성 후 B를 생성`: the order of steps."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.endings import AFTER
from ingest.extract.sentences.korean.parts import Sentence, patients
from ontology.concepts import ConceptKind

CUES = ("차례대로", "순서대로", "순차적으로", "순으로", "후", "뒤", "다음")

_ORDERED = re.compile(r"(?:차례대로|순서대로|순차적으로|순으로)")
_ON_THE_WAY = frozenset({"에서", "", "로", "으로"})
_STEPS = frozenset({ConceptKind.ABSTRACT, ConceptKind.COMPONENT, ConceptKind.KIND})


def orders(sentence: Sentence) -> Iterator[Fact]:
    """What comes before what."""
    yield from _one_by_one(sentence)
    for earlier, later in pairwise(sentence.verbs):
        if earlier.predicate == later.predicate == "creates" and earlier.follows(AFTER):
            one, two = patients(sentence.scene, earlier), patients(sentence.scene, later)
            if one and two and one[-1].name != two[-1].name:
                yield sentence.scene.fact(one[-1].name, "precedes", two[-1].name)


def _one_by_one(sentence: Sentence) -> Iterator[Fact]:
    ordered = _ORDERED.search(sentence.text)
    if ordered is None:
        return
    steps = [
        word
        for word in sentence.words
        if word.end <= ordered.start() and word.particle in _ON_THE_WAY and word.kind in _STEPS
    ]
    start = next((i for i, word in enumerate(steps) if word.particle == "에서"), len(steps))
    for first, second in pairwise(steps[start:]):
        if first.name != second.name:
            yield sentence.scene.fact(first.name, "precedes", second.name)

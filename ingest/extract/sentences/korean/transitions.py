"""`A에서 B로 바뀐다`: a change between two values of one enumeration."""

from collections.abc import Iterator
from itertools import pairwise

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.parts import Sentence
from ingest.link.disambiguate import enumeration

CUES = ("바뀌", "바뀐", "변경", "전환", "전이", "넘어", "이동", "변한", "변합", "된다", "됩니다")

_INTO = frozenset({"로", "으로", "이", "가"})


def transitions(sentence: Sentence) -> Iterator[Fact]:
    """From the value with `에서` to the next."""
    for first, second in pairwise(sentence.words):
        if first.particle == "에서" and second.particle in _INTO:
            one, two = enumeration(first.name), enumeration(second.name)
            if one and two and one.name == two.name:
                yield sentence.scene.fact(first.name, "transitionsTo", second.name)

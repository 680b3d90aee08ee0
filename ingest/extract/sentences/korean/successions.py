"""`A는 B로 대체되었다`: B comes after A."""

from collections.abc import Iterator
from itertools import pairwise

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.parts import OBJECT, TOPIC, TOWARDS, Sentence

CUES = ("대체",)

_REPLACED = OBJECT | TOPIC | {"이", "가"}


def successions(sentence: Sentence) -> Iterator[Fact]:
    """The name with 로/으로 before the verb succeeds the one before it."""
    for first, second in pairwise(sentence.words):
        if (
            first.particle in _REPLACED
            and second.particle in TOWARDS
            and sentence.text[second.stop :].lstrip().startswith(CUES)
        ):
            yield sentence.scene.fact(first.name, "transitionsTo", second.name)

"""`B를 위해`, `B 용도`, `B가 가능`: an idea that a line names as what something is for."""

import re
from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.parts import Sentence
from ingest.extract.sentences.scene import ideas

CUES = ("위해", "위한", "위하", "용도", "목적", "가능", "구분하", "나누", "전용")

PURPOSE = re.compile(r"(?:(?:을|를)\s?위(?:해|한|하여)|기\s?위(?:해|한|하여)|용도|목적|위해서)")
_POSSIBLE = re.compile(r"(?:이|가|도)?\s?가능")
_APART = re.compile(r"(?:구분하|나누|전용)")


def purposes(sentence: Sentence) -> Iterator[Fact]:
    """What the sentence is about is for the idea."""
    aim, possible = PURPOSE.search(sentence.text), _POSSIBLE.search(sentence.text)
    apart = _APART.search(sentence.text)
    for word in sentence.words:
        if word.name not in ideas("purposes"):
            continue
        if (
            (aim and word.end <= aim.end())
            or (possible and word.name in ideas("possible") and word.end <= possible.start() + 2)
            or (apart and word.name in ideas("apart"))
        ):
            for agent in sentence.agents:
                if agent != word.name:
                    yield sentence.scene.fact(agent, "usedFor", word.name)

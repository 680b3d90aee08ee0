"""`A와 달리`, `A와는 다르게`: a contrast."""

import re
from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.parts import Sentence

CUES = ("달", "다르", "다른", "반대", "대조")

_UNLIKE = re.compile(r"(?:와|과|와는|과는)?\s?(?:달리|다르게|다르다|반대로|다른\s?점|대조)")


def contrasts(sentence: Sentence) -> Iterator[Fact]:
    """Who is unlike what."""
    for word in sentence.words:
        if _UNLIKE.match(sentence.text, word.end):
            for agent in sentence.agents:
                if agent != word.name:
                    yield sentence.scene.fact(agent, "contrastsWith", word.name)

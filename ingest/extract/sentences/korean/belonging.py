"""`A는 B에 속한다`: extent for a namespace or cluster, part for any other whole."""

import re
from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.endings import CANNOT
from ingest.extract.sentences.korean.parts import Sentence
from ingest.extract.sentences.scene import ideas

CUES = ("에 속", "에속", "포함", "종속")

_BELONG = re.compile(r"에\s?(?:속한다|속합니다|속함|속하지\s?않\S*|포함된다|포함됩니다|종속된다|종속됩니다)")


def belonging(sentence: Sentence) -> Iterator[Fact]:
    """Who belongs to what the verb stands behind."""
    for word in sentence.words:
        match = _BELONG.match(sentence.text, word.end)
        if match is None:
            continue
        predicate = "scopedTo" if word.name in ideas("extents") else "partOf"
        negated = CANNOT.search(match[0]) is not None
        for agent in sentence.agents:
            if agent != word.name:
                yield sentence.scene.fact(agent, predicate, word.name, negated=negated)

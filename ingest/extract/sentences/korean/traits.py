"""Ideas that a thing has or works by when a line about it names them, whatever the verb."""

import re
from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.parts import TOPIC, Sentence
from ingest.extract.sentences.scene import data, ideas

_MUST_HAVE = re.compile(r"[가-힣]*\s?(?:[가-힣]+을?\s)?[가-힣\s]{0,12}?(?:해야|줘야|어야|이기\s?때문)")


def traits(sentence: Sentence) -> Iterator[Fact]:
    """What the line is about uses the idea, is for it where it is told as a deed, or requires it."""
    if len(sentence.agents) != 1:
        return
    agent = sentence.agents[0]
    for word in sentence.words:
        if word.name in ideas("traits") and word.name != agent and word.particle not in TOPIC:
            if _MUST_HAVE.match(sentence.text, word.end):
                predicate = "requires"
            elif word.surface.startswith(_deeds().get(word.name, ())):
                predicate = "usedFor"
            else:
                predicate = "uses"
            yield sentence.scene.fact(agent, predicate, word.name)


def _deeds() -> dict[str, tuple[str, ...]]:
    return {name: tuple(forms) for name, forms in data("ideas.toml")["deeds"].items()}

"""`uses A to authenticate`, `A is used to balance load`: what a thing is used for, told by a verb."""

import re
from collections.abc import Iterator
from functools import cache

from ingest.extract.facts import Fact
from ingest.extract.sentences.scene import Scene, data

_USE = re.compile(r"\bus(?:e|es|ed|ing)\b", re.IGNORECASE)


def aims(scene: Scene) -> Iterator[Fact]:
    """The name that the use is of, for the idea that the verb stands for."""
    use = _USE.search(scene.text)
    if use is None:
        return
    for aim in _verbs().finditer(scene.text, use.end()):
        name = next((word.name for word in reversed(scene.words) if word.end <= aim.start()), "")
        idea = aim.lastgroup or ""
        if name and name != idea:
            yield scene.fact(name, "usedFor", idea)


def is_aim(scene: Scene, start: int) -> bool:
    """Whether an idea that a verb stands for follows a place: its object is not what the use is for."""
    return _verbs().match(scene.text, max(start - len("to"), 0)) is not None


@cache
def _verbs() -> re.Pattern[str]:
    rows = data("ideas.toml")["aims"]
    forms = "|".join(f"(?P<{idea}>{'|'.join(verbs)})" for idea, verbs in rows.items())
    return re.compile(rf"\bto\s+(?:{forms})\b", re.IGNORECASE)

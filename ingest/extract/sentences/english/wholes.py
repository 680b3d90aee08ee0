"""`containers in a pod`: a container is part of a pod."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.extract.facts import Fact
from ingest.extract.sentences.scene import Scene, data

_WITHIN = re.compile(
    r"\s*(?:inside|in|of|within|belonging to)\s+(?:an?\s+|the\s+|each\s+|every\s+)?$", re.IGNORECASE
)


def wholes(scene: Scene) -> Iterator[Fact]:
    """Parts that are known to make up a whole, named inside it."""
    parts = data("ideas.toml")["parts_of"]
    for part, whole in pairwise(scene.words):
        if part.name in parts.get(whole.name, ()) and _WITHIN.match(scene.text, part.end, whole.start):
            yield scene.fact(part.name, "partOf", whole.name)

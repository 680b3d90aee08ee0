"""The rule of sentences: each scene of a node, read in its language."""

from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.reading import Reading
from ingest.extract.sentences import english, korean
from ingest.extract.sentences.scene import Scene
from ingest.extract.sentences.scenes import scenes
from ingest.link.outline import Node

_MOST_NAMES = 40
_LONGEST = 1500


def sentences(reading: Reading, node: Node) -> Iterator[Fact]:
    """What the sentences of a node say."""
    for scene in scenes(reading, node):
        yield from told(reading, scene)


def told(reading: Reading, scene: Scene) -> Iterator[Fact]:
    """What one sentence says; a question states nothing."""
    if scene.text.rstrip().endswith(("?", "？")):
        return
    # no sentence of a note names so much; what does is data, and pairs of names cost their square
    if not scene.words or len(scene.words) > _MOST_NAMES or len(scene.text) > _LONGEST:
        return
    yield from (korean if scene.korean else english).read(reading, scene)

"""The rule of sentences: each scene of a node, read in its language."""

from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.reading import Reading
from ingest.extract.sentences import english, korean
from ingest.extract.sentences.scene import scenes
from ingest.link.outline import Node


def sentences(reading: Reading, node: Node) -> Iterator[Fact]:
    """What the sentences of a node say."""
    for scene in scenes(reading, node):
        if not scene.named:
            continue
        yield from (korean if scene.korean else english).read(reading, scene)

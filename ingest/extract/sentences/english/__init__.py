"""English sentences: a verb between the name before it and the names after it."""

from collections.abc import Callable, Iterator

from ingest.extract.facts import Fact
from ingest.extract.reading import Reading
from ingest.extract.sentences.english import aims, frames, needs, scopes, wholes
from ingest.extract.sentences.scene import Scene

# What a sentence says besides its verbs. Order is the order of the output, and nothing else.
RULES: tuple[Callable[[Scene], Iterator[Fact]], ...] = (
    needs.needs,
    scopes.scopes,
    wholes.wholes,
    aims.aims,
)


def read(reading: Reading, scene: Scene) -> Iterator[Fact]:
    """Yield the facts of one English sentence."""
    yield from frames.frames(reading, scene)
    for rule in RULES:
        yield from rule(scene)

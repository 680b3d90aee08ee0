"""`cluster-scoped`, `namespaced`: the extent of what the sentence is about."""

import re
from collections.abc import Iterator
from functools import cache

from ingest.extract.facts import Fact
from ingest.extract.sentences.english.clauses import opens
from ingest.extract.sentences.scene import Scene, data


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = data("ideas.toml")["scoped_by_words"]
    return tuple((scope, re.compile(rf"\b(?:{'|'.join(forms)})\b")) for scope, forms in rows.items())


def scopes(scene: Scene) -> Iterator[Fact]:
    """The name that opens the sentence, else who it is about."""
    lower = scene.text.lower()
    for scope, pattern in _patterns():
        if pattern.search(lower) is None:
            continue
        first = scene.words[0]
        opening = (first.name,) if opens(scene.text, 0, first.start) else scene.about
        for subject in opening:
            yield scene.fact(subject, "scopedTo", scope, negated=f"not {scope.lower()}" in lower)

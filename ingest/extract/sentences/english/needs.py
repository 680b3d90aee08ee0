"""`Without A, B does not work`: B requires A; `works without A` denies it."""

import re
from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.sentences.scene import Scene, Word
from ontology.concepts import ConceptKind

_WITHOUT = re.compile(r"\bwithout\s+(?:an?\s+|the\s+|any\s+|its\s+)?$", re.IGNORECASE)
_NO_EFFECT = re.compile(
    r"\bno effect\b|\b(?:not|never|cannot|can't|fails?|won't|nothing|does not|doesn't|ignored|useless|pending)\b",  # noqa: E501  one list, one line
    re.IGNORECASE,
)
_WORKS = re.compile(r"\b(?:works?|runs?|possible|enough)\b", re.IGNORECASE)
_EXAMPLE = re.compile(r"(?:such as|e\.g\.|like)[^.;]{0,40}$")


def needs(scene: Scene) -> Iterator[Fact]:
    """Who needs what follows `without`."""
    if "ithout" not in scene.text and "ITHOUT" not in scene.text:
        return
    for word in scene.words:
        before = scene.text[: word.start]
        if not _WITHOUT.search(before):
            continue
        opening = before.lower().strip()
        told = scene.text[word.end :] if opening.startswith("without") else before
        fails = _NO_EFFECT.search(told) is not None
        if fails or opening == "without" or _WORKS.search(told):
            for subject in scene.about or _others(scene, word):
                if subject != word.name:
                    yield scene.fact(subject, "requires", word.name, negated=not fails)


def _others(scene: Scene, needed: Word) -> tuple[str, ...]:
    main = [
        word.name
        for word in scene.words
        if word is not needed
        and word.kind is not ConceptKind.ENUM
        and not _EXAMPLE.search(scene.text[: word.start])
    ]
    return tuple(main[:1])

"""Clauses of an English sentence: where one starts, what opens it, what denies it, what is joined by and."""

import re

from ingest.extract.sentences.scene import Scene, Word

CLAUSE = re.compile(
    r"[;:]|,\s+(?:but|and|so|which|while|whereas|then|it|they)\b|\s+(?:but|so that|while|whereas|because|since|if|unless|when|once|until|although)\s+",  # noqa: E501  one list, one line
    re.IGNORECASE,
)
NEGATED = re.compile(
    r"\b(?:not|never|cannot|can't|don't|doesn't|won't|isn't|aren't|no longer|neither)\b", re.IGNORECASE
)
_JOINED = re.compile(
    r"(?:e?s)?\s*(?:,|and|or|,\s*and|,\s*or|/|&|as well as)\s*(?:an?\s+|the\s+|other\s+|its\s+)?$",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"\s*(?:an?|the|each|every|all|by default,?|most|some|both|these|those|this|its)?\s*", re.IGNORECASE
)


def opens(text: str, start: int, end: int) -> bool:
    """Whether nothing but an article stands between two places."""
    return _OPENING.fullmatch(text, start, end) is not None


def clause_start(text: str, start: int, end: int) -> int:
    """Return where the last clause between two places starts."""
    for match in CLAUSE.finditer(text, start, end):
        start = match.end()
    return start


def with_joined(scene: Scene, first: Word, limit: int) -> tuple[Word, ...]:
    """Return a name with those that follow it, joined by a comma or and, up to a place."""
    found = [first]
    for word in scene.words:
        if word.start >= first.end and word.start < limit:
            if not _JOINED.match(scene.text, found[-1].end, word.start):
                break
            found.append(word)
    return tuple(found)

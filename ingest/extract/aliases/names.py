"""Whether a text is another name of a concept."""

import re
from collections.abc import Iterator

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading
from ingest.lexicon.normalize import fold
from ingest.link.outline import Node

_ABBREVIATION = re.compile(r"[A-Z][A-Za-z0-9]{0,5}s?$")
_LEAST = 2
_LOCAL = re.compile(r"^[A-Z][A-Za-z]*\.")


def is_second_name(reading: Reading, name: str, text: str) -> bool:
    """Whether `text` is another name of the concept: a label of it, its initials, or itself spelled out."""
    folded = fold(text)
    local = _LOCAL.sub("", name)
    if folded in {fold(name), fold(local)}:
        return True
    if any(e.name == name for e in reading.lexicon.candidates(text)):
        return True
    return _is_abbreviation(text, local)


def _is_abbreviation(text: str, name: str) -> bool:
    if not _ABBREVIATION.match(text) or len(text) < _LEAST:
        return False
    initials = "".join(c for c in name if c.isupper())
    letters = text.rstrip("s").upper()
    return letters in (initials, initials[: len(letters)]) or (
        len(letters) == len(initials)
        and sum(a == b for a, b in zip(letters, initials, strict=True)) >= len(letters) - 1
    )


def alias(node: Node, name: str, first: str, second: str) -> Iterator[Fact]:
    """What a line gives as a second name, whichever of the two it says first."""
    if node.line is None:
        return
    local = fold(_LOCAL.sub("", name))
    shown = first if fold(second) in {local, fold(name)} else second
    if fold(shown) not in {fold(name), local}:
        yield Fact(
            subject=name,
            predicate="alsoKnownAs",
            object=shown,
            literal=True,
            lines=(node.line,),
            kind=PATTERN,
        )

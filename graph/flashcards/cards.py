"""What a flashcard is.

A card's text is light markdown: code spans, fences, quoted lines (`> `) and lists. What is to be filled in
stands as `{{c1::answer}}`, the notation of Anki and Obsidian.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ontology import iri
from ontology.lang import Lang

Words = Mapping[Lang, str]


class Kind(StrEnum):
    """What a card asks for."""

    DEFINITION = "definition"
    REVERSED = "reversed"
    TERM = "term"
    DEFAULT = "default"
    MEMBERS = "members"
    CLOZE = "cloze"
    MANIFEST = "manifest"
    SEQUENCE = "sequence"
    CONTRAST = "contrast"
    VERDICT = "verdict"
    CORRECTION = "correction"

    @property
    def is_cloze(self) -> bool:
        """Whether the front has gaps, and no back of its own."""
        return self in _CLOZES


_CLOZES = frozenset({Kind.MEMBERS, Kind.CLOZE, Kind.MANIFEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a card comes from: a line of a note with the passage, or, with `url`, the curated layer."""

    document: str
    line: int
    quote: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One thing to remember.

    `id` is a hash of meaning: of the concepts and the fact, never of wording, place or order, so that an
    edited or moved note keeps its reviews. `back` of a card with gaps is what to show beside the answer,
    often nothing. `deck` is the path of headings from the note's title down. `layer` is that of the fact.
    """

    id: str
    kind: Kind
    front: Words
    back: Words
    concepts: tuple[str, ...]
    deck: tuple[str, ...]
    sources: tuple[Source, ...]
    layer: str = "notes"

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags by kind, layer and concept, without spaces, as Anki nests them."""
        return (
            f"kind::{self.kind.value}",
            f"layer::{self.layer}",
            *(f"concept::{name.replace(' ', '_')}" for name in self.concepts),
        )


def identity(kind: Kind, *meaning: str) -> str:
    """Return the id of the card of a kind about `meaning`."""
    return iri.digest("card", kind.value, *meaning)

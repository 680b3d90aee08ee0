"""Statements: what is said, where it is said, and how firmly."""

from enum import StrEnum

import msgspec


class Layer(StrEnum):
    """Who says it: the user's notes, we, or an inference."""

    NOTES = "notes"
    CURATED = "curated"
    INFERRED = "inferred"


class Strength(StrEnum):
    """How firmly it is said: `절대로` is a must, `가급적` a preference."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"
    PLAIN = "plain"


class Span(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A place in a note.

    Lines and columns count from 1, columns in code points. `start` and `end` are offsets into the
    file's bytes, end exclusive, so `source[start:end]` is the quoted text.
    """

    document: str
    line: int
    column: int
    start: int
    end: int
    end_line: int

    def __str__(self) -> str:
        return f"{self.document}:{self.line}:{self.column}"


class Text(msgspec.Struct, frozen=True, gc=False):
    """A literal object of a statement."""

    value: str


class Statement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One fact: `subject` and a concept `object` are canonical names, a literal one is `Text`.

    `spans` are the places a reader needs, in the order of the note; `rule` names the extraction rule
    and `kind` what it read: `structure`, `pattern` or `sentence`.
    """

    subject: str
    predicate: str
    object: str | Text
    spans: tuple[Span, ...]
    kind: str
    rule: str
    layer: Layer = Layer.NOTES
    negated: bool = False
    strength: Strength = Strength.PLAIN
    condition: str = ""
    confidence: float = 1.0

    @property
    def lines(self) -> tuple[int, ...]:
        """The distinct lines of the spans, ascending."""
        return tuple(sorted({line for s in self.spans for line in range(s.line, s.end_line + 1)}))

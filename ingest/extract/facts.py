"""What a rule yields: a fact of the note with the lines that say it."""

import msgspec

from ingest.parse.blocks import Line
from ontology.statements import Strength

SYMMETRIC = frozenset({"contrastsWith"})
STRUCTURE, PATTERN, SENTENCE = "structure", "pattern", "sentence"


class Fact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One fact. `literal` says that `object` is text, not a concept; `lines` are what a reader needs."""

    subject: str
    predicate: str
    object: str
    lines: tuple[Line, ...]
    kind: str
    literal: bool = False
    negated: bool = False
    strength: Strength = Strength.PLAIN
    condition: str = ""
    confidence: float = 1.0

    @property
    def key(self) -> tuple[str, str, str, bool]:
        """What makes two facts one: who, what, whom, and whether it is denied."""
        subject, object_ = self.subject, self.object
        if self.predicate in SYMMETRIC and object_ < subject:
            subject, object_ = object_, subject
        return subject, self.predicate, object_, self.negated

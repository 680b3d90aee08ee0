"""A claim and what became of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ontology.lang import Lang
from ontology.statements import Statement, Strength, Text

_PAST = re.compile(
    r"이전에?(?:는|까지|의)|예전|과거|옛날|였었?다|\b(?:before|until|prior to|used to|formerly|legacy)\b",
    re.IGNORECASE,
)


class Result(StrEnum):
    """What a check found. `TOO_STRONG`: it holds only under a condition that the claim does not name."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    OUTDATED = "outdated"
    TOO_STRONG = "tooStrong"
    TOO_WEAK = "tooWeak"
    NOT_TESTABLE = "notTestable"


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said, under canonical names, without who says it.

    `within` are the topics above it, `words` the sentence as it stands, for conditions that it names;
    `strict` allows of no exception (`never`, `only`), `hedged` says no more than that it may be so.
    """

    subject: str
    predicate: str
    object: str
    negated: bool = False
    within: tuple[str, ...] = ()
    words: str = ""
    strict: bool = False
    hedged: bool = False

    @classmethod
    def of(cls, statement: Statement, *, within: tuple[str, ...] = (), words: str = "") -> "Claim":
        """Return the claim that a statement makes."""
        said = statement.object.value if isinstance(statement.object, Text) else statement.object
        return cls(
            statement.subject,
            statement.predicate,
            said,
            statement.negated,
            within,
            f"{statement.condition} {words}".strip(),
            statement.strength is Strength.MUST,
            statement.strength is Strength.MAY,
        )

    @property
    def triple(self) -> tuple[str, str, str, bool]:
        """Subject, predicate, object and whether it is denied."""
        return self.subject, self.predicate, self.object, self.negated

    @property
    def of_past(self) -> bool:
        """Whether its words speak of the past, and so claim nothing of today."""
        return _PAST.search(self.words) is not None

    def __str__(self) -> str:
        return f"{'not: ' if self.negated else ''}{self.subject} {self.predicate} {self.object}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A result with its reason in both languages.

    `source` is a page or the name of what decided; `until` the version for what is outdated; `scenario` is
    the counter-example, or what was run, ready to be evaluated.
    """

    result: Result
    note: Mapping[Lang, str]
    source: str
    until: str = ""
    scenario: Mapping[str, Any] | None = field(default=None, compare=False)

"""Verdicts: what an evaluation concluded, and the steps that led there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """Yes, no, or not decidable from what was given. A no is a result, not an error."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, holds: bool | None) -> "Outcome":
        """Return the outcome for a truth value; `None` is unknown."""
        return cls.UNKNOWN if holds is None else cls.YES if holds else cls.NO


class Role(StrEnum):
    """What a step is for: a rule applied, a rule that almost held, or a change that would flip it."""

    APPLIED = "applied"
    NEAR_MISS = "nearMiss"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Step:
    """One rule applied to named facts. Wording is data: see `ontology.messages`.

    `rule` is the rule's name (`scheduling.taints`); `holds` is None where it cannot be told. `facts`
    fill the wording; values are strings, numbers, booleans, None or tuples of strings. `concepts` are
    canonical names that this very step is about, beside those the rule always decides
    (`PodPhase.Failed`): citations look for both. `change` is a JSON Patch-like manifest fragment where
    `role` is CHANGE.
    """

    rule: str
    holds: bool | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    role: Role = Role.APPLIED
    concepts: tuple[str, ...] = ()
    change: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer in the shape of the system's page, its outcome, and how it came about.

    `explain` is asked only by who wants the steps, so that a batch does not pay for them. It must be
    a pure function of what the evaluation saw.
    """

    answer: Mapping[str, Any]
    outcome: Outcome
    explain: Callable[[], tuple[Step, ...]]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The rules applied, in the order applied, then near misses, then changes."""
        return self.explain()

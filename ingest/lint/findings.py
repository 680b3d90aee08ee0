"""Findings: something wrong, outdated or unreadable in a note."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much harm it does to who learns from the note.

    `high` leads to a manifest or command that fails or to a wrong idea, `medium` is wrong but a reader
    would recover, `low` is small, `info` is a remark.
    """

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding. Lines and columns count from 1, columns in code points.

    `found` is the text as it stands, `canonical` what it should be where that is known; `start` and
    `end` are byte offsets of `found`. `kind` is one of the kinds of docs/lint.md; `wording` names the
    sentence that `facts` fill. `fixable`: putting `canonical` in place of `found` is safe.
    """

    document: str
    line: int
    column: int
    found: str
    kind: str
    severity: Severity
    wording: str = ""
    canonical: str = ""
    start: int = 0
    end: int = 0
    fixable: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)

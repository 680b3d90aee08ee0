"""What became of notes in a run of ingest: one report a note, and the read model the run left."""

import re
from dataclasses import dataclass
from enum import StrEnum

from graph.snapshot import Snapshot
from ingest.errors import IngestError
from ingest.ingested import Ingested

_LINE_END = re.compile(r"\r\n|\n|\r")


class Change(StrEnum):
    """What became of a note."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteReport:
    """One note's outcome. `coverage` is the share of its lines with words that yielded something."""

    document: str
    change: Change
    facts: int = 0
    concepts: int = 0
    findings: int = 0
    unread: int = 0
    coverage: float = 1.0
    error: IngestError | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A run: its notes in the order given, then those removed, and the read model it left."""

    notes: tuple[NoteReport, ...]
    snapshot: Snapshot

    @property
    def refused(self) -> tuple[NoteReport, ...]:
        """The notes that could not be read; what the graph knew of them stays."""
        return tuple(note for note in self.notes if note.change is Change.REFUSED)


def added(note: Ingested) -> NoteReport:
    """Return the counts of a note that was read."""
    names = {name for s in note.statements for name in (s.subject, s.object) if isinstance(name, str)}
    lines = _LINE_END.split(note.text)
    with_words = {number for number, line in enumerate(lines, 1) if any(map(str.isalnum, line))}
    return NoteReport(
        document=note.document,
        change=Change.ADDED,
        facts=len(note.statements),
        concepts=len(names),
        findings=len(note.findings),
        unread=len(note.unread),
        coverage=1 - len(with_words.intersection(note.unread)) / len(with_words) if with_words else 1.0,
    )

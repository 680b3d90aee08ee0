"""What one note yields: its structure, its statements, its findings, and the lines that gave nothing."""

from dataclasses import dataclass

from ingest.link.repair import Repair
from ingest.lint.findings import Finding
from ingest.parse.note import Image, Section
from ontology.statements import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A form that may mean several concepts, the one that was chosen where it stands, how surely and why."""

    line: int
    surface: str
    name: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """One note, read. `document` is its path in the collection, `digest` the SHA-256 of its bytes.

    `text` is the file as it stands: `text.encode()` is its bytes, which spans count in.
    """

    document: str
    digest: str
    title: str
    text: str
    sections: tuple[Section, ...]
    images: tuple[Image, ...]
    statements: tuple[Statement, ...]
    findings: tuple[Finding, ...]
    unread: tuple[int, ...]
    repairs: tuple[Repair, ...] = ()
    links: tuple[Link, ...] = ()

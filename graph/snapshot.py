"""The read model: one immutable snapshot of the graph, as plain frozen objects and adjacency.

Saved as one MessagePack file a graph version, so that a command answers without loading rdflib.
"""

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct


class ConceptNode(Struct, frozen=True, array_like=True):
    """A concept: `labels` by language, the preferred one first."""

    name: str
    iri: str
    kind: str
    labels: Mapping[str, tuple[str, ...]]
    definition: Mapping[str, str]
    paths: tuple[str, ...]
    source: str


class FactNode(Struct, frozen=True, array_like=True):
    """A fact. `subject` and `object` index `Snapshot.concepts`, `object` is -1 where `text` is the object.

    `note` indexes `Snapshot.notes`, -1 for the curated and inferred layers. `start` and `end` are byte
    offsets of `quote` in the note.
    """

    id: str
    subject: int
    predicate: str
    object: int
    text: str
    note: int
    lines: tuple[int, ...]
    quote: str
    start: int
    end: int
    layer: str
    kind: str
    rule: str
    negated: bool
    strength: str
    condition: str
    check: str


class SectionNode(Struct, frozen=True, array_like=True):
    """A section of a note; `parent` indexes the note's sections, -1 at the top."""

    title: str
    level: int
    line: int
    end_line: int
    parent: int
    anchor: str
    concepts: tuple[int, ...]


class NoteNode(Struct, frozen=True, array_like=True):
    """A note with its text; `unread` are the lines that yielded nothing."""

    path: str
    iri: str
    title: str
    digest: str
    text: str
    sections: tuple[SectionNode, ...]
    unread: tuple[int, ...]


class FindingNode(Struct, frozen=True, array_like=True):
    """A finding; `message` by language."""

    id: str
    note: int
    line: int
    column: int
    found: str
    kind: str
    severity: str
    canonical: str
    message: Mapping[str, str]


class Snapshot(Struct, frozen=True, array_like=True, dict=True):
    """Everything a reader may ask for, at one graph version (a digest of what is in the graph)."""

    version: str
    concepts: tuple[ConceptNode, ...]
    facts: tuple[FactNode, ...]
    notes: tuple[NoteNode, ...]
    findings: tuple[FindingNode, ...]

    @cached_property
    def concept_index(self) -> Mapping[str, int]:
        """Canonical name to index."""
        return {concept.name: index for index, concept in enumerate(self.concepts)}

    @cached_property
    def note_index(self) -> Mapping[str, int]:
        """Path to index."""
        return {note.path: index for index, note in enumerate(self.notes)}

    @cached_property
    def outgoing(self) -> tuple[tuple[int, ...], ...]:
        """For each concept the facts of which it is the subject."""
        found: list[list[int]] = [[] for _ in self.concepts]
        for index, fact in enumerate(self.facts):
            found[fact.subject].append(index)
        return tuple(map(tuple, found))

    @cached_property
    def incoming(self) -> tuple[tuple[int, ...], ...]:
        """For each concept the facts of which it is the object."""
        found: list[list[int]] = [[] for _ in self.concepts]
        for index, fact in enumerate(self.facts):
            if fact.object >= 0:
                found[fact.object].append(index)
        return tuple(map(tuple, found))

"""The read model: one immutable snapshot of the graph, as plain frozen objects and adjacency.

Saved as one MessagePack file a graph version, so that a command answers without loading an RDF library.
`graph.projection` makes it. Only data is here, and the way to its file and back.
"""

import gc
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from graph.errors import StoreBrokenError, StoreMissingError

# The nodes hold strings, numbers and tuples of them, never a way back to themselves: `gc=False` spares the
# collector hundreds of thousands of objects.

# First in every file: a change of the shapes below makes old files unreadable, not misread.
FORMAT = 1

_LINE_END = re.compile(r"\r\n|\n|\r")


class ConceptNode(Struct, frozen=True, array_like=True, gc=False):
    """A concept: `labels` by language, the preferred one first.

    `kind` is one of `ConceptKind`, or for what only notes name `object` (`Deployment/api`), `image` or
    `phrase`. `broader` indexes `Snapshot.concepts`; `since` and `until` are minor versions or empty.
    """

    name: str
    iri: str
    kind: str
    labels: Mapping[str, tuple[str, ...]]
    definition: Mapping[str, str]
    paths: tuple[str, ...]
    source: str
    broader: tuple[int, ...] = ()
    since: str = ""
    until: str = ""


class Grounds(Struct, frozen=True, array_like=True, gc=False):
    """What a fact that no note states rests on.

    For the curated layer `source`, and by minor version when it began (`since`), ended (`until`) or
    changed (`changed_in`), with a `remark` by language; for an inferred one the ids of its `premises`.
    """

    source: str = ""
    since: str = ""
    until: str = ""
    changed_in: str = ""
    remark: Mapping[str, str] = {}
    premises: tuple[str, ...] = ()


class FactNode(Struct, frozen=True, array_like=True, gc=False):
    """A fact. `subject` and `object` index `Snapshot.concepts`, `object` is -1 where `text` is the object.

    `note` indexes `Snapshot.notes`, -1 for the curated and inferred layers. `lines` are all that a reader
    needs; `quote` is the passage that says it, at `column` of its line, and `start` and `end` are its byte
    offsets in the note.
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
    column: int = 1
    confidence: float = 1.0
    grounds: Grounds | None = None


class SectionNode(Struct, frozen=True, array_like=True, gc=False):
    """A section of a note; `parent` indexes the note's sections, -1 at the top."""

    title: str
    level: int
    line: int
    end_line: int
    parent: int
    anchor: str
    concepts: tuple[int, ...]


class ImageNode(Struct, frozen=True, array_like=True, gc=False):
    """A picture that a note shows: `concept` indexes `Snapshot.concepts`, `section` the note's sections."""

    concept: int
    address: str
    alt: str
    line: int
    section: int


class NoteNode(Struct, frozen=True, array_like=True, gc=False):
    """A note with its text as it stands in the file; `unread` are the lines that yielded nothing."""

    path: str
    iri: str
    title: str
    digest: str
    text: str
    sections: tuple[SectionNode, ...]
    unread: tuple[int, ...]
    images: tuple[ImageNode, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The lines as spans count them: ended by CR, LF or both, and by nothing else."""
        return _LINE_END.split(self.text)


class FindingNode(Struct, frozen=True, array_like=True, gc=False):
    """A finding; `message` by language. `start` and `end` are the byte offsets of `found`."""

    id: str
    note: int
    line: int
    column: int
    found: str
    kind: str
    severity: str
    canonical: str
    message: Mapping[str, str]
    start: int = 0
    end: int = 0


class RuleNode(Struct, frozen=True, array_like=True, gc=False):
    """A rule that evaluators name: `decides` indexes `Snapshot.concepts`."""

    name: str
    iri: str
    decides: tuple[int, ...]
    source: str
    since: str
    until: str


class Snapshot(Struct, frozen=True, array_like=True, dict=True):
    """Everything a reader may ask for, at one graph version: a digest of everything in it.

    Concepts stand sorted by name, notes by path, facts by layer (notes, curated, inferred) and within a
    note by place, findings by place, rules by name.
    """

    version: str
    concepts: tuple[ConceptNode, ...]
    facts: tuple[FactNode, ...]
    notes: tuple[NoteNode, ...]
    findings: tuple[FindingNode, ...]
    rules: tuple[RuleNode, ...] = ()

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

    @cached_property
    def rule_index(self) -> Mapping[str, int]:
        """Rule name to index."""
        return {rule.name: index for index, rule in enumerate(self.rules)}

    @cached_property
    def facts_of_note(self) -> tuple[tuple[int, ...], ...]:
        """For each note its facts, in the order of the note."""
        found: list[list[int]] = [[] for _ in self.notes]
        for index, fact in enumerate(self.facts):
            if fact.note >= 0:
                found[fact.note].append(index)
        return tuple(map(tuple, found))


class _File(Struct, frozen=True, array_like=True):
    format: int
    snapshot: Snapshot


class _Head(Struct, frozen=True, array_like=True):
    format: int


def seal(unversioned: Snapshot) -> Snapshot:
    """Return the snapshot under its version, a digest of everything in it."""
    version = sha256(msgspec.msgpack.encode(unversioned)).hexdigest()[:20]
    return msgspec.structs.replace(unversioned, version=version)


def save(snapshot: Snapshot, file: Path) -> None:
    """Write the snapshot to `file`: whoever reads it meanwhile gets the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    with beside.open("wb") as out:
        out.write(msgspec.msgpack.encode(_File(FORMAT, snapshot)))
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)


def load(file: Path) -> Snapshot:
    """Return the snapshot in `file`.

    Raises:
        StoreMissingError: there is no such file.
        StoreBrokenError: it is no snapshot, or one of another version of kubelore.
    """
    try:
        data = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreMissingError(str(file.parent)) from error
    try:
        if msgspec.msgpack.decode(data, type=_Head).format != FORMAT:
            raise StoreBrokenError(str(file), "written by another version of kubelore")
        with _without_collector():
            return msgspec.msgpack.decode(data, type=_File).snapshot
    except msgspec.MsgspecError as error:
        raise StoreBrokenError(str(file), "not a snapshot") from error


@contextmanager
def _without_collector() -> Iterator[None]:
    """Hundreds of thousands of objects are made and none is garbage: the collector would only walk them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

"""Notes into the graph: what changed is read, what is gone is removed, then the read model is made once.

Each note is its own transaction, so a run that is cut short leaves whole notes, old or new. A file `stale`
stands in the data folder until the read model has caught up with the store, so the next run knows.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from api.settings import Settings
from graph import curated, embedded, inference, projection, snapshot
from graph.errors import StoreBrokenError, StoreMissingError
from graph.snapshot import Snapshot
from graph.store import Known, Store, known_notes
from ingest import read
from ingest.emit import emit
from ingest.errors import IngestError, UnreadableNoteError
from ingest.ingested import Ingested
from ontology import iri, vocabulary


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


Progress = Callable[[int, int, str], None]
"""Called before each note with how many are done, how many there are, and the note's name."""


def quiet(_done: int, _total: int, _document: str) -> None:
    """Show no progress."""


def ingest(places: Sequence[Path], settings: Settings, progress: Progress = quiet) -> Report:
    """Bring the graph up to date with the notes at `places`, files and folders.

    A note that a folder no longer holds is removed. One that cannot be read is reported as refused, and the
    others go on.

    Raises:
        IngestError: a place is not there, or a folder holds no markdown; nothing was changed.
        GraphError: the store is locked or broken; nothing was changed.
    """
    found = list(read.find(places))
    store = embedded.open_store(settings.store)
    try:
        run = _Run(store, settings)
        run.bring_curated()
        reports = []
        for done, (path, document) in enumerate(found):
            progress(done, len(found), document)
            reports.append(run.bring(path, document))
        reports += run.remove_gone(places, {document for _, document in found})
        return Report(tuple(reports), run.catch_up())
    finally:
        store.close()


class _Run:
    """One run over an open store."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.known = known_notes(store)

    def bring_curated(self) -> None:
        """Bring the curated layer up to date with the vocabulary."""
        mark = [row["digest"].value for row in self.store.select(curated.fingerprint_query()).rows]
        if mark != [fingerprint()]:
            self._replace(iri.CURATED_GRAPH, curated.nquads(fingerprint()))

    def bring(self, path: Path, document: str) -> NoteReport:
        """Bring one note into the store, unless the same reader saw the same bytes before."""
        try:
            source = read.read(path, document=document, max_bytes=self.settings.max_note_bytes)
            if not source.data.strip():
                raise UnreadableNoteError(document, "it is empty")
        except IngestError as error:
            return NoteReport(document=document, change=Change.REFUSED, error=error)
        before = self.known.get(document)
        if before == Known(source.digest, fingerprint()):
            return NoteReport(document=document, change=Change.UNCHANGED)
        from ingest.pipeline import ingest_note  # noqa: PLC0415

        registry = vocabulary.registry()
        note = ingest_note(source, registry)
        self._replace(iri.note(document), emit(note, known=registry, reader=fingerprint()))
        return _report(note, Change.CHANGED if before else Change.ADDED)

    def remove_gone(self, places: Sequence[Path], found: Container[str]) -> list[NoteReport]:
        """Remove the known notes of the folders at `places` that are there no more."""
        folders = tuple(place.as_posix().rstrip("/") + "/" for place in places if place.is_dir())
        gone = [document for document in self.known if document.startswith(folders) and document not in found]
        if gone:
            self.settings.stale.touch()
            self.store.remove(map(iri.note, gone))
        return [NoteReport(document=document, change=Change.REMOVED) for document in gone]

    def catch_up(self) -> Snapshot:
        """Return the read model of the store: the saved one, or a new one where the store went ahead."""
        if not self.settings.stale.exists():
            try:
                return snapshot.load(self.settings.snapshot)
            except (StoreMissingError, StoreBrokenError):
                pass  # lost, or of another version: what it was made from is here
        reading = projection.read(self.store)
        inferred = inference.infer(reading.facts())
        self._replace(iri.INFERRED_GRAPH, inference.nquads(inferred, reading.facts()))
        found = projection.assemble(reading, inferred)
        snapshot.save(found, self.settings.snapshot)
        self.settings.stale.unlink(missing_ok=True)
        return found

    def _replace(self, graph: str, nquads: bytes) -> None:
        # INVARIANT: while the store is ahead of the saved read model, the mark stands.
        self.settings.stale.touch()
        self.store.replace(graph, nquads)


def _report(note: Ingested, change: Change) -> NoteReport:
    names = {n for s in note.statements for n in (s.subject, s.object) if isinstance(n, str)}
    with_words = sum(1 for line in note.text.splitlines() if any(map(str.isalnum, line)))
    return NoteReport(
        document=note.document,
        change=change,
        facts=len(note.statements),
        concepts=len(names),
        findings=len(note.findings),
        unread=len(note.unread),
        coverage=1 - len(note.unread) / with_words if with_words else 1.0,
    )


@cache
def fingerprint() -> str:
    """Return a digest of everything that decides how a note is read: our own sources and data.

    With another one every note is read again, whatever its bytes.
    """
    found = sha256()
    for package in _READERS:
        for file in _sources(files(package)):
            found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:20]


_READERS = ("ingest", "ontology.vocabulary")
_SOURCES = (".py", ".toml", ".tsv", ".ttl")


def _sources(folder: Traversable) -> Iterator[Traversable]:
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if each.is_dir():
            yield from _sources(each)
        elif each.name.endswith(_SOURCES):
            yield each

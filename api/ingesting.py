"""Notes into the graph: what changed is read, what is gone is removed, then the read model is made once.

A transaction holds whole notes, so a run that is cut short leaves each note old or new. A file `stale`
stands in the data folder until the read model has caught up with the store, so the next run knows.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from api.settings import Settings
from graph import curated, embedded, inference, projection, reading, snapshot
from graph.errors import StoreBrokenError, StoreMissingError
from graph.reading import NoteReading
from graph.snapshot import Snapshot
from graph.store import Known, Store, known_notes
from ingest import read
from ingest.emit import emit
from ingest.errors import IngestError
from ingest.ingested import Ingested
from ingest.read import Source
from ontology import iri, vocabulary

_BATCH = 50  # new notes in one transaction; loading many at once is several times faster
_WORTH_PROCESSES = 32
_CHUNK = 4


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
"""Called for each note that was read, with how many are done, how many there are, and its name."""


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
        reports = [*run.bring(found, progress), *run.remove_gone(places, {document for _, document in found})]
        return Report(tuple(reports), run.catch_up())
    finally:
        store.close()


class _NewNote(NamedTuple):
    """A note as it was just read, on its way into the store and the read model."""

    report: NoteReport
    nquads: bytes
    reading: NoteReading


class _Run:
    """One run over an open store. `known` follows the store; `fresh` is what this run has read."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.known = known_notes(store)
        self.fresh: dict[str, NoteReading] = {}
        self.before = self._saved()

    def bring_curated(self) -> None:
        """Bring the curated layer up to date with the vocabulary."""
        mark = [row["digest"].value for row in self.store.select(curated.fingerprint_query()).rows]
        if mark != [fingerprint()]:
            self._will_write()
            self.store.replace(iri.CURATED_GRAPH, curated.nquads(fingerprint()))

    def bring(self, found: Sequence[tuple[Path, str]], progress: Progress) -> list[NoteReport]:
        """Bring notes into the store, those left out that the same reader saw with the same bytes before."""
        reports: dict[str, NoteReport] = {}
        changed: list[Source] = []
        for path, document in found:
            judged = self._judge(path, document)
            if isinstance(judged, NoteReport):
                reports[document] = judged
            else:
                changed.append(judged)
        batch: list[_NewNote] = []
        for new in _read_all(changed):
            document = new.report.document
            progress(len(reports), len(found), document)
            reports[document] = self._bring(new, batch)
        self._load(batch)
        return [reports[document] for _, document in found]

    def remove_gone(self, places: Sequence[Path], found: Container[str]) -> list[NoteReport]:
        """Remove the known notes of the folders at `places` that are there no more."""
        folders = tuple(place.as_posix().rstrip("/") + "/" for place in places if place.is_dir())
        gone = [document for document in self.known if document.startswith(folders) and document not in found]
        if gone:
            self._will_write()
            self.store.remove(map(iri.note, gone))
        for document in gone:
            del self.known[document]
        return [NoteReport(document=document, change=Change.REMOVED) for document in gone]

    def catch_up(self) -> Snapshot:
        """Return the read model of the store: the saved one, or a new one where the store went ahead."""
        if self.before is not None and not self.settings.stale.exists():
            return self.before
        self._will_write()
        notes = list(self._readings())
        inferred = inference.infer(projection.stated(notes))
        self.store.replace(iri.INFERRED_GRAPH, inference.nquads(inferred, projection.stated(notes)))
        found = projection.assemble(notes, inferred)
        snapshot.save(found, self.settings.snapshot)
        self.settings.stale.unlink(missing_ok=True)
        return found

    def _judge(self, path: Path, document: str) -> NoteReport | Source:
        """A note that has to be read, or why it need not or cannot be."""
        try:
            source = read.read(path, document=document, max_bytes=self.settings.max_note_bytes)
        except IngestError as error:
            return NoteReport(document=document, change=Change.REFUSED, error=error)
        if self.known.get(document) == Known(source.digest, fingerprint()):
            return NoteReport(document=document, change=Change.UNCHANGED)
        return source

    def _bring(self, new: _NewNote, batch: list[_NewNote]) -> NoteReport:
        """Store a note: a known one in a transaction of its own, new ones many at once."""
        document = new.report.document
        self.fresh[document] = new.reading
        if document in self.known:
            self._will_write()
            self.store.replace(iri.note(document), new.nquads)
            return replace(new.report, change=Change.CHANGED)
        batch.append(new)
        if len(batch) == _BATCH:
            self._load(batch)
        return new.report

    def _load(self, batch: list[_NewNote]) -> None:
        if batch:
            self._will_write()
            self.store.load(b"".join(new.nquads for new in batch))
            self.known |= {
                new.report.document: Known(new.reading.node.digest, fingerprint()) for new in batch
            }
            batch.clear()

    def _readings(self) -> Iterator[NoteReading]:
        """Every note in the store: just read, else from a read model still true, else from the store."""
        saved = reading.of_snapshot(self.before) if self.before is not None else {}
        for document, known in self.known.items():
            before = saved.get(document)
            if document in self.fresh:
                yield self.fresh[document]
            elif before is not None and before.node.digest == known.digest:
                yield before
            else:
                name = iri.note(document)
                yield reading.of_triples(name, self.store.triples(name))

    def _saved(self) -> Snapshot | None:
        if self.settings.stale.exists():
            return None
        try:
            return snapshot.load(self.settings.snapshot)
        except (StoreMissingError, StoreBrokenError):
            return None  # lost, or of another version: what it was made from is in the store

    def _will_write(self) -> None:
        # INVARIANT: while the store is ahead of the saved read model, the mark stands.
        self.settings.stale.touch()


def _read_all(sources: Sequence[Source]) -> Iterator[_NewNote]:
    """Read notes in order; many of them in several processes, which take a while to start."""
    if len(sources) < _WORTH_PROCESSES:
        yield from map(_read, sources)
        return
    # Never by forking: the store has threads of its own.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        yield from pool.map(_read, sources, chunksize=_CHUNK)


def _read(source: Source) -> _NewNote:
    from ingest.pipeline import ingest_note  # noqa: PLC0415 - an unchanged note needs no reader

    registry = vocabulary.registry()
    note = ingest_note(source, registry)
    nquads = emit(note, known=registry, reader=fingerprint())
    name = iri.note(note.document)
    # A raw line end never stands inside a term, so this takes off exactly the graph's name.
    triples = nquads.replace(f" <{name}> .\n".encode(), b" .\n")
    return _NewNote(_report(note), nquads, reading.of_triples(name, triples))


def _report(note: Ingested) -> NoteReport:
    names = {n for s in note.statements for n in (s.subject, s.object) if isinstance(n, str)}
    with_words = sum(1 for line in note.text.splitlines() if any(map(str.isalnum, line)))
    return NoteReport(
        document=note.document,
        change=Change.ADDED,
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

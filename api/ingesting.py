"""Notes into the graph: what changed is read, what is gone is removed, then the read model is made once.

A transaction holds whole notes, so a run that is cut short leaves each note old or new. A file `stale`
stands in the data folder until the read model has caught up with the store, so the next run knows.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from api import places
from api.note_reading import NewNote, decoded, read_all
from api.outcomes import Change, NoteReport, Report
from api.places import Place
from api.settings import Settings
from graph import checking, curated, embedded, inference, projection, reading, snapshot
from graph.errors import StoreBrokenError, StoreMissingError
from graph.reading import NoteReading
from graph.snapshot import Snapshot
from graph.store import Known, Store, known_notes
from ingest import read
from ingest.errors import IngestError
from ingest.read import Source
from ontology import iri

# New notes in one transaction, by the size of their readings: some fifty notes of fifteen kilobytes. Loading
# many at once is several times faster.
_BATCH_BYTES = 5_000_000
_WORTH_PROCESSES = 32

Progress = Callable[[int, int, str], None]
"""Called for each note that was read, with how many are done, how many there are, and its name."""


def quiet(_done: int, _total: int, _document: str) -> None:
    """Show no progress."""


def ingest(given: Sequence[Path], settings: Settings, progress: Progress = quiet) -> Report:
    """Bring the graph up to date with the notes that are given as files and folders.

    `places` says what they are called. A note that a folder no longer holds is removed. One that cannot be
    read is reported as refused, and the others go on.

    Raises:
        IngestError: a place is not there, or a folder holds no markdown; nothing was changed.
        GraphError: the store is locked or broken; nothing was changed.
    """
    files = places.load(settings.data)
    return _bring(given, places.find(given, files), settings, progress)


def bring_folder(folder: Path, settings: Settings) -> Report:
    """Bring the graph up to date with a folder of notes, which may hold none any more.

    Raises:
        GraphError: the store is locked or broken; nothing was changed.
    """
    if any(each.suffix.lower() in read.MARKDOWN_SUFFIXES for each in folder.rglob("*")):
        return ingest([folder], settings)
    return _bring([folder], [], settings, quiet)


def _bring(given: Sequence[Path], found: Sequence[Place], settings: Settings, progress: Progress) -> Report:
    files = places.load(settings.data)
    store = embedded.open_store(settings.store)
    try:
        places.save(files | {each.document: each.path.resolve() for each in found}, settings.data)
        run = _Run(store, settings)
        run.bring_curated()
        reports = [*run.bring(found, progress), *run.remove_gone(given, {each.document for each in found})]
        report = Report(tuple(reports), run.catch_up())
        places.save(run.files(), settings.data)
        return report
    finally:
        store.close()


class _Run:
    """One run over an open store. `known` follows the store; `fresh` is what this run has read."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.known = known_notes(store)
        self.fresh: dict[str, bytes] = {}
        self.before = self._saved()

    def bring_curated(self) -> None:
        """Bring the curated layer up to date with the vocabulary."""
        mark = [row["digest"].value for row in self.store.select(curated.fingerprint_query()).rows]
        if mark != [fingerprint()]:
            self._will_write()
            self.store.replace(iri.CURATED_GRAPH, curated.nquads(fingerprint()))

    def bring(self, found: Sequence[Place], progress: Progress) -> list[NoteReport]:
        """Bring notes into the store, those left out that the same reader saw with the same bytes before."""
        reports: dict[str, NoteReport] = {}
        changed = [place for place in found if not self._is_settled(place, reports)]
        batch: list[NewNote] = []
        sources = self._sources(changed, reports)
        for new in read_all(sources, fingerprint(), many=len(changed) >= _WORTH_PROCESSES):
            document = new.report.document
            reports[document] = self._bring(new, batch)
            progress(len(reports), len(found), document)
        self._load(batch)
        return [reports[each.document] for each in found]

    def files(self) -> dict[str, Path]:
        """Return the file of each note in the store; without a record, what its name says from here."""
        recorded = places.load(self.settings.data)
        return {document: recorded.get(document, Path(document).resolve()) for document in self.known}

    def remove_gone(self, given: Sequence[Path], found: Container[str]) -> list[NoteReport]:
        """Remove the known notes of the folders that were given that are there no more."""
        files = self.files()
        stood = {document for place in given if place.is_dir() for document in places.below(place, files)}
        gone = [document for document in self.known if document in stood and document not in found]
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
        follows = [
            inference.nquads(inferred, projection.stated(notes)),
            *checking.nquads(notes, engine=f"kubelore {version('kubelore')} ({fingerprint()})"),
        ]
        self.store.replace(iri.INFERRED_GRAPH, b"".join(follows))
        found = projection.assemble(notes, inferred)
        snapshot.save(found, self.settings.snapshot)
        self.settings.stale.unlink(missing_ok=True)
        return found

    def _is_settled(self, place: Place, reports: dict[str, NoteReport]) -> bool:
        """Whether a note need not be read again, or cannot be read; its report says which."""
        document = place.document
        if document not in self.known:
            return False
        source = self._source(place, reports)
        if source is not None and self.known[document] == Known(source.digest, fingerprint()):
            reports[document] = NoteReport(document=document, change=Change.UNCHANGED)
        return document in reports

    def _sources(self, found: Iterable[Place], reports: dict[str, NoteReport]) -> Iterator[Source]:
        """Open notes one by one, so that only those are in memory that are being read."""
        for place in found:
            source = self._source(place, reports)
            if source is not None:
                yield source

    def _source(self, place: Place, reports: dict[str, NoteReport]) -> Source | None:
        try:
            read_ = read.read(place.path, max_bytes=self.settings.max_note_bytes)
        except IngestError as error:
            reports[place.document] = NoteReport(document=place.document, change=Change.REFUSED, error=error)
            return None
        return Source(place.document, read_.data)

    def _bring(self, new: NewNote, batch: list[NewNote]) -> NoteReport:
        """Store a note: a known one in a transaction of its own, new ones many at once."""
        document = new.report.document
        self.fresh[document] = new.reading
        if document in self.known:
            self._will_write()
            self.store.replace(iri.note(document), b"".join(new.nquads))
            return replace(new.report, change=Change.CHANGED)
        batch.append(new)
        if sum(len(each.reading) for each in batch) >= _BATCH_BYTES:
            self._load(batch)
        return new.report

    def _load(self, batch: list[NewNote]) -> None:
        if batch:
            self._will_write()
            self.store.load(piece for new in batch for piece in new.nquads)
            self.known |= {new.report.document: Known(new.digest, fingerprint()) for new in batch}
            batch.clear()

    def _readings(self) -> Iterator[NoteReading]:
        """Every note in the store: just read, else from a read model still true, else from the store."""
        saved = reading.of_snapshot(self.before) if self.before is not None else {}
        for document, known in self.known.items():
            before = saved.get(document)
            if document in self.fresh:
                yield checking.checked(decoded(self.fresh[document]))
            elif before is not None and before.node.digest == known.digest:
                yield before
            else:
                name = iri.note(document)
                yield checking.checked(reading.of_triples(name, self.store.triples(name)))

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


_READERS = ("ingest", "ontology")
_SOURCES = (".py", ".toml", ".tsv", ".ttl", ".yaml")


def _sources(folder: Traversable) -> Iterator[Traversable]:
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if each.is_dir():
            yield from _sources(each)
        elif each.name.endswith(_SOURCES):
            yield each

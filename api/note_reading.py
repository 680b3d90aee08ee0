"""Notes read, many of them in several processes, each ready for the store and for the read model."""

import gc
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

import msgspec

from api import outcomes, readings
from api.outcomes import NoteReport
from graph.reading import NoteReading
from ingest.emit import pieces
from ingest.read import Source
from ontology.vocabulary import registry

_CHUNK = 4
# Chunks that may be read ahead of the store, so that they never pile up in memory.
_AHEAD = 8
# A longer note is read in this process: its quads, seventy times its size, are made while they are stored.
_LONG = 1024 * 1024
# The collector of a reading process: a note makes some hundred thousand objects, few of them in circles.
_COLLECT = (50_000, 20, 20)


class NewNote(NamedTuple):
    """A note as it was just read.

    `nquads` come in pieces, to be taken once; `reading` is a `NoteReading` in MessagePack, which
    is small while it waits and costs little between processes.
    """

    report: NoteReport
    digest: str
    nquads: Iterable[bytes]
    reading: bytes


def read_all(sources: Iterable[Source], reader: str, *, many: bool) -> Iterator[NewNote]:
    """Read notes in order; `many` are worth the time that several processes take to start."""
    if not many:
        yield from (_read(source, reader) for source in sources)
        return
    # Never by forking: the store has threads of its own.
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=_prepare) as pool:
        waiting: deque[Future[list[NewNote]]] = deque()
        for chunk in _chunks(sources):
            if len(chunk[0].data) > _LONG:
                yield from _results(waiting, 0)
                yield _read(chunk[0], reader)
                continue
            waiting.append(pool.submit(_read_chunk, chunk, reader))
            yield from _results(waiting, _AHEAD)
        yield from _results(waiting, 0)


_READING = msgspec.msgpack.Decoder(NoteReading)


def decoded(reading: bytes) -> NoteReading:
    """Return the reading of a new note."""
    return _READING.decode(reading)


def _results(waiting: "deque[Future[list[NewNote]]]", left: int) -> Iterator[NewNote]:
    while len(waiting) > left:
        yield from waiting.popleft().result()


def _chunks(sources: Iterable[Source]) -> Iterator[list[Source]]:
    """A few notes at a time, in order; a long one alone."""
    chunk: list[Source] = []
    for source in sources:
        if len(source.data) > _LONG and chunk:
            yield chunk
            chunk = []
        chunk.append(source)
        if len(chunk) == _CHUNK or len(source.data) > _LONG:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _prepare() -> None:
    """In a process that only reads: what all notes need is there to stay, and what one leaves can wait."""
    registry()
    gc.freeze()
    gc.set_threshold(*_COLLECT)


def _read_chunk(sources: list[Source], reader: str) -> list[NewNote]:
    return [note._replace(nquads=tuple(note.nquads)) for note in (_read(each, reader) for each in sources)]


def _read(source: Source, reader: str) -> NewNote:
    from ingest.pipeline import ingest_note  # noqa: PLC0415 - an unchanged note needs no reader

    known = registry()
    note = ingest_note(source, known)
    reading = msgspec.msgpack.encode(readings.of_note(note))
    return NewNote(outcomes.added(note), source.digest, pieces(note, known=known, reader=reader), reading)

r"""The only file access of ingest: bytes of a note, its text, and where each line stands in the bytes.

The text that later stages see has one `\\n` a line, whatever the file has; a `Source` translates lines and
columns back, so that `source.data[span.start:span.end]` is what the author typed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from ingest.errors import NoteNotFoundError, NoteTooLargeError, UnreadableNoteError
from ontology.statements import Span

MAX_NOTE_BYTES = 8 * 1024 * 1024
MARKDOWN_SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".mkd"})

_LINE_END = re.compile(rb"\r\n|\n|\r")
_UTF8_BOM = b"\xef\xbb\xbf"
_OTHER_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_SAMPLE = 8192
_MAX_CONTROL_SHARE = 0.02  # a note may hold a stray NUL; a program, picture or archive holds many
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))


@dataclass(frozen=True, eq=False)
class Source:
    """One note as bytes and as lines. `document` is its path in the collection."""

    document: str
    data: bytes

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the bytes, in hex."""
        return sha256(self.data).hexdigest()

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends; a byte order mark is no part of the first."""
        return tuple(self.data[start:end].decode("utf-8", "replace") for start, end in self._bounds)

    @cached_property
    def text(self) -> str:
        r"""All lines, joined by `\\n`; NUL stands as U+FFFD, as CommonMark asks."""
        return "\n".join(self.lines).replace("\0", "\ufffd")

    @cached_property
    def _bounds(self) -> tuple[tuple[int, int], ...]:
        begin = len(_UTF8_BOM) if self.data.startswith(_UTF8_BOM) else 0
        ends = [(m.start(), m.end()) for m in _LINE_END.finditer(self.data, begin)]
        edges = [(begin, begin), *ends, (len(self.data), len(self.data))]
        return tuple((after, before) for (_, after), (before, _) in pairwise(edges))

    def span(self, line: int, column: int, length: int, end_line: int | None = None) -> Span:
        """Return the place of `length` code points from a column of a line (both from 1).

        With `end_line` the span runs to the end of that line and `length` is not looked at.
        """
        key = (line, column, length, end_line or line)
        known = self._spans.get(key)
        if known is None:  # many statements stand on one line
            known = self._spans[key] = self._span(*key)
        return known

    @cached_property
    def _spans(self) -> dict[tuple[int, int, int, int], Span]:
        return {}

    def _span(self, line: int, column: int, length: int, end_line: int) -> Span:
        start, stop = self._bounds[line - 1]
        text = self.lines[line - 1]
        narrow = stop - start == len(text)  # one byte a character: no need to encode
        begin = start + (column - 1 if narrow else _bytes(text[: column - 1]))
        if end_line != line:
            end = self._bounds[end_line - 1][1]
        else:
            end = begin + (length if narrow else _bytes(text[column - 1 : column - 1 + length]))
        return Span(document=self.document, line=line, column=column, start=begin, end=end, end_line=end_line)


def read(path: Path, *, document: str | None = None, max_bytes: int = MAX_NOTE_BYTES) -> Source:
    """Return the note at `path`.

    Raises:
        NoteNotFoundError: there is no such file.
        NoteTooLargeError: more than `max_bytes` bytes; nothing was read.
        UnreadableNoteError: empty, binary, not UTF-8, or the system refuses.
    """
    name = document or path.as_posix()
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise NoteTooLargeError(name, size=size, limit=max_bytes)
        data = path.read_bytes()
    except FileNotFoundError:
        raise NoteNotFoundError(name) from None
    except OSError as error:
        raise UnreadableNoteError(name, error.strerror or "the system refuses") from error
    if not data.strip():
        raise UnreadableNoteError(name, "it is empty")
    return decoded(data, document=name)


def decoded(data: bytes, *, document: str) -> Source:
    """Return bytes as a note.

    Raises:
        UnreadableNoteError: binary or not UTF-8; says the byte.
    """
    for mark, encoding in _OTHER_ENCODINGS.items():
        if data.startswith(mark):
            raise UnreadableNoteError(document, f"it is {encoding}, save it as UTF-8")
    sample = data[:_SAMPLE]
    if len(sample) - len(sample.translate(None, _CONTROLS)) > _MAX_CONTROL_SHARE * len(sample) + 1:
        raise UnreadableNoteError(document, "it is binary, not text")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableNoteError(document, f"it is not UTF-8: byte {error.start}, line {line}") from error
    return Source(document, data)


def from_text(text: str, *, document: str = "note.md") -> Source:
    """Return text that never was a file as a note. Lone surrogates become U+FFFD."""
    return Source(document, text.encode("utf-8", "replace"))


def find(places: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Yield each note of files and folders with its document name, sorted within a folder.

    A note is named by its path as it was given: a folder's with the folder in front.

    Raises:
        NoteNotFoundError: a place is not there, or a folder holds no markdown.
    """
    for place in places:
        if not place.exists():
            raise NoteNotFoundError(place.as_posix())
        if not place.is_dir():
            yield place, place.as_posix()
            continue
        notes = sorted(p for p in place.rglob("*") if p.suffix.lower() in MARKDOWN_SUFFIXES and p.is_file())
        if not notes:
            raise NoteNotFoundError(place.as_posix(), reason="no markdown in this folder")
        yield from ((note, note.as_posix()) for note in notes)


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))

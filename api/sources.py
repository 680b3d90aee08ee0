"""Notes as bytes and lines, for the commands that need no graph. What cannot be read never hides the rest."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from api.problems import problem
from api.settings import from_environment
from ingest import read
from ingest.errors import IngestError
from ingest.read import Source

_REFUSED = 2


@dataclass(frozen=True, slots=True)
class Opened:
    """The notes that were read, each with its file, and why the others were not."""

    notes: tuple[tuple[Path, Source], ...]
    refused: tuple[IngestError, ...]

    def exit_code(self, found: int) -> int:
        """Tell of the refused notes on standard error; return 2 if there are any, else the code `found`."""
        sys.stderr.writelines(f"{problem(error).as_text()}\n" for error in self.refused)
        return _REFUSED if self.refused else found


def opened(places: Iterable[Path]) -> Opened:
    """Read the notes of files and folders, within the limit of the settings.

    Raises:
        NoteNotFoundError: a place is not there, or a folder holds no markdown.
    """
    limit = from_environment().max_note_bytes
    notes: list[tuple[Path, Source]] = []
    refused: list[IngestError] = []
    for path, document in list(read.find(places)):
        try:
            notes.append((path, read.read(path, document=document, max_bytes=limit)))
        except IngestError as error:
            refused.append(error)
    return Opened(tuple(notes), tuple(refused))

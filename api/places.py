"""What notes are called, and which file each was read from.

A note is known by its path below the folder that was given, or by the file's own name where a file was. Where
another file has that name already, folders are put in front until it is the only one. A file keeps its name
by whatever path it is given later, so which file is which is kept beside the store: it is of this machine and
never in the graph.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ingest import read

_FILE = "places.json"


class Place(NamedTuple):
    """A note's file as it was given, and the note's name."""

    path: Path
    document: str


def find(places: Sequence[Path], files: Mapping[str, Path]) -> list[Place]:
    """Return the notes of files and folders, each file once; `files` are those of the notes known by name.

    Raises:
        NoteNotFoundError: a place is not there, or a folder holds no markdown.
    """
    names = {file: document for document, file in files.items()}
    taken = dict(files)
    found: dict[Path, Place] = {}
    for place in places:
        for path, _ in read.find([place]):
            file = path.resolve()
            if file not in found:
                document = names.get(file) or _free_name(path, place, taken)
                taken[document] = file
                found[file] = Place(path, document)
    return list(found.values())


def below(folder: Path, files: Mapping[str, Path]) -> Iterator[str]:
    """Yield the notes whose file stands, or stood, in a folder."""
    inside = folder.resolve()
    return (document for document, file in files.items() if file.is_relative_to(inside))


def load(data: Path) -> dict[str, Path]:
    """Return the file of each note; nothing where the record is lost."""
    try:
        recorded = json.loads((data / _FILE).read_bytes())
        return {document: Path(file) for document, file in recorded.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def save(files: Mapping[str, Path], data: Path) -> None:
    """Write the file of each note: whoever reads it meanwhile gets the old record or the new one."""
    if files != load(data):
        beside = data / f".{_FILE}.{os.getpid()}"
        beside.write_text(json.dumps({name: str(files[name]) for name in sorted(files)}, ensure_ascii=False))
        beside.replace(data / _FILE)


def _free_name(path: Path, place: Path, taken: Mapping[str, Path]) -> str:
    """The shortest name that no other file has; one that is gone leaves its name to the next."""
    own = path.relative_to(place).parts if place.is_dir() else (path.name,)
    parts = (*path.resolve().parts[1 : -len(own)], *own)
    names = ["/".join(parts[-count:]) for count in range(len(own), len(parts) + 1)]
    return next((name for name in names if name not in taken or not taken[name].exists()), names[-1])

"""Notes that come over the network: kept as files in a folder beside the graph, and read as all others are.

So such a note survives a lost graph, `kubelore ingest` of that folder brings it back, and changing one is
changing a file: whoever reads meanwhile sees the old text or the new one.
"""

import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from threading import Lock

from api import ingesting, places
from api.outcomes import Change, NoteReport
from api.problems import RefusedError
from api.settings import Settings
from ingest.read import MARKDOWN_SUFFIXES

_LONGEST = 200  # characters of a path


class Notebook:
    """The notes that clients have sent to one data folder. Changes are made one after another."""

    def __init__(self, settings: Settings, changed: Callable[[], object]) -> None:
        self._settings = settings
        self._changed = changed
        self._folder = settings.data / "notes"
        self._lock = Lock()

    def write(self, path: str, text: str) -> NoteReport:
        """Keep a note under a path, in place of the one that it had, and read it into the graph.

        Raises:
            RefusedError: not a path for a note, a text that is too long, or a note that has a file elsewhere.
            GraphError: the graph is being changed by another process, or is broken.
        """
        name = _name(path)
        content = text.encode("utf-8", "replace")
        if len(content) > self._settings.max_note_bytes:
            raise RefusedError(
                "TOO_LARGE", f"the note has more than {self._settings.max_note_bytes} bytes", path="text"
            )
        with self._lock:
            self._check_own(name)
            file = self._folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            beside = file.with_name(f".{file.name}.{os.getpid()}.writing")
            beside.write_bytes(content)
            beside.replace(file)
            report = ingesting.ingest([self._folder], self._settings)
            self._changed()
        return next(each for each in report.notes if each.document == name)

    def remove(self, path: str) -> NoteReport:
        """Remove a note that was sent, from the folder and from the graph.

        Raises:
            RefusedError: no such note, or one that has a file elsewhere.
            GraphError: the graph is being changed by another process, or is broken.
        """
        name = _name(path)
        with self._lock:
            self._check_own(name)
            file = self._folder / name
            if not file.is_file():
                raise RefusedError("NOT_FOUND", f"no note `{name}` was sent to this server")
            file.unlink()
            ingesting.bring_folder(self._folder, self._settings)
            self._changed()
        return NoteReport(document=name, change=Change.REMOVED)

    def _check_own(self, name: str) -> None:
        file = places.load(self._settings.data).get(name)
        if file is not None and file.exists() and file != (self._folder / name).resolve():
            message = f"`{name}` is read from a file of this machine: change that file"
            raise RefusedError("BAD_INPUT", message, path="path")


def _name(path: str) -> str:
    """Return the path as a note's name.

    Raises:
        RefusedError: it leads elsewhere than below the folder, or does not end like markdown.
    """
    parts = PurePosixPath(path).parts
    plain = all(part.strip(".") and part.isprintable() and not set(part) & set('\\:*?"<>|') for part in parts)
    if not parts or not plain or path.startswith("/") or len(path) > _LONGEST:
        raise RefusedError("BAD_INPUT", "expected a relative path such as `week-1/pods.md`", path="path")
    name = "/".join(parts)
    if Path(name).suffix.lower() not in MARKDOWN_SUFFIXES:
        ending = " or ".join(sorted(MARKDOWN_SUFFIXES))
        raise RefusedError("BAD_INPUT", f"`{name}` does not end in {ending}", path="path")
    return name

"""Scenario files: read here, so that the ontology sees plain data only.

A file holds one scenario or many (YAML documents, or JSON). `objects` (or `given`) may name manifest
files instead, as `files: [deploy.yaml, more/]`; their paths start at the scenario's own folder.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.problems import RefusedError
from ontology import documents
from ontology.errors import BadInputError

STDIN = "-"
MANIFESTS = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A scenario as plain data, and where it came from (`pod.yaml`, or `pods.yaml#2` for one of several)."""

    origin: str
    raw: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The scenario's name, its origin without one."""
        return str(self.raw.get("name") or self.origin)


def load(file: str) -> Iterator[Loaded]:
    """Yield the scenarios of one file; `-` is standard input.

    Raises:
        OntologyError, RefusedError, OSError: not readable as scenarios; the message begins with the file.
    """
    folder = Path() if file == STDIN else Path(file).parent
    found = _documents(file)
    if not found:
        raise RefusedError("BAD_INPUT", f"{file}: holds no scenario")
    for number, raw in enumerate(found, start=1):
        origin = file if len(found) == 1 else f"{file}#{number}"
        if not isinstance(raw, Mapping):
            raise RefusedError("BAD_INPUT", f"{origin}: a scenario is a mapping, not {_shown(raw)}")
        yield Loaded(origin, _with_files(raw, folder))


def load_manifests(place: str) -> list[Any]:
    """Return the manifests of a file, of every manifest file of a folder (sorted by name), or of `-`.

    Raises:
        OntologyError, RefusedError, OSError: not readable as YAML or JSON.
    """
    if place == STDIN or not Path(place).is_dir():
        return _documents(place)
    files = sorted(each for each in Path(place).iterdir() if each.suffix in MANIFESTS and each.is_file())
    if not files:
        raise RefusedError("BAD_INPUT", f"{place}: holds no .yaml, .yml or .json file")
    return [each for file in files for each in _documents(str(file))]


def load_question(text: str) -> Any:
    """Return a question given as JSON or, after `@`, as the name of a file."""
    return documents.read_json(Path(text[1:]).read_bytes() if text.startswith("@") else text)


def _documents(file: str) -> list[Any]:
    content = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    try:
        # JSON first: nearly a subset of YAML, and much faster to read
        if content.lstrip()[:1] in (b"{", b"["):
            return [documents.read_json(content)]
    except BadInputError:
        pass  # YAML's flow style also begins so
    try:
        return list(documents.read_yaml(content))
    except BadInputError as error:
        raise RefusedError(error.code, f"{file}: {error}") from error


def _with_files(raw: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    for member in ("objects", "given"):
        given = raw.get(member)
        if isinstance(given, Mapping) and set(given) == {"files"}:
            return {**raw, member: _manifests(given["files"], folder)}
    return raw


def _manifests(files: Any, folder: Path) -> list[Any]:
    names: Sequence[Any] = files if isinstance(files, list) else [files]
    if not all(isinstance(name, str) for name in names):
        raise RefusedError("BAD_INPUT", "`files` is not a list of paths", path="objects.files")
    return [each for name in names for each in load_manifests(str(folder / name))]


def _shown(raw: Any) -> str:
    return "a list" if isinstance(raw, list) else f"`{str(raw)[:40]}`"

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
from api.settings import MAX_SCENARIO_BYTES
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


def load(file: str, *, most: int = MAX_SCENARIO_BYTES) -> Iterator[Loaded]:
    """Yield the scenarios of one file of at most `most` bytes; `-` is standard input.

    Raises:
        OntologyError, RefusedError, OSError: not readable as scenarios; the message begins with the file.
    """
    folder = Path() if file == STDIN else Path(file).parent
    found = _documents(file, most)
    if not found:
        raise RefusedError("BAD_INPUT", f"{file}: holds no scenario")
    for number, raw in enumerate(found, start=1):
        origin = file if len(found) == 1 else f"{file}#{number}"
        if not isinstance(raw, Mapping):
            raise RefusedError("BAD_INPUT", f"{origin}: a scenario is a mapping, not {_shown(raw)}")
        yield Loaded(origin, _with_files(raw, folder, most))


def load_manifests(place: str, *, most: int = MAX_SCENARIO_BYTES) -> list[Any]:
    """Return the manifests of a file, of every manifest file of a folder (sorted by name), or of `-`.

    Raises:
        OntologyError, RefusedError, OSError: not readable as YAML or JSON.
    """
    if place == STDIN or not Path(place).is_dir():
        return _documents(place, most)
    files = sorted(each for each in Path(place).iterdir() if each.suffix in MANIFESTS and each.is_file())
    if not files:
        raise RefusedError("BAD_INPUT", f"{place}: holds no .yaml, .yml or .json file")
    return [each for file in files for each in _documents(str(file), most)]


def load_question(text: str) -> Any:
    """Return a question given as JSON or, after `@`, as the name of a file."""
    return documents.read_json(Path(text[1:]).read_bytes() if text.startswith("@") else text)


def _documents(file: str, most: int) -> list[Any]:
    content = _content(file, most)
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


def _content(file: str, most: int) -> bytes:
    if file == STDIN:
        content = sys.stdin.buffer.read(most + 1)
    elif Path(file).stat().st_size > most:
        raise _too_large(file, most)
    else:
        with Path(file).open("rb") as stream:  # a pipe has no size to ask for
            content = stream.read(most + 1)
    if len(content) > most:
        raise _too_large(file, most)
    return content


def _too_large(file: str, most: int) -> RefusedError:
    return RefusedError("TOO_LARGE", f"{file}: more than {most:,} bytes")


def _with_files(raw: Mapping[str, Any], folder: Path, most: int) -> Mapping[str, Any]:
    for member in ("objects", "given"):
        given = raw.get(member)
        if isinstance(given, Mapping) and "files" in given:
            found = _manifests(given["files"], folder, most)
            others = {name: each for name, each in given.items() if name != "files"}
            if not others:
                return {**raw, member: found}
            # a story's `given` says more than its objects
            return {**raw, member: {**others, "objects": [*(others.get("objects") or ()), *found]}}
    return raw


def _manifests(files: Any, folder: Path, most: int) -> list[Any]:
    names: Sequence[Any] = files if isinstance(files, list) else [files]
    if not all(isinstance(name, str) for name in names):
        raise RefusedError("BAD_INPUT", "`files` is not a list of paths", path="objects.files")
    return [each for name in names for each in load_manifests(str(folder / name), most=most)]


def _shown(raw: Any) -> str:
    return "a list" if isinstance(raw, list) else f"`{str(raw)[:40]}`"

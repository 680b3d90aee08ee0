"""Manifests in fences: objects, their fields with values, and links to other objects."""

from collections.abc import Callable, Iterator

from ingest.extract.facts import STRUCTURE, Fact
from ingest.extract.reading import Reading
from ingest.lexicon.normalize import compose
from ingest.link.api import owns
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind, Line
from ingest.parse.manifests import Mapping, Scalar, Sequence, Value, read

_YAML = frozenset({"yaml", "yml", "json", "k8s", "kubernetes"})
_LOOKS_LIKE = ("apiVersion:", '"apiVersion"')
_LONGEST = 200

# key -> kind and the key of the name: volume sources and references that make an object use another
_USED = {
    "configMapRef": ("ConfigMap", "name"),
    "configMapKeyRef": ("ConfigMap", "name"),
    "configMap": ("ConfigMap", "name"),
    "secretRef": ("Secret", "name"),
    "secretKeyRef": ("Secret", "name"),
    "secret": ("Secret", "secretName"),
    "persistentVolumeClaim": ("PersistentVolumeClaim", "claimName"),
}
_SELECTORS = frozenset({"matchLabels", "nodeSelector"})

_At = Callable[[int], Line]


def fences(reading: Reading, node: Node) -> Iterator[Fact]:
    """Each object of a YAML fence; a fragment belongs to the concept of its section."""
    if node.kind is not BlockKind.FENCE:
        return
    language = node.block.info.split(" ")[0].lower()
    text = compose("\n".join(line.text for line in node.block.lines))
    if language not in _YAML and not (not language and any(mark in text for mark in _LOOKS_LIKE)):
        return
    lines = node.block.lines

    def at(line: int) -> Line:
        return lines[min(line, len(lines) - 1)]

    for document in read(text):
        items = document.get("items")
        objects = (
            [i for i in items.items if isinstance(i, Mapping)] if isinstance(items, Sequence) else [document]
        )
        for each in objects:
            if each.text("kind") and each.text("metadata", "name"):
                yield from _object(each, at)
            elif not each.text("kind"):
                yield from _fragment(reading, node, each, at)


def _object(manifest: Mapping, at: _At) -> Iterator[Fact]:
    kind, name = manifest.text("kind"), manifest.text("metadata", "name")
    subject = f"{kind}/{name}"
    place = next((line for key, _, line in manifest.entries if key == "kind"), manifest.line)
    metadata = manifest.get("metadata")
    named = metadata.line if isinstance(metadata, Mapping) else place
    if isinstance(metadata, Mapping):
        named = next((line for key, _, line in metadata.entries if key == "name"), named)
    yield _fact(subject, "isA", kind, at(place), at(named))
    if isinstance(metadata, Mapping):
        yield from _metadata(subject, metadata, at)
    for key, value, line in manifest.entries:
        if key not in {"apiVersion", "kind", "metadata"}:
            yield from _entry(subject, key, value, line, at)


def _metadata(subject: str, metadata: Mapping, at: _At) -> Iterator[Fact]:
    for key, value, line in metadata.entries:
        if key == "namespace" and isinstance(value, Scalar):
            yield _fact(subject, "scopedTo", f"Namespace/{value.text}", at(line))
        elif key == "annotations" and isinstance(value, Mapping):
            for name, text, place in value.entries:
                yield from _scalar(subject, name, text, place, at)


def _entry(subject: str, key: str, value: Value, line: int, at: _At) -> Iterator[Fact]:
    """One entry of a spec: a link, a label of a selector, a value, or more entries below."""
    link = _link(subject, key, value, line, at)
    if link is not None:
        yield from link
        return
    match value:
        case Scalar():
            yield from _scalar(subject, key, value, line, at)
        case Sequence():
            for item in value.items:
                if isinstance(item, Scalar):
                    yield from _scalar(subject, key, item, item.line, at)
                elif isinstance(item, Mapping):
                    yield from _list_entry(subject, key, item, at)
        case Mapping():
            for name, each, place in value.entries:
                if name == "metadata":
                    continue
                yield from _entry(subject, name, each, place, at)


def _list_entry(subject: str, key: str, item: Mapping, at: _At) -> Iterator[Fact]:
    if key == "imagePullSecrets":
        yield _fact(subject, "uses", f"Secret/{item.text('name')}", at(item.line))
        return
    for name, each, place in item.entries:
        if (
            name not in {"name", "metadata"}
            or not isinstance(each, Scalar | Mapping)
            or (name == "name" and isinstance(each, Mapping))
        ):
            yield from _entry(subject, name, each, place, at)


def _link(subject: str, key: str, value: Value, line: int, at: _At) -> list[Fact] | None:
    if key == "image" and isinstance(value, Scalar):
        return [_fact(subject, "uses", value.text, at(line))]
    if isinstance(value, Mapping):
        return _reference(subject, key, value, line, at)
    if key == "subjects" and isinstance(value, Sequence):
        return [
            _fact(subject, "connectsTo", f"{item.text('kind')}/{item.text('name')}", at(item.line))
            for item in value.items
            if isinstance(item, Mapping) and item.text("name")
        ]
    return None


def _reference(subject: str, key: str, value: Mapping, line: int, at: _At) -> list[Fact] | None:
    if key in _USED:
        kind, name_key = _USED[key]
        name = value.text(name_key)
        if name:
            place = next(at(p) for k, _, p in value.entries if k == name_key)
            return [_fact(subject, "uses", f"{kind}/{name}", place)]
        return None
    if key in {"roleRef", "scaleTargetRef"} and value.text("name"):
        return [_fact(subject, "connectsTo", f"{value.text('kind')}/{value.text('name')}", at(line))]
    if key in {"backend", "defaultBackend"}:
        name = value.text("service", "name") or value.text("serviceName")
        kind, name = (
            ("Service", name) if name else (value.text("resource", "kind"), value.text("resource", "name"))
        )
        return [_fact(subject, "connectsTo", f"{kind}/{name}", at(line))] if name else None
    if key in _SELECTORS or (key == "selector" and all(isinstance(v, Scalar) for _, v, _ in value.entries)):
        return [
            _fact(subject, "selects", f"{name}={each.text}", at(place))
            for name, each, place in value.entries
            if isinstance(each, Scalar)
        ]
    return None


def _scalar(subject: str, key: str, value: Value, line: int, at: _At) -> Iterator[Fact]:
    if (
        isinstance(value, Scalar)
        and value.text.strip()
        and len(value.text) <= _LONGEST
        and value.text not in {"~", "null"}
    ):
        yield _fact(subject, "hasField", f"{key}={value.text.strip()}", at(line))


def _fragment(reading: Reading, node: Node, fragment: Mapping, at: _At) -> Iterator[Fact]:
    owners = reading.owners(node).names
    if len(owners) != 1:
        return
    for key, value, line in fragment.entries:
        if owns(owners[0], key):
            yield from _entry(owners[0], key, value, line, at)


def _fact(subject: str, predicate: str, object_: str, *lines: Line) -> Fact:
    return Fact(subject=subject, predicate=predicate, object=object_, lines=lines, kind=STRUCTURE)

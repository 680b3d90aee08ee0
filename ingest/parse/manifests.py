"""YAML in fences: values with the line they stand on."""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from ontology import documents
from ontology.errors import OntologyError


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value as written, and its line in the fence (from 0)."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Entries in the order of the text, keys as written."""

    entries: tuple[tuple[str, "Value", int], ...]
    line: int

    def get(self, *path: str) -> "Value | None":
        """Return what stands at a path of keys, or None."""
        value: Value | None = self
        for key in path:
            if not isinstance(value, Mapping):
                return None
            value = next((v for k, v, _ in value.entries if k == key), None)
        return value

    def text(self, *path: str) -> str:
        """Return the scalar at a path, empty for none."""
        value = self.get(*path)
        return value.text if isinstance(value, Scalar) else ""


@dataclass(frozen=True, slots=True)
class Sequence:
    """Items in order."""

    items: tuple["Value", ...]
    line: int


Value = Scalar | Mapping | Sequence


def read(text: str) -> Iterator[Mapping]:
    """Yield each mapping of a YAML stream. Text that is no YAML yields nothing: the linter says why."""
    try:
        list(documents.read_yaml(text))  # its budget keeps aliases and depth in bounds
        for node in yaml.compose_all(text, Loader=yaml.CSafeLoader):
            value = _value(node)
            if isinstance(value, Mapping):
                yield value
    except (OntologyError, yaml.YAMLError, ValueError, RecursionError):
        return


def _value(node: yaml.Node) -> Value:
    line = node.start_mark.line
    if isinstance(node, yaml.MappingNode):
        entries = tuple((str(k.value), _value(v), k.start_mark.line) for k, v in node.value)
        return Mapping(entries, line)
    if isinstance(node, yaml.SequenceNode):
        return Sequence(tuple(_value(v) for v in node.value), line)
    return Scalar(str(node.value), line)

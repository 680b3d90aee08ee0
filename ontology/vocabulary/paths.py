"""API paths: where a concept stands in the API, and which concept stands at a place of a manifest.

A kind is bound by `group/version/Kind` (`apps/v1/Deployment`, `v1/Pod`). A field's path starts at a kind
(`Pod.spec.tolerations[]`) or, for a type that many kinds share, at that type (`Probe.periodSeconds`), and
goes down by field names, with `[]` after a list and `{}` after a map. `=VALUE` binds an enumerated value
(`Pod.spec.restartPolicy=Always`). docs/vocabulary.md says when to write which.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ontology.cluster import schema
from ontology.cluster.schema import Type
from ontology.concepts import ConceptRegistry

_SUFFIXES = {"a": "[]", "m": "{}"}


@dataclass(frozen=True, slots=True)
class Place:
    """A field in the API: the type that declares it, and its name."""

    type: str
    field: str


def is_kind(path: str) -> bool:
    """Whether the API serves a kind under `path` (`apps/v1/Deployment`)."""
    return path in schema.load().kinds


def resolve(path: str) -> Place | None:
    """Return the place that a field's path leads to, or None where the API has no such field."""
    root, *steps = path.partition("=")[0].split(".")
    for type_ in _roots().get(root, ()):
        place = _walk(type_, steps)
        if place is not None:
            return place
    return None


class FieldIndex:
    """Which concept a field of a manifest stands for."""

    def __init__(self, registry: ConceptRegistry) -> None:
        self._names: dict[Place, str] = {}
        for concept in registry:
            for path in concept.paths:
                place = resolve(path) if "=" not in path and not is_kind(path) else None
                if place is not None:
                    self._names.setdefault(place, concept.name)

    def at(self, api_version: str, kind: str, steps: Iterable[str]) -> str | None:
        """Return the name of the concept at `steps` (field names and map keys, without list indexes)."""
        types = schema.load()
        key = types.kinds.get(f"{api_version}/{kind}")
        type_: Type | None = types.types[key] if key else None
        name = None
        for step in steps:
            if type_ is None or step not in type_.fields:
                return None
            name = self._names.get(Place(type_.name, step))
            type_ = _target(type_.fields[step])[0]
        return name


def _walk(type_: Type, steps: Sequence[str]) -> Place | None:
    place, current = None, type_
    for number, step in enumerate(steps, start=1):
        name = step.rstrip("[]{}")
        expected = current.fields.get(name)
        if expected is None:
            return None
        target, suffix = _target(expected)
        if step != name + suffix:
            return None
        place = Place(current.name, name)
        if target is None:
            return place if number == len(steps) else None
        current = target
    return place


def _target(expected: Any) -> tuple[Type | None, str]:
    """Return the object type behind a coded field type, if any, and the suffix of lists and maps."""
    suffix = ""
    while isinstance(expected, list) and expected[0] != "t":
        suffix += _SUFFIXES[expected[0]]
        expected = expected[1]
    return (schema.load().types[expected[1]] if isinstance(expected, list) else None), suffix


@cache
def _roots() -> Mapping[str, tuple[Type, ...]]:
    """Return the types by name; of a kind in several versions all, the stable ones first."""
    loaded = schema.load()
    found: dict[str, list[Type]] = defaultdict(list)
    for key in sorted(loaded.kinds, key=lambda k: ("alpha" in k, "beta" in k, k)):
        found[key.rpartition("/")[2]].append(loaded.types[loaded.kinds[key]])
    for type_ in loaded.types.values():
        if type_ not in found[type_.name]:
            found[type_.name].append(type_)
    return {name: tuple(types) for name, types in found.items()}

"""The API's schema in compact form: is this manifest one that a strict API server would accept?

`schema.json` holds, for each kind of Kubernetes 1.36, its fields, their types and which are required
(built by `make schema`). Types are coded: `s` string, `i` integer, `n` number, `b` boolean,
`q` quantity, `x` integer or string, `o` any mapping, `*` anything, `["a", T]` list, `["m", T]` map,
`["t", id]` one of the types.

Source: kubernetes.io/docs/reference/using-api/api-concepts (field validation `Strict`, v1.36).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from ontology.errors import InvalidObjectError, UnknownKindError, did_you_mean

_SCALARS: dict[str, tuple[tuple[type, ...], str]] = {
    "s": ((str,), "a string"),
    "i": ((int,), "an integer"),
    "n": ((int, float), "a number"),
    "b": ((bool,), "a boolean"),
    "q": ((str, int, float), "a quantity"),
    "x": ((int, str), "an integer or a string"),
    "o": ((dict,), "a mapping"),
}

_INTEGER_LIMIT = 2**63


@dataclass(frozen=True, slots=True)
class Type:
    """One object type of the API: its name, coded field types, and the fields that must be there."""

    name: str
    fields: Mapping[str, Any]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """All kinds (`apps/v1/Deployment`, `v1/Pod`) and types of one Kubernetes version."""

    version: str
    kinds: Mapping[str, str]
    types: Mapping[str, Type]


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with a manifest, where (`spec.containers[0].imagee`), and the nearest right names."""

    path: str
    message: str
    nearest: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.message + did_you_mean(self.nearest)


@cache
def load() -> Schema:
    """Return the schema of the Kubernetes version that kubelore speaks."""
    raw = json.loads(files("ontology.cluster").joinpath("schema.json").read_bytes())
    types = {key: Type(each["n"], each["f"], tuple(each.get("r", ()))) for key, each in raw["types"].items()}
    return Schema(raw["version"], raw["kinds"], types)


def kind_type(api_version: str, kind: str, *, path: str) -> Type:
    """Return the type of a kind.

    Raises:
        UnknownKindError: the API has no such kind in that apiVersion.
    """
    schema = load()
    key = schema.kinds.get(f"{api_version}/{kind}")
    if key is None:
        raise UnknownKindError(api_version, kind, path=path, nearest=_nearest_kinds(api_version, kind))
    return schema.types[key]


def check(manifest: Mapping[str, Any], *, path: str = "", required: bool = False) -> None:
    """Raise on the first field that the API would refuse.

    Raises:
        UnknownKindError: apiVersion and kind name nothing.
        InvalidObjectError: an unknown field or a value of the wrong type; with `required`, a missing one.
    """
    for violation in violations(manifest, path=path, required=required):
        raise InvalidObjectError(str(violation), path=violation.path)


def violations(manifest: Mapping[str, Any], *, path: str = "", required: bool = True) -> Iterator[Violation]:
    """Yield everything that the API would refuse, in the order of the manifest.

    Raises:
        UnknownKindError: apiVersion and kind name nothing.
    """
    api_version, kind = manifest.get("apiVersion"), manifest.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str):
        yield Violation(path, "a manifest needs `apiVersion` and `kind`")
        return
    yield from _object(manifest, kind_type(api_version, kind, path=path), path, required)


def _object(value: Mapping[str, Any], type_: Type, path: str, required: bool) -> Iterator[Violation]:
    fields = type_.fields
    for name, each in value.items():
        expected = fields.get(name)
        if expected is None:
            yield _unknown(name, type_, path)
        elif each is not None:
            if expected == "s":  # the most common case, kept short: schemas are checked in bulk
                if type(each) is not str:
                    yield Violation(_join(path, name), f"expected a string, got {_shown(each)}")
            else:
                yield from _value(each, expected, _join(path, name), required)
    if required:
        for name in type_.required:
            if value.get(name) is None:
                yield Violation(_join(path, name), f"`{name}` is required")


def _value(value: Any, expected: Any, path: str, required: bool) -> Iterator[Violation]:
    if type(expected) is str:
        yield from _scalar(value, expected, path)
        return
    code, inner = expected
    if code == "a":
        if not isinstance(value, list):
            yield Violation(path, f"expected a list, got {_shown(value)}")
            return
        for index, item in enumerate(value):
            if item is not None:
                yield from _value(item, inner, f"{path}[{index}]", required)
    elif not isinstance(value, dict):
        yield Violation(path, f"expected a mapping, got {_shown(value)}")
    elif code == "t":
        yield from _object(value, load().types[inner], path, required)
    else:
        for key, item in value.items():
            if item is not None:
                yield from _value(item, inner, _join(path, str(key)), required)


def _scalar(value: Any, expected: str, path: str) -> Iterator[Violation]:
    if expected == "*":
        return
    allowed, name = _SCALARS[expected]
    # bool is a subclass of int in Python, not in JSON
    if not isinstance(value, allowed) or (type(value) is bool and expected != "b"):
        yield Violation(path, f"expected {name}, got {_shown(value)}")
    elif isinstance(value, int) and not -_INTEGER_LIMIT <= value < _INTEGER_LIMIT:
        yield Violation(path, f"expected {name} of at most 64 bits, got {_shown(value)}")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _unknown(name: Any, type_: Type, path: str) -> Violation:
    near = get_close_matches(str(name), type_.fields, n=2, cutoff=0.7)
    return Violation(_join(path, str(name)), f"unknown field `{name}` in {type_.name}", tuple(near))


def _nearest_kinds(api_version: str, kind: str) -> list[str]:
    kinds = load().kinds
    same_name = [key for key in kinds if key.rpartition("/")[2].lower() == kind.lower()]
    close = get_close_matches(f"{api_version}/{kind}", kinds, n=2, cutoff=0.8)
    return [f"{k.rpartition('/')[2]}` in `{k.rpartition('/')[0]}" for k in (same_name or close)[:2]]


def _shown(value: Any) -> str:
    match value:
        case bool():
            return f"the boolean `{str(value).lower()}`"
        case str():
            return f"the string `{value[:40]}`"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case _:
            return f"`{value}`"

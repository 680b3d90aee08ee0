"""What the API schema knows about names in notes: which field belongs to which kind, type or field."""

import tomllib
from functools import cache
from importlib.resources import files

from ontology.cluster import schema

_DATA = tomllib.loads(files("ingest.link").joinpath("api.toml").read_text(encoding="utf-8"))
_STANDS_FOR: dict[str, str] = _DATA["stands_for"]
_DEPTH = 4

GENERIC: frozenset[str] = frozenset(_DATA["generic"])


@cache
def owns(owner: str, field: str) -> bool:
    """Whether the API knows `field` somewhere below the kind, type or field `owner`."""
    return field.rpartition(".")[2] in fields_of(owner)


@cache
def fields_of(owner: str) -> frozenset[str]:
    """Return all field names below a kind (its template included), a type or a field."""
    api = schema.load()
    todo = [(each, 0) for each in _types(owner)]
    seen: set[str] = set()
    found: set[str] = set()
    while todo:
        id_, depth = todo.pop()
        if id_ in seen:
            continue
        seen.add(id_)
        for name, coded in api.types[id_].fields.items():
            found.add(name)
            target = _target(coded)
            if target is not None and depth < _DEPTH:
                todo.append((target, depth + 1))
    return frozenset(found)


@cache
def direct_fields(owner: str) -> frozenset[str]:
    """Return the fields that stand in the type itself, or in the spec or status of a kind."""
    api = schema.load()
    found: set[str] = set()
    for id_ in _types(owner):
        for name, coded in api.types[id_].fields.items():
            found.add(name)
            target = _target(coded)
            if name in {"spec", "status"} and target is not None:
                found.update(api.types[target].fields)
    return frozenset(found)


def _types(owner: str) -> tuple[str, ...]:
    name = _STANDS_FOR.get(owner, owner)
    index = _index()
    return index.get(name) or index.get(name.rpartition(".")[2]) or ()


@cache
def _index() -> dict[str, tuple[str, ...]]:
    """Kinds, type names and field names -> the types they lead to. Kinds win over types, those over fields."""  # noqa: E501  one list, one line
    api = schema.load()
    fields: dict[str, set[str]] = {}
    for type_ in api.types.values():
        for name, coded in type_.fields.items():
            target = _target(coded)
            if target is not None:
                fields.setdefault(name, set()).add(target)
    found = {name: tuple(sorted(targets, key=int)) for name, targets in fields.items()}
    for id_, type_ in api.types.items():
        found[type_.name] = (id_,)
    for key, id_ in api.kinds.items():
        found[key.rpartition("/")[2]] = (id_,)
    return found


def _target(coded: object) -> str | None:
    while isinstance(coded, list):
        code, inner = coded
        if code == "t":
            return str(inner)
        coded = inner
    return None

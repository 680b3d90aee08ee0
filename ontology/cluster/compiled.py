"""The API's schema compiled: a quick yes for a manifest that a strict API server would accept.

Each type of the schema becomes a struct that msgspec fills, in C, and refuses what the API would. It says
only that something is wrong; who must say what and where falls back to `schema.check`.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

import msgspec

from ontology.cluster import schema

_Integer = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_SCALARS: Mapping[str, Any] = {
    "s": str,
    "i": _Integer,
    "n": _Integer | float,
    "b": bool,
    "q": str | _Integer | float,
    "x": _Integer | str,
    "o": dict[str, Any],
    "*": Any,
}


@cache
def kind(api_version: str, name: str) -> type[msgspec.Struct] | None:
    """Return the struct of a kind, None if the API has no such kind in that apiVersion.

    None also for a kind with a type that holds itself, which cannot be compiled.
    """
    known = schema.load().kinds.get(f"{api_version}/{name}")
    try:
        return None if known is None else _struct(known)
    except RecursionError:  # a schema within a schema: CustomResourceDefinition
        return None


def accepts(manifest: Mapping[str, Any]) -> bool:
    """Whether a strict API server would take the manifest; False also where only `schema.check` can tell."""
    api_version, name = manifest.get("apiVersion"), manifest.get("kind")
    if not isinstance(api_version, str) or not isinstance(name, str):
        return False
    struct = kind(api_version, name)
    if struct is None:
        return False
    try:
        msgspec.convert(manifest, struct)
    except (msgspec.ValidationError, UnicodeEncodeError, RecursionError):
        return False
    return True


@cache
def _struct(type_id: str) -> type[msgspec.Struct]:
    type_ = schema.load().types[type_id]
    names = {f"f{i}": name for i, name in enumerate(type_.fields)}
    fields = [(field, _type(type_.fields[name]) | None, None) for field, name in names.items()]
    return msgspec.defstruct(type_.name, fields, rename=names, forbid_unknown_fields=True, gc=False)


def _type(coded: Any) -> Any:
    if isinstance(coded, str):
        return _SCALARS[coded]
    code, inner = coded
    match code:
        case "a":
            return list[_type(inner) | None]  # type: ignore[misc]
        case "m":
            return dict[str, _type(inner) | None]  # type: ignore[misc]
        case _:
            return _struct(inner)

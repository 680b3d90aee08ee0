"""Plain manifests of typed objects: what structs do not hold is kept beside them and put back.

A struct of `ontology.cluster` holds the fields that rules read; a manifest may have more (`env`, `schedule`
texts, whole kinds). `beyond` is what a struct leaves out, `manifest` joins the two again.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from ontology.cluster.meta import KubeObject

Rest = Mapping[str, Any]


def beyond(raw: Mapping[str, Any], known: msgspec.Struct) -> dict[str, Any]:
    """Return the members of `raw` that `known`, decoded from it, has no field for."""
    fields = dict(zip(known.__struct_encode_fields__, known.__struct_fields__, strict=True))
    found: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in fields:
            found[name] = value
            continue
        left = _left(value, getattr(known, fields[name]))
        if left:
            found[name] = left
    return found


def _left(value: Any, known: Any) -> Any:
    if isinstance(known, msgspec.Struct) and isinstance(value, Mapping):
        return beyond(value, known)
    if isinstance(known, list) and isinstance(value, list) and len(known) == len(value):
        parts = [_left(one, other) or {} for one, other in zip(value, known, strict=True)]
        return parts if any(parts) else None
    return None


def manifest(found: KubeObject, rest: Rest) -> dict[str, Any]:
    """Return an object as a manifest, with what its struct does not hold."""
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return _joined(plain, rest) if rest else plain


def _joined(plain: dict[str, Any], rest: Rest) -> dict[str, Any]:
    for name, value in rest.items():
        mine = plain.get(name)
        if isinstance(mine, dict) and isinstance(value, Mapping):
            plain[name] = _joined(mine, value)
        elif isinstance(mine, list) and isinstance(value, list):
            if len(mine) == len(value):  # items have no name of their own: only equally many can be joined
                plain[name] = [_item(one, other) for one, other in zip(mine, value, strict=True)]
        elif mine is None:
            plain[name] = value
    return plain


def _item(mine: Any, rest: Any) -> Any:
    return _joined(mine, rest) if isinstance(mine, dict) and isinstance(rest, Mapping) else mine

"""Plain manifests of typed objects: what structs do not hold is kept beside them and put back.

A struct of `ontology.cluster` holds the fields that rules read; a manifest may have more (`env`, `schedule`
texts, whole kinds). `beyond` is what a struct leaves out, `manifest` joins the two again.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

import msgspec

from ontology.cluster.meta import KubeObject
from ontology.cluster.pods import ContainerStatus

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
    if _has_defaults(found.__class__):
        _fill(plain, found)
    return _joined(plain, rest) if rest else plain


# Members that the API always shows, though they are what a struct holds by default.
_ALWAYS_SHOWN: Mapping[type[msgspec.Struct], tuple[str, ...]] = {ContainerStatus: ("ready", "restartCount")}


@cache
def _defaults(kind: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    """Return the members whose default says something, such as `type: ClusterIP`, which the API shows."""
    shown = _ALWAYS_SHOWN.get(kind, ())
    fields = msgspec.structs.fields(kind)
    return tuple(
        (each.encode_name, each.default)
        for each in fields
        if each.encode_name in shown or (isinstance(each.default, str | bool) and each.default)
    )


@cache
def _has_defaults(kind: type[msgspec.Struct]) -> bool:
    """Whether a struct, or one somewhere in it, has such members."""
    return bool(_defaults(kind)) or any(map(_has_defaults, _structs_in(kind)))


def _structs_in(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    waiting: list[Any] = [each.type for each in msgspec.structs.fields(kind)]
    while waiting:
        hint = waiting.pop()
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            yield hint
        waiting.extend(get_args(hint))


def _fill(plain: dict[str, Any], known: msgspec.Struct) -> None:
    for name, default in _defaults(type(known)):
        plain.setdefault(name, default)
    for name, attribute in zip(known.__struct_encode_fields__, known.__struct_fields__, strict=True):
        inner, value = plain.get(name), getattr(known, attribute)
        if isinstance(value, msgspec.Struct) and isinstance(inner, dict):
            if _has_defaults(type(value)):
                _fill(inner, value)
        elif isinstance(value, list) and value and isinstance(value[0], msgspec.Struct):
            for one, other in zip(inner or (), value, strict=False):
                _fill(one, other)


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

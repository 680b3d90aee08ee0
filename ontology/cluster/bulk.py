"""Manifests in bulk: checked and kept as the JSON text they came in, decoded straight into typed objects.

A cluster of 150,000 pods as plain mappings takes ten times its text in memory, and longer to check than to
schedule on. Here the schema of a kind becomes a decoder that refuses what the API would; it says only that
something is wrong, and who must say what and where falls back to `schema.check` on the plain mapping.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from ontology.cluster import schema

# Kinds of which clusters have thousands. Others stay plain: there are few, and many ways to read them.
KINDS = frozenset({("v1", "Pod"), ("v1", "Node")})
_SCALARS: Mapping[str, Any] = {
    "s": str,
    "i": int,
    "n": int | float,
    "b": bool,
    "q": str | int | float,
    "x": int | str,
    "o": dict[str, Any],
    "*": Any,
}


class Head(msgspec.Struct, rename="camel"):
    """What a manifest is."""

    api_version: str
    kind: str


class TextManifest(Mapping[str, Any]):
    """A manifest kept as text; as a mapping the plain manifest, read once someone asks what is in it."""

    __slots__ = ("_head", "_plain", "text")

    def __init__(self, head: Head, text: memoryview) -> None:
        self._head = head
        self._plain: dict[str, Any] | None = None
        self.text = text

    @property
    def plain(self) -> dict[str, Any]:
        """The plain manifest."""
        if self._plain is None:
            self._plain = json.loads(bytes(self.text))
        return self._plain

    def __getitem__(self, key: str) -> Any:
        if key == "kind":
            return self._head.kind
        return self._head.api_version if key == "apiVersion" else self.plain[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.plain)

    def __len__(self) -> int:
        return len(self.plain)


def accepts(head: Head, text: memoryview) -> bool:
    """Whether a strict API server would take the manifest; False also where only `schema.check` can tell."""
    try:
        _decoder(head.api_version, head.kind).decode(text)
    except msgspec.MsgspecError:
        return False
    return True


@cache
def _decoder(api_version: str, kind: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(_struct(schema.load().kinds[f"{api_version}/{kind}"]))


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

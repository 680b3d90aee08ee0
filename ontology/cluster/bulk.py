"""Manifests in bulk: checked and kept as the JSON text they came in, decoded straight into typed objects.

A cluster of 150,000 pods as plain mappings takes ten times its text in memory, and longer to check than to
schedule on. Here the compiled schema of a kind decodes the text and refuses what the API would; it says only
that something is wrong, and who must say what and where falls back to `schema.check` on the plain mapping.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from ontology.cluster import compiled

# Kinds of which clusters have thousands. Others stay plain: there are few, and many ways to read them.
KINDS = frozenset({("v1", "Pod"), ("v1", "Node")})


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
    return msgspec.json.Decoder(compiled.kind(api_version, kind) or Any)

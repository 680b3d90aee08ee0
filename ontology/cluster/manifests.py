"""A manifest (plain mapping) to a typed object, with the path in every refusal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec

from ontology.cluster import compiled, schema
from ontology.cluster.bulk import TextManifest
from ontology.cluster.meta import KubeObject
from ontology.errors import InvalidObjectError

K = TypeVar("K", bound=KubeObject)


def flatten(objects: Sequence[Any], *, path: str = "objects") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each manifest with its path; the items of a `List` (also `PodList`) one by one.

    Raises:
        InvalidObjectError: something that is not a mapping.
    """
    for index, each in enumerate(objects):
        at = f"{path}[{index}]"
        if not (type(each) is dict or isinstance(each, Mapping)):  # the second is slow, and hardly ever asked
            raise InvalidObjectError("expected a manifest (a mapping)", path=at)
        kind = each.get("kind")
        if isinstance(kind, str) and kind.endswith("List") and isinstance(each.get("items"), list):
            yield from flatten([_item(i, each) for i in each["items"]], path=f"{at}.items")
        else:
            yield at, each


def _item(item: Any, parent: Mapping[str, Any]) -> Any:
    # items of a typed list (PodList) may leave out what the list's own kind already says
    if not isinstance(item, Mapping) or "kind" in item or parent["kind"] == "List":
        return item
    kind = str(parent["kind"]).removesuffix("List")
    return {"apiVersion": parent.get("apiVersion", ""), "kind": kind, **item}


def decode(manifest: Mapping[str, Any], type_: type[K], *, path: str = "") -> K:
    """Return the manifest as `type_`. Unknown fields are the schema's business, see `schema.check`.

    Raises:
        InvalidObjectError: a field has another type than the API gives it.
    """
    if isinstance(manifest, TextManifest):
        try:
            found: K = _text_decoder(type_).decode(manifest.text)
        except msgspec.MsgspecError:  # an explicit null, say: the plain manifest tells
            manifest = manifest.plain
        else:
            return found
    try:
        return msgspec.convert(without_nulls(manifest) if _may_hold_null(manifest) else manifest, type_)
    except msgspec.ValidationError as error:
        raise refusal(error, path) from error
    except UnicodeEncodeError as error:  # half a character, as JSON's `\ud800` can smuggle in
        raise InvalidObjectError("not Unicode text", path=path) from error


@cache
def _text_decoder(type_: type[K]) -> msgspec.json.Decoder[K]:
    return msgspec.json.Decoder(type_)


def located(found: Iterable[tuple[str, Mapping[str, Any]]], type_: type[K]) -> Iterator[tuple[str, K]]:
    """Yield the objects of one kind, each with the path where it stands.

    Raises:
        InvalidObjectError: a field has another type than the API gives it.
    """
    for path, raw in found:
        if raw["kind"] == type_.KIND and raw["apiVersion"] in type_.API:
            yield path, decode(raw, type_, path=path)


def refusal(error: msgspec.ValidationError, path: str) -> InvalidObjectError:
    """Return the decoder's complaint as our error, its `$.spec` path joined to `path`."""
    message, _, where = str(error).partition(" - at `$")
    where = where.rstrip("`")
    return InvalidObjectError(message[:1].lower() + message[1:], path=(path + where).lstrip("."))


def _may_hold_null(manifest: Mapping[str, Any]) -> bool:
    """Whether `null` stands anywhere in a manifest, as a value or in a text: its JSON is quickly searched."""
    try:
        return b"null" in msgspec.json.encode(manifest)
    except (TypeError, ValueError, OverflowError, RecursionError):  # nothing that JSON could hold
        return True


def without_nulls(value: Any) -> Any:
    """Drop `null` members, which the API reads as absent; lists and scalars stay."""
    if isinstance(value, dict):
        if None in value.values() or any(type(v) in (dict, list) for v in value.values()):
            return {k: without_nulls(v) for k, v in value.items() if v is not None}
        return value
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def check(manifest: Mapping[str, Any], *, path: str) -> None:
    """Raise unless the API's strict schema accepts the manifest's fields and types."""
    if not compiled.accepts(manifest):
        schema.check(manifest, path=path)

"""JSON and YAML text to plain data: the one door for text that users bring.

YAML follows what kubectl reads: YAML 1.1 booleans, no timestamps (`2026-01-01` stays a string),
string keys. Aliases and depth are capped before anything is built, so a "billion laughs" costs nothing.
"""

import json
from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple

import yaml

from ontology.errors import BadInputError, TooLargeError

MAX_ALIASES = 200
MAX_DEPTH = 100
MAX_VALUES = 100_000
"""How many values a stream with aliases may stand for; one without aliases is bounded by its size."""


class _Dumper(yaml.CSafeDumper):
    """The C writer, which repeats what stands in two places instead of pointing back to it."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


class _Loader(yaml.CSafeLoader):
    """PyYAML's C loader with string keys, without duplicate keys, and without the timestamp type."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT002 - the library's signature
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"key `{key.value}` stands twice in one mapping", key.start_mark
                    )
                seen.add(key.value)
        self.flatten_mapping(node)
        # Python holds True and 1 equal as keys, so keys become strings before they meet in a dict
        return {
            _key(self.construct_object(key, deep=True)): self.construct_object(value, deep=deep)
            for key, value in node.value
        }


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def read_json(text: str | bytes) -> Any:
    """Return one JSON document.

    Raises:
        BadInputError: not JSON; says where.
        TooLargeError: nested deeper than MAX_DEPTH.
    """
    try:
        found = json.loads(text)
        if _escapes_surrogates(text):
            json.dumps(found, ensure_ascii=False).encode()  # whole pairs pass, half a pair does not
    except json.JSONDecodeError as error:
        raise BadInputError(f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"not UTF-8: byte {error.start}") from error
    except UnicodeEncodeError as error:
        raise BadInputError("not Unicode: half of a surrogate pair") from error
    except RecursionError as error:
        raise TooLargeError("nested too deeply") from error
    except ValueError as error:  # an integer of more digits than Python converts
        raise BadInputError(f"not JSON: {error}") from error
    return found


def _escapes_surrogates(text: str | bytes) -> bool:
    if isinstance(text, str):
        return any(half in text for half in ("\\ud", "\\uD"))
    return any(half in text for half in (b"\\ud", b"\\uD"))


def read_yaml(text: str | bytes) -> Iterator[Any]:
    """Yield each document of a YAML (or JSON) stream; empty documents are skipped.

    Raises:
        BadInputError: not YAML; says where.
        TooLargeError: more aliases than MAX_ALIASES, more values behind them than MAX_VALUES, or deeper than
            MAX_DEPTH.
    """
    try:
        _check_budget(text)
        for document in yaml.load_all(text, Loader=_Loader):
            if document is not None:
                yield document
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise BadInputError(f"not YAML: {error.problem}{where}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInputError(f"not YAML: {str(error).splitlines()[0]}") from error
    except ValueError as error:
        raise BadInputError(f"not YAML: {error}") from error


def write_json(value: Any) -> str:
    """Return a plain value as compact JSON: keys in their order, text as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write_yaml(value: Any) -> str:
    """Return a plain value as one YAML document: keys in their order, no aliases, text as it is."""
    plain = json.loads(json.dumps(value))  # tuples become lists, for which YAML has a form
    return str(yaml.dump(plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110))


class _Extent(NamedTuple):
    """How many values a node stands for with its aliases written out, and how deep they go."""

    values: int = 1
    depth: int = 0

    def with_child(self, child: "_Extent") -> "_Extent":
        return _Extent(self.values + child.values, max(self.depth, child.depth + 1))


def _check_budget(text: str | bytes) -> None:
    """Refuse what would be too much once it is walked: an alias costs what it stands for."""
    budget = _Budget()
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        budget.take(event)


class _Budget:
    """Measures a stream while its events go by: the open values, and the extent of the named ones."""

    def __init__(self) -> None:
        self.aliases = 0
        self.named: dict[str, _Extent] = {}
        self.open: list[tuple[str | None, _Extent]] = [(None, _Extent())]

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self.open.append((event.anchor, _Extent()))
            self._check_depth(0)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._add(*self.open.pop())
        elif isinstance(event, yaml.ScalarEvent):
            self._add(event.anchor, _Extent())
        elif isinstance(event, yaml.AliasEvent):
            self._add(None, self._behind(event.anchor or ""))

    def _behind(self, anchor: str) -> _Extent:
        self.aliases += 1
        if any(above == anchor for above, _ in self.open):
            raise BadInputError(f"not YAML: the alias `{anchor}` stands inside what it names")
        return self.named.get(anchor, _Extent())

    def _add(self, anchor: str | None, found: _Extent) -> None:
        if anchor:
            self.named[anchor] = found
        above, extent = self.open[-1]
        self.open[-1] = above, extent.with_child(found)
        if self.aliases > MAX_ALIASES or (self.aliases and self.open[-1][1].values > MAX_VALUES):
            raise TooLargeError(f"more than {MAX_ALIASES} YAML aliases, or {MAX_VALUES} values behind them")
        self._check_depth(found.depth)

    def _check_depth(self, behind: int) -> None:
        if len(self.open) - 1 + behind > MAX_DEPTH:
            raise TooLargeError(f"nested deeper than {MAX_DEPTH} levels")


def _key(key: Any) -> str:
    # kubectl turns YAML into JSON, whose keys are strings: `1: a` and `on: b` become "1" and "true"
    if isinstance(key, list | dict):
        raise ValueError("a mapping's key must be a scalar")  # noqa: TRY004 - read_yaml words it
    if isinstance(key, bool):
        return str(key).lower()
    return "null" if key is None else str(key)

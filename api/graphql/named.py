"""Named queries: documents in files, asked for by name at `/q/NAME`, their variables in the address.

A file `NAME.graphql` holds one query. Those that are shipped stand in `queries/`; a folder of one's own adds
to them, and its files win.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLError,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    TypeNode,
    parse,
)

from api.graphql.windows import not_found
from api.problems import RefusedError

_ENDING = ".graphql"
# What these are is text in an address already; anything else is read as JSON where it can be.
_TEXTS = frozenset({"String", "ID"})


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query with a name: its text, the comment at its head, and the types of its variables."""

    name: str
    text: str
    description: str
    variables: Mapping[str, TypeNode]

    def values(self, given: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """Return the variables that the parameters of an address give; a list is a name given many times.

        Raises:
            RefusedError: a parameter that the query has no variable for.
        """
        found: dict[str, Any] = {}
        for name, text in given:
            if name not in self.variables:
                raise not_found("variable", name, self.variables)
            type_ = _nullable(self.variables[name])
            if isinstance(type_, ListTypeNode):
                found.setdefault(name, []).append(_value(text, type_.type))
            else:
                found[name] = _value(text, type_)
        return found


def load(own: Path | None) -> Mapping[str, NamedQuery]:
    """Return the shipped queries and those of the folder `own`, by name, sorted.

    Raises:
        RefusedError: a file that does not hold exactly one query.
        OSError: the folder cannot be read.
    """
    shipped = files("api.graphql").joinpath("queries")
    found = {each.name: each for folder in (shipped, own) if folder for each in _read(folder)}
    return dict(sorted(found.items()))


def _read(folder: Traversable) -> Iterator[NamedQuery]:
    for file in folder.iterdir():
        if file.name.endswith(_ENDING):
            yield _query(file.name.removesuffix(_ENDING), file.read_text(encoding="utf-8"))


def _query(name: str, text: str) -> NamedQuery:
    try:
        document = parse(text)
    except GraphQLError as error:
        raise RefusedError("BAD_INPUT", f"{name}{_ENDING}: {error.message}") from error
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if [each.operation for each in operations] != [OperationType.QUERY]:
        raise RefusedError("BAD_INPUT", f"{name}{_ENDING}: expected exactly one query")
    variables = {
        each.variable.name.value: each.type
        for operation in operations
        for each in operation.variable_definitions or ()
    }
    return NamedQuery(name, text, " ".join(_comment(text)), variables)


def _comment(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.startswith("#"):
            return
        yield line.removeprefix("#").strip()


def _nullable(type_: TypeNode) -> TypeNode:
    return type_.type if isinstance(type_, NonNullTypeNode) else type_


def _value(text: str, type_: TypeNode) -> Any:
    named = _nullable(type_)
    if isinstance(named, NamedTypeNode) and named.name.value in _TEXTS:
        return text
    try:
        return json.loads(text)
    except ValueError:  # the name of an enum's value
        return text

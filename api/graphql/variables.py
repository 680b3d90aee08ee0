"""The variables of an operation: those that come as plain as their types ask need no coercion.

Most clients send strings, numbers and truth values for variables of just these types. Whatever else comes,
GraphQL's own coercion judges.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from graphql import (
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    VariableDefinitionNode,
    get_variable_values,
)
from graphql.execution.values import VariableValues

INT_MAX = 2**31
_PLAIN: Mapping[str, type] = {"String": str, "ID": str, "Int": int, "Boolean": bool}


class WrongVariablesError(Exception):
    """The variables do not fit the operation; the ordinary executor says how."""


class Signature:
    """What an operation takes."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self.schema = schema
        self.definitions = operation.variable_definitions or ()
        plain = {each.variable.name.value: _plain(each) for each in self.definitions}
        self.plain = {name: class_ for name, class_ in plain.items() if class_ is not None}

    def read(self, raw: Mapping[str, Any]) -> "Variables":
        """Return the values of a request.

        Raises:
            WrongVariablesError: they do not fit.
        """
        if len(self.plain) == len(self.definitions):
            coerced = {}
            for name, class_ in self.plain.items():
                value: Any = raw.get(name)
                if type(value) is not class_ or (class_ is int and _is_large(value)):
                    break
                coerced[name] = value
            else:
                return Variables(self, raw, coerced)
        found = Variables(self, raw, {})
        found.coerced = found.whole.coerced
        return found


class Variables:
    """The values of one request, coerced: `whole` is what GraphQL makes of them."""

    __slots__ = ("__dict__", "coerced", "raw", "signature")

    def __init__(self, signature: Signature, raw: Mapping[str, Any], coerced: dict[str, Any]) -> None:
        self.signature = signature
        self.raw = raw
        self.coerced = coerced

    @cached_property
    def whole(self) -> VariableValues:
        """The values with where they come from.

        Raises:
            WrongVariablesError: they do not fit.
        """
        found = get_variable_values(self.signature.schema, self.signature.definitions, dict(self.raw))
        if not isinstance(found, VariableValues):
            raise WrongVariablesError
        return found


def _is_large(value: Any) -> bool:
    return not -INT_MAX <= value < INT_MAX


def _plain(definition: VariableDefinitionNode) -> type | None:
    type_ = definition.type
    named = type_.type if isinstance(type_, NonNullTypeNode) else type_
    return _PLAIN.get(named.name.value) if isinstance(named, NamedTypeNode) else None

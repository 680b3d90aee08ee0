"""What a document may ask for: counted before anything runs.

`tokens` are limited by the parser itself; `depth`, `aliases` and `directives` are counted in the document
with its fragments filled in; `cost` counts the fields that an execution may have to answer, from the sizes
of pages that the document asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    Visitor,
    get_named_type,
    get_nullable_type,
    visit,
)

from api.graphql.relay import DEFAULT_PAGE
from ontology.errors import TooCostlyError, TooLargeError

# How long a list without pages (`labels`, `steps`, `sections`) is taken to be.
ASSUMED_LIST = 10
# An evaluation does the work of so many fields.
EVALUATION = 500
# The arguments that say how many objects a field yields.
_SIZES = frozenset({"first", "last", "ids", "scenarios", "vary"})
# The fields that evaluate, and how often where the document does not say.
_EVALUATIONS: Mapping[str, int] = {
    "evaluate": 1,
    "compare": 2,
    "evaluateAll": ASSUMED_LIST,
    "sweep": ASSUMED_LIST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one document."""

    tokens: int = 2_000
    depth: int = 16
    aliases: int = 100
    directives: int = 100
    cost: int = 250_000


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a selection amounts to, with its fragments filled in."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: "_Shape") -> "_Shape":
        return _Shape(
            max(self.depth, other.depth),
            self.aliases + other.aliases,
            self.directives + other.directives,
        )


def check_shape(document: DocumentNode, limits: Limits) -> None:
    """Refuse a document that is too deep, or has too many aliases or directives.

    Runs before validation, so fragments may be missing or go in circles here.

    Raises:
        TooLargeError: one of the limits is passed.
    """
    measure = _Measure(_fragments(document))
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            shape = measure.of(definition.selection_set)
            for name, most in (
                ("depth", limits.depth),
                ("aliases", limits.aliases),
                ("directives", limits.directives),
            ):
                found = getattr(shape, name)
                if found > most:
                    raise TooLargeError(f"the query has {name} {found}, the limit is {most}")


class _Measure:
    """Measures selections, each fragment once, however often it is spread: spreads may double each step."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.fragments = fragments
        self.known: dict[str, _Shape] = {}

    def of(self, selection: SelectionSetNode) -> _Shape:
        found = _Shape()
        for node in selection.selections:
            found = found.beside(self._node(node))
        return found

    def _node(self, node: SelectionNode) -> _Shape:
        own = _Shape(directives=len(node.directives or ()))
        if isinstance(node, FragmentSpreadNode):
            return own.beside(self._fragment(node.name.value))
        if isinstance(node, FieldNode):
            own = own.beside(_Shape(depth=1, aliases=int(node.alias is not None)))
            # introspection is deep by nature, and validation limits it
            if node.selection_set is None or node.name.value.startswith("__"):
                return own
            inner = self.of(node.selection_set)
            return own.beside(_Shape(inner.depth + 1, inner.aliases, inner.directives))
        if isinstance(node, InlineFragmentNode):
            return own.beside(self.of(node.selection_set))
        return own

    def _fragment(self, name: str) -> _Shape:
        if name not in self.known:
            self.known[name] = _Shape()  # what a fragment that spreads itself adds to itself
            if name in self.fragments:
                self.known[name] = self.of(self.fragments[name].selection_set)
        return self.known[name]


def cost(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> int:
    """Return how many fields the operation may have to answer. The document must be valid."""
    root = schema.get_root_type(operation.operation)
    counted = _Cost(schema, _fragments(document), {**_defaults(operation), **variables})
    return counted.of(operation.selection_set, root, 1, DEFAULT_PAGE) if root else 0


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    """Return the defaults of variables that may be sizes."""
    found: dict[str, Any] = {}
    for each in operation.variable_definitions or ():
        match each.default_value:
            case IntValueNode(value=number):
                found[each.variable.name.value] = int(number)
            case ListValueNode(values=items):
                found[each.variable.name.value] = items
    return found


def sizes(document: DocumentNode) -> tuple[str, ...]:
    """Return the names of the variables on whose values the cost depends, sorted."""
    found: set[str] = set()

    class Variables(Visitor):
        def enter_variable(self, node: VariableNode, *_: Any) -> None:
            found.add(node.name.value)

    class Arguments(Visitor):
        def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
            if node.name.value in _SIZES:
                visit(node.value, Variables())

    visit(document, Arguments())
    return tuple(sorted(found))


def size(value: Any) -> int | None:
    """Return what of a variable's value the cost depends on: a number, or how many a list stands for.

    The axes of a sweep stand for each combination of their values.
    """
    if not isinstance(value, list):
        return value if isinstance(value, int) else None
    axes = [each["values"] for each in value if isinstance(each, Mapping) and "values" in each]
    return prod(len(each) for each in axes if isinstance(each, list)) if axes else len(value)


def check_cost(found: int, limits: Limits) -> None:
    """Refuse a costly operation.

    Raises:
        TooCostlyError: the cost is above the limit.
    """
    if found > limits.cost:
        message = f"the query may answer {found} fields, the limit is {limits.cost}: ask for smaller pages"
        raise TooCostlyError(message)


class _Cost:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self.types = schema.type_map
        self.fragments = fragments
        self.variables = variables
        self.known: dict[tuple[str, int, int], int] = {}

    def of(self, selection: SelectionSetNode, type_: GraphQLNamedType, times: int, size: int) -> int:
        """Return the cost of a selection answered `times`; `size` is that of the page it is about."""
        total = 0
        for node in selection.selections:
            if isinstance(node, FragmentSpreadNode):
                total += self._fragment(node.name.value, times, size)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = self.types[condition.name.value] if condition else type_
                total += self.of(node.selection_set, inner, times, size)
            elif isinstance(node, FieldNode) and not node.name.value.startswith("__"):
                total += self._field(node, type_, times, size)
        return total

    def _fragment(self, name: str, times: int, size: int) -> int:
        key = name, times, size
        if key not in self.known:
            fragment = self.fragments[name]
            type_ = self.types[fragment.type_condition.name.value]
            self.known[key] = self.of(fragment.selection_set, type_, times, size)
        return self.known[key]

    def _field(self, node: FieldNode, type_: GraphQLNamedType, times: int, size: int) -> int:
        if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            return times
        field = type_.fields[node.name.value]
        runs = self._runs(node)
        own = EVALUATION * runs if runs else 1
        length = self._length(node, field, type_, size)
        if node.selection_set is None:
            return times * own
        page = runs or self._page(node, field)
        return times * own + self.of(node.selection_set, get_named_type(field.type), times * length, page)

    def _runs(self, node: FieldNode) -> int:
        """Return how many scenarios the field evaluates."""
        given = {each.name.value: each.value for each in node.arguments or ()}
        for name in ("scenarios", "vary"):
            if name in given and node.name.value in _EVALUATIONS:
                return size(self._value(given[name])) or 0
        return _EVALUATIONS.get(node.name.value, 0)

    def _length(self, node: FieldNode, field: GraphQLField, type_: GraphQLNamedType, size: int) -> int:
        """Return how many objects the field yields: a page's items, a list's, or one."""
        if not isinstance(get_nullable_type(field.type), GraphQLList):
            return 1
        if type_.name.endswith("Connection") or type_.name == "Sweep":
            return size
        for argument in node.arguments or ():
            if argument.name.value in ("ids", "scenarios"):
                return len(self._value(argument.value) or ())
        return ASSUMED_LIST

    def _page(self, node: FieldNode, field: GraphQLField) -> int:
        if "first" not in field.args:
            return DEFAULT_PAGE
        given = {each.name.value: self._value(each.value) for each in node.arguments or ()}
        sizes = [given[name] for name in ("first", "last") if isinstance(given.get(name), int)]
        return max(0, min(sizes, default=DEFAULT_PAGE))

    def _value(self, node: ValueNode) -> Any:
        match node:
            case VariableNode():
                return self.variables.get(node.name.value)
            case IntValueNode():
                return int(node.value)
            case ListValueNode():
                return [self._value(each) for each in node.values]
            case ObjectValueNode():
                return {each.name.value: self._value(each.value) for each in node.fields}
        return None


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }

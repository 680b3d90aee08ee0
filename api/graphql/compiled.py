"""Operations compiled: one Python function that answers a validated operation as the executor would.

The ordinary executor decides anew, for each object and field, what the schema and the document already
settle. Here it is settled once: each selection becomes a function that calls the resolvers and returns a
dict, with the type of every leaf checked. Whatever is not plain sailing (a null that must not be, a leaf of
another type, an exception) raises, and the caller runs the ordinary executor, whose answer counts: it is the
fall-back, and in the tests the oracle. Resolvers only read, so running one twice does no harm.

Fragments and constant directives are resolved at compile time, those on variables by compiling a variant for
each combination of their values.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    get_argument_values,
    get_nullable_type,
    visit,
)
from graphql.execution.values import VariableValues
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from api.graphql.attributes import ATTRIBUTE, SEVERAL, TEXTS
from api.graphql.languages import ENGLISH
from api.graphql.variables import INT_MAX, Variables

_DEFINITION = "strawberry-definition"
_LEAVES = {"String": str, "ID": str, "Boolean": bool}
_PLAIN = frozenset({*_LEAVES, "Int"})


class NotCompiledError(Exception):
    """The operation uses something that only the ordinary executor knows."""


class UnexpectedError(Exception):
    """A value that only the ordinary executor can judge."""


Run = Callable[[Any, Sequence[Mapping[str, Any]]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Root:
    """What resolvers of the root take for `info`: they ask for nothing but the context."""

    context: Any


@dataclass(frozen=True, slots=True)
class Slot:
    """The arguments of one field that depend on variables: the same for every object, so made once a run.

    Where every variable stands alone for an argument of its own plain type, `taken` says which argument takes
    which variable, beside the `constant` ones; else it is None, and GraphQL reads the arguments.
    """

    field: GraphQLField
    node: FieldNode
    constant: Mapping[str, Any]
    taken: Mapping[str, str] | None

    def arguments(self, schema: strawberry.Schema, variables: Variables) -> Mapping[str, Any]:
        """Return the arguments as the resolver takes them."""
        if self.taken is not None:
            found = {name: variables.coerced.get(given) for name, given in self.taken.items()}
            if None not in found.values():
                return {**self.constant, **found}
        return _arguments(schema, self.field, self.node, variables.whole)


@dataclass(frozen=True, slots=True)
class Compiled:
    """An operation that runs."""

    schema: strawberry.Schema
    run: Run
    slots: tuple[Slot, ...]

    def __call__(self, context: Any, variables: Variables) -> dict[str, Any]:
        """Return the response's `data`.

        Raises:
            Exception: whatever goes wrong; the ordinary executor knows how to report it.
        """
        arguments = [each.arguments(self.schema, variables) for each in self.slots]
        return self.run(Root(context), arguments)


def conditions(document: DocumentNode) -> tuple[str, ...]:
    """Return the names of the variables that `@skip` and `@include` depend on, sorted."""
    found: set[str] = set()

    class Collector(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
            for argument in node.arguments or ():
                if isinstance(argument.value, VariableNode):
                    found.add(argument.value.name.value)

    visit(document, Collector())
    return tuple(sorted(found))


def compile_operation(
    schema: strawberry.Schema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    included: Mapping[str, bool],
) -> Compiled:
    """Return a valid operation as a function; `included` are the values of its `conditions`.

    Raises:
        NotCompiledError: the operation uses something that is not compiled.
    """
    return _Compiler(schema, document, included).compile(operation)


class _Compiler:
    def __init__(
        self, schema: strawberry.Schema, document: DocumentNode, included: Mapping[str, bool]
    ) -> None:
        self.schema = schema
        self.graphql = schema._schema  # noqa: SLF001 - strawberry has no other name for it
        self.included = included
        self.fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self.names: dict[str, Any] = {
            "checked": _checked,
            "whole": _whole,
            "items": _items,
            "int32": _int32,
            "ints": _ints,
        }
        self.lines: list[str] = []
        self.depth = 0
        self.slots: list[Slot] = []

    def compile(self, operation: OperationDefinitionNode) -> Compiled:
        root = self.graphql.get_root_type(operation.operation)
        if root is None:
            raise NotCompiledError("no root type")
        name = self.selection(root, [operation.selection_set])
        # the text holds names of the schema, numbers, and response keys as string literals
        exec(compile("\n".join(self.lines), "<graphql>", "exec"), self.names)  # noqa: S102
        return Compiled(self.schema, self.names[name], tuple(self.slots))

    def bind(self, value: Any, prefix: str) -> str:
        """Give a value a name that the compiled text can use."""
        name = f"{prefix}{len(self.names)}"
        self.names[name] = value
        return name

    def selection(self, type_: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> str:
        """Compile a selection on an object type; return its function's name."""
        shown = self.shown(type_, sets, "o")
        name = self.bind(None, "select")
        self.lines.append(f"def {name}(o, A): return {shown}")
        return name

    def shown(self, type_: GraphQLObjectType, sets: Iterable[SelectionSetNode], o: str) -> str:
        """Return the expression of what a selection makes of the object in the variable `o`."""
        fields: dict[str, list[FieldNode]] = {}
        for each in sets:
            self.collect(type_, each, fields)
        items = [f"{key!r}: {self.field(type_, nodes, o)}" for key, nodes in fields.items()]
        return f"{{{', '.join(items)}}}"

    def collect(
        self, type_: GraphQLObjectType, selection: SelectionSetNode, into: dict[str, list[FieldNode]]
    ) -> None:
        """Gather the fields of a selection by response key, fragments filled in.

        Source: GraphQL specification, section 6.3.2 (CollectFields).
        """
        for node in selection.selections:
            if not self.is_included(node.directives or ()):
                continue
            if isinstance(node, FieldNode):
                into.setdefault((node.alias or node.name).value, []).append(node)
                continue
            if isinstance(node, FragmentSpreadNode):
                fragment: FragmentDefinitionNode | InlineFragmentNode = self.fragments[node.name.value]
            elif isinstance(node, InlineFragmentNode):
                fragment = node
            else:
                raise NotCompiledError(node.kind)
            if self.applies(fragment, type_):
                self.collect(type_, fragment.selection_set, into)

    def applies(
        self, fragment: FragmentDefinitionNode | InlineFragmentNode, type_: GraphQLObjectType
    ) -> bool:
        condition = fragment.type_condition
        names = {type_.name, *(each.name for each in type_.interfaces)}
        return condition is None or condition.name.value in names

    def is_included(self, directives: Iterable[DirectiveNode]) -> bool:
        for directive in directives:
            if directive.name.value not in ("skip", "include"):
                raise NotCompiledError(directive.name.value)
            (argument,) = directive.arguments or ()
            value = argument.value
            if isinstance(value, VariableNode):
                holds = self.included[value.name.value]
            elif isinstance(value, BooleanValueNode):
                holds = value.value
            else:
                raise NotCompiledError(value.kind)
            if holds is (directive.name.value == "skip"):
                return False
        return True

    def field(self, type_: GraphQLObjectType, nodes: list[FieldNode], o: str) -> str:
        """Return the expression of one field's completed value."""
        name = nodes[0].name.value
        if name == "__typename":
            return repr(type_.name)
        if name not in type_.fields:
            raise NotCompiledError(name)
        field = type_.fields[name]
        metadata = field.extensions[_DEFINITION].metadata
        sets = [each.selection_set for each in nodes if each.selection_set]
        if ATTRIBUTE in metadata:
            return self.read(field.type, f"{o}.{metadata[ATTRIBUTE]}", sets)
        if TEXTS in metadata and not _has_variables(nodes[0]):
            return self.text(field, nodes[0], f"{o}.{metadata[TEXTS]}")
        return self.completed(field.type, self.resolved(type_, field, nodes[0], o), sets)

    def read(
        self, type_: GraphQLOutputType, value: str, sets: list[SelectionSetNode], *, required: bool = False
    ) -> str:
        """Return the expression of an attribute; an enum's value is looked up without making its member."""
        if isinstance(type_, GraphQLNonNull):
            return self.read(type_.of_type, value, sets, required=True)
        if isinstance(type_, GraphQLEnumType):
            return f"{self.bind({each.value: name for name, each in type_.values.items()}, 'names')}[{value}]"
        if isinstance(type_, GraphQLScalarType) and type_.name in _LEAVES:
            return value  # of the class that its struct declares, which msgspec checked when it was read
        return self.completed(type_, value, sets, required=required)

    def text(self, field: GraphQLField, node: FieldNode, texts: str) -> str:
        """Return the expression of the first of `texts` in the languages that the document names."""
        given = _arguments(self.schema, field, node, None)
        found = " or ".join(f"{texts}.get({each.value!r})" for each in given.get("lang", ENGLISH))
        several = field.extensions[_DEFINITION].metadata[SEVERAL]
        return f"(v[0] if (v := {found or None}) else None)" if several else f"({found or None} or None)"

    def resolved(self, type_: GraphQLObjectType, field: GraphQLField, node: FieldNode, o: str) -> str:
        definition: StrawberryField = field.extensions[_DEFINITION]
        resolver = definition.base_resolver
        if resolver is None:
            return f"{o}.{definition.python_name}"
        given = self.arguments(field, node)
        if resolver.info_parameter is None:
            return f"{self.bind(resolver.wrapped_func, 'resolve')}({o}{given})"
        if type_ is not self.graphql.query_type:
            raise NotCompiledError("info below the root")
        return f"{self.bind(resolver.wrapped_func, 'resolve')}(None, info={o}{given})"

    def arguments(self, field: GraphQLField, node: FieldNode) -> str:
        if not field.args:
            return ""
        if _has_variables(node):
            self.slots.append(self.slot(field, node))
            return f", **A[{len(self.slots) - 1}]"
        constant = _arguments(self.schema, field, node, None)
        return f", **{self.bind(constant, 'given')}" if constant else ""

    def slot(self, field: GraphQLField, node: FieldNode) -> Slot:
        """Return how the arguments of a field with variables are made in each run."""
        definition: StrawberryField = field.extensions[_DEFINITION]
        python_names = {
            self.schema.config.name_converter.get_graphql_name(each): each.python_name
            for each in definition.arguments
        }
        taken: dict[str, str] = {}
        constant: list[ArgumentNode] = []
        for given in node.arguments or ():
            name = given.name.value
            if isinstance(given.value, VariableNode) and _is_plain(field.args[name].type):
                taken[python_names[name]] = given.value.name.value
            else:
                constant.append(given)
        if any(_has_variables(each) for each in constant):
            return Slot(field, node, {}, None)
        left = {name for name in field.args if python_names[name] not in taken}
        # what is required and comes from a variable is left out of the constant part
        part = GraphQLField(field.type, args={n: field.args[n] for n in left}, extensions=field.extensions)
        plain = FieldNode(name=node.name, arguments=tuple(constant))
        return Slot(field, node, _arguments(self.schema, part, plain, None), taken)

    def completed(
        self, type_: GraphQLOutputType, value: str, sets: list[SelectionSetNode], *, required: bool = False
    ) -> str:
        """Return the expression that completes the expression `value`, as the type asks."""
        if isinstance(type_, GraphQLNonNull):
            return self.completed(type_.of_type, value, sets, required=True)
        if isinstance(type_, GraphQLScalarType):
            return self.scalar(type_, value, required)
        if isinstance(type_, GraphQLEnumType):
            return self.enum(type_, value, required)
        if isinstance(type_, GraphQLList):
            if not required:
                raise NotCompiledError("a list that may be null")
            return self.items(type_.of_type, value, sets)
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            return self.object(type_, value, sets, required)
        raise NotCompiledError(str(type_))

    def object(
        self,
        type_: GraphQLObjectType | GraphQLInterfaceType,
        value: str,
        sets: list[SelectionSetNode],
        required: bool,
    ) -> str:
        """Return the expression of an object, shown where it stands if it may be null."""
        if isinstance(type_, GraphQLObjectType) and not required:
            self.depth += 1
            found = f"o{self.depth}"
            return f"(None if ({found} := {value}) is None else {self.shown(type_, sets, found)})"
        if isinstance(type_, GraphQLObjectType):
            name = self.selection(type_, sets)
        else:
            name = self.dispatch(type_, sets)
        return (
            f"{name}(checked({value}), A)"
            if required
            else f"(None if (v := {value}) is None else {name}(v, A))"
        )

    def items(self, type_: GraphQLOutputType, value: str, sets: list[SelectionSetNode]) -> str:
        """Return the expression of a list; objects that may not be null are shown where they stand."""
        if _is_int(type_):
            return f"ints({value})"
        self.depth += 1
        depth = self.depth
        item = f"i{depth}"
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else None
        shown = self.shown(inner, sets, item) if isinstance(inner, GraphQLObjectType) else ""
        # reading an attribute of a null fails as it should; what reads none has to look
        if f"{item}." not in shown:
            shown = self.completed(type_, item, sets)
        source = f"{item}.source."
        if shown.count(source) > 1:  # looked up once for each item
            shown = shown.replace(source, f"s{depth}.")
            return f"[{shown} for {item} in items({value}) for s{depth} in [{source[:-1]}]]"
        return f"[{shown} for {item} in items({value})]"

    def scalar(self, type_: GraphQLScalarType, value: str, required: bool) -> str:
        if type_.name in _LEAVES:
            class_ = _LEAVES[type_.name].__name__
            return f"(v if (v := {value}).__class__ is {class_} else whole(v, {required}))"
        if type_.name == "Int":
            return f"int32({value}, {required})"
        if type_.name == "JSON":
            return f"checked({value})" if required else value
        raise NotCompiledError(type_.name)

    def enum(self, type_: GraphQLEnumType, value: str, required: bool) -> str:
        by_value = {each.value: name for name, each in type_.values.items()}
        class_ = getattr(type_, "wrapped_cls", None)
        if class_ is None:
            raise NotCompiledError(type_.name)
        names = self.bind({member: by_value[member.value] for member in class_}, "names")
        bound = self.bind(class_, "Enum")
        return f"({names}[v] if (v := {value}).__class__ is {bound} else whole(v, {required}))"

    def dispatch(self, type_: GraphQLInterfaceType, sets: list[SelectionSetNode]) -> str:
        """Compile a selection for each type of an interface; return who takes that of the object's class."""
        possible = self.graphql.get_possible_types(type_)
        selections = {each.extensions[_DEFINITION].origin: self.selection(each, sets) for each in possible}
        table = self.bind({}, "types")
        for class_, name in selections.items():
            self.lines.append(f"{table}[{self.bind(class_, 'Class')}] = {name}")
        name = self.bind(None, "dispatch")
        self.lines.append(f"def {name}(o, A): return {table}[o.__class__](o, A)")
        return name


def _arguments(
    schema: strawberry.Schema, field: GraphQLField, node: FieldNode, variables: VariableValues | None
) -> Mapping[str, Any]:
    """Return the arguments as the resolver takes them: coerced by GraphQL, then made ours by strawberry."""
    definition: StrawberryField = field.extensions[_DEFINITION]
    return convert_arguments(
        get_argument_values(field, node, variables),
        definition.arguments,
        scalar_registry=schema.schema_converter.scalar_registry,
        config=schema.config,
    )


def _is_plain(type_: GraphQLInputType) -> bool:
    """Whether a variable's value, once of this type, is the argument as the resolver takes it."""
    return getattr(get_nullable_type(type_), "name", "") in _PLAIN


def _has_variables(node: FieldNode | ArgumentNode) -> bool:
    found: list[str] = []

    class Collector(Visitor):
        def enter_variable(self, each: VariableNode, *_: Any) -> None:
            found.append(each.name.value)

    for argument in (node.arguments or ()) if isinstance(node, FieldNode) else (node,):
        visit(argument, Collector())
    return bool(found)


def _checked(value: Any) -> Any:
    if value is None:
        raise UnexpectedError
    return value


def _whole(value: Any, required: bool) -> None:
    """Let a null pass where one may be; a leaf of another class is for the ordinary executor to coerce."""
    if value is not None or required:
        raise UnexpectedError


def _int32(value: Any, required: bool) -> int | None:
    if value.__class__ is int and -INT_MAX <= value < INT_MAX:
        return int(value)
    _whole(value, required)
    return None


def _is_int(type_: GraphQLOutputType) -> bool:
    return isinstance(type_, GraphQLNonNull) and getattr(type_.of_type, "name", "") == "Int"


def _ints(value: Any) -> list[int]:
    found = [*_items(value)]
    for each in found:
        if each.__class__ is not int or not -INT_MAX <= each < INT_MAX:
            raise UnexpectedError
    return found


def _items(value: Any) -> Sequence[Any]:
    if value.__class__ not in (list, tuple):
        raise UnexpectedError
    found: Sequence[Any] = value
    return found

"""Documents run against one graph version: parsed and validated once, limited, then executed.

A document's text is its key: whoever sends it again pays only for the execution. What is wrong with a
request is told apart from what went wrong while it ran, because HTTP answers them differently.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from inspect import isawaitable
from threading import Lock
from typing import Any, cast

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    Visitor,
    execute_sync,
    get_operation_ast,
    parse,
    subscribe,
    validate,
    visit,
)

from api.graphql.compiled import Compiled, NotCompiledError, compile_operation, conditions
from api.graphql.limits import Limits, check_cost, check_shape, cost, size, sizes
from api.graphql.schema import SCHEMA
from api.graphql.variables import Signature, WrongVariablesError
from api.graphql.windows import Windows
from api.problems import RefusedError, problem
from ontology.errors import TooCostlyError

MAX_DOCUMENTS = 1_000
MAX_DOCUMENT_LENGTH = 100_000
# what graphql-core's parser says where it stops; the error has no class of its own
_TOO_MANY_TOKENS = "tokens. Parsing aborted"
MAX_ERRORS = 10
MAX_VARIANTS = 32
# Fields that may take more than a few milliseconds.
SLOW = frozenset({"evaluate", "evaluateAll", "sweep", "compare", "search", "flashcards", "path", "mutation"})

_NOT_STREAMED = "a subscription is answered over graphql-transport-ws, or as text/event-stream"

_LOG = logging.getLogger("kubelore.graphql")
# strawberry's own executor validates anew at each request and asks its extensions at each step
_GRAPHQL: GraphQLSchema = SCHEMA._schema  # noqa: SLF001 - strawberry has no other name for it


def _anyone() -> None:
    """Let a change be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A request as GraphQL sees it."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The response document; `refused` says that nothing was executed, because the request is wrong."""

    body: Mapping[str, Any]
    refused: bool


@dataclass(frozen=True)
class _Prepared:
    """A document, None where it does not even parse, what is wrong with it, and its compiled forms."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()
    conditions: tuple[str, ...] = ()
    # by operation and the sizes that variables give to its pages
    sizes: tuple[str, ...] = ()
    costs: dict[tuple[Any, ...], int] = field(default_factory=dict)
    # by operation and the values of the conditions; None where it cannot be compiled
    variants: dict[tuple[Any, ...], Compiled | None] = field(default_factory=dict)
    # by operation
    signatures: dict[str, Signature] = field(default_factory=dict)
    operations: dict[str | None, OperationDefinitionNode | None] = field(default_factory=dict)

    @cached_property
    def slow(self) -> bool:
        """Whether a field that may take more than a few milliseconds is asked for."""
        return self.document is not None and bool(SLOW & _fields(self.document))

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """Return the operation that a request means; None for none, or one of several without a name."""
        if self.document is None:
            return None
        if name not in self.operations and len(self.operations) < MAX_VARIANTS:
            self.operations[name] = get_operation_ast(self.document, name)
        return self.operations.get(name)

    def signature(self, operation: OperationDefinitionNode) -> Signature:
        """Return what an operation takes."""
        name = operation.name.value if operation.name else ""
        found = self.signatures.get(name)
        if found is None:
            found = self.signatures[name] = Signature(_GRAPHQL, operation)
        return found


class Executor:
    """Runs documents, and remembers those that it has checked, compiled.

    `fallbacks` counts the runs that the ordinary executor had to answer; with `compiles` off it answers all.
    """

    def __init__(self, limits: Limits | None = None, *, compiles: bool = True) -> None:
        self._limits = limits or Limits()
        self._compiles = compiles
        self.fallbacks = 0
        self._known: OrderedDict[str, _Prepared] = OrderedDict()
        self._lock = Lock()

    def execute(
        self,
        asked: Operation,
        windows: Windows,
        *,
        read_only: bool = False,
        admit_change: Callable[[], None] = _anyone,
    ) -> Answer:
        """Answer one request from one graph version. `admit_change` refuses who may not change anything.

        Raises:
            RefusedError: `read_only`, and the operation does more than read; or it may not change anything.
        """
        prepared = self._prepare(asked.query)
        if prepared.document is None:
            return _refused(prepared.errors)
        operation = get_operation_ast(prepared.document, asked.name)
        if read_only and operation and operation.operation is not OperationType.QUERY:
            message = f"a {operation.operation.value} is not run over GET"
            raise RefusedError("BAD_INPUT", message, status=HTTPStatus.METHOD_NOT_ALLOWED)
        refusal = self._refusal(prepared, operation, asked)
        if refusal or operation is None:
            return _refused(refusal)
        if operation.operation is OperationType.SUBSCRIPTION:
            return _refused([GraphQLError(_NOT_STREAMED)])
        if operation.operation is OperationType.MUTATION:
            admit_change()
            return _answer(self._run(prepared.document, asked, windows))
        data = self._run_compiled(prepared, operation, asked, windows) if self._compiles else None
        if data is not None:
            return Answer(body={"data": data}, refused=False)
        return _answer(self._run(prepared.document, asked, windows))

    def _run(self, document: DocumentNode, asked: Operation, windows: Windows) -> ExecutionResult:
        return execute_sync(
            _GRAPHQL,
            document,
            context_value=windows,
            variable_values=dict(asked.variables),
            operation_name=asked.name,
        )

    def quick(self, asked: Operation, windows: Windows) -> dict[str, Any] | None:
        """Return the data of an operation whose document is known, compiled, and quick to run.

        None for any other, and where anything goes wrong: `execute` answers all of them.
        """
        prepared = self._known.get(asked.query)
        if prepared is None or prepared.slow or prepared.document is None:
            return None
        operation = prepared.operation(asked.name)
        if operation is None or operation.operation is not OperationType.QUERY:
            return None
        try:
            check_cost(_cost(prepared, operation, asked), self._limits)
        except TooCostlyError:
            return None
        return self._run_compiled(prepared, operation, asked, windows)

    async def stream(
        self, asked: Operation, windows: Windows, *, admit_change: Callable[[], None] = _anyone
    ) -> AsyncGenerator[Answer, None]:
        """Yield the answers to a subscription as they come; to any other operation its one answer.

        A subscription's `windows` have to be live. Closing the iterator ends the subscription.
        """
        prepared = self._prepare(asked.query)
        operation = get_operation_ast(prepared.document, asked.name) if prepared.document else None
        if operation is None or operation.operation is not OperationType.SUBSCRIPTION:
            try:
                yield await asyncio.to_thread(self.execute, asked, windows, admit_change=admit_change)
            except RefusedError as error:
                yield _refused([_wrapped(error)])
            return
        refusal = self._refusal(prepared, operation, asked)
        if refusal or prepared.document is None:
            yield _refused(refusal)
            return
        found = subscribe(
            _GRAPHQL,
            prepared.document,
            context_value=windows,
            variable_values=dict(asked.variables),
            operation_name=asked.name,
        )
        source = await found if isawaitable(found) else found
        if isinstance(source, ExecutionResult):
            yield _answer(source)
            return
        # what `subscribe` returns is a generator, though it does not say so
        async with aclosing(cast(AsyncGenerator[ExecutionResult, None], source)) as results:
            try:
                async for result in results:
                    yield _answer(result)
            except Exception as error:  # noqa: BLE001 - the source failed: the last answer says why
                yield Answer(body={"data": None, "errors": [_error(_wrapped(error))]}, refused=False)

    def _refusal(
        self, prepared: _Prepared, operation: OperationDefinitionNode | None, asked: Operation
    ) -> Sequence[GraphQLError]:
        """Return why nothing is executed; nothing where all is well."""
        if prepared.errors:
            return prepared.errors
        if operation is None:
            return [GraphQLError(_no_operation(asked.name))]
        try:
            check_cost(_cost(prepared, operation, asked), self._limits)
        except Exception as error:  # noqa: BLE001 - worded like every other error
            return [_wrapped(error)]
        return ()

    def _run_compiled(
        self, prepared: _Prepared, operation: OperationDefinitionNode, asked: Operation, windows: Windows
    ) -> dict[str, Any] | None:
        """Return the data of a run without any error, None where the ordinary executor has to answer."""
        if prepared.document is None:
            return None
        try:
            variables = prepared.signature(operation).read(asked.variables)
        except WrongVariablesError:
            return None
        included = {name: bool(variables.coerced.get(name)) for name in prepared.conditions}
        variant = asked.name, *included.values()
        if variant not in prepared.variants and len(prepared.variants) < MAX_VARIANTS:
            prepared.variants[variant] = _compile(prepared.document, operation, included)
        compiled = prepared.variants.get(variant)
        if compiled is None:
            self.fallbacks += 1
            return None
        try:
            return compiled(windows, variables)
        except Exception:  # noqa: BLE001 - the ordinary executor reports it, with its path
            self.fallbacks += 1
            return None

    def _prepare(self, query: str) -> _Prepared:
        with self._lock:
            known = self._known.get(query)
            if known is not None:
                self._known.move_to_end(query)
                return known
        prepared = _prepare(query, self._limits)
        if not prepared.errors:
            with self._lock:
                self._known[query] = prepared
                if len(self._known) > MAX_DOCUMENTS:
                    self._known.popitem(last=False)
        return prepared


def _prepare(query: str, limits: Limits) -> _Prepared:
    if len(query) > MAX_DOCUMENT_LENGTH:
        message = f"the query has {len(query)} characters, the limit is {MAX_DOCUMENT_LENGTH}"
        return _Prepared(None, (_wrapped(RefusedError("TOO_LARGE", message)),))
    try:
        document = parse(query, max_tokens=limits.tokens)
        check_shape(document, limits)
        errors = validate(_GRAPHQL, document, max_errors=MAX_ERRORS, allow_empty_selection_sets=False)
    except GraphQLError as error:
        if _TOO_MANY_TOKENS in error.message:
            message = f"the document has more than {limits.tokens} tokens"
            error = _wrapped(RefusedError("TOO_LARGE", message))
        return _Prepared(None, (error,))
    except Exception as error:  # noqa: BLE001 - too deep for the parser, or one of our limits
        return _Prepared(None, (_wrapped(error),))
    if errors:
        return _Prepared(document, tuple(errors))
    return _Prepared(document, conditions=conditions(document), sizes=sizes(document))


def _cost(prepared: _Prepared, operation: OperationDefinitionNode, asked: Operation) -> int:
    """Return what an operation may cost, reckoned once for each size of its pages."""
    key = asked.name, *(size(asked.variables.get(name)) for name in prepared.sizes)
    known = prepared.costs.get(key)
    if known is None and prepared.document is not None:
        known = cost(_GRAPHQL, prepared.document, operation, asked.variables)
        if len(prepared.costs) < MAX_VARIANTS:
            prepared.costs[key] = known
    return known or 0


def _fields(document: DocumentNode) -> set[str]:
    found: set[str] = set()

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            found.add(node.name.value)

    visit(document, Fields())
    return found


def _compile(
    document: DocumentNode, operation: OperationDefinitionNode, included: Mapping[str, bool]
) -> Compiled | None:
    try:
        return compile_operation(SCHEMA, document, operation, included)
    except NotCompiledError:
        return None


def _no_operation(name: str | None) -> str:
    return f"Unknown operation named '{name}'." if name else "Must provide operation name."


def _wrapped(error: Exception) -> GraphQLError:
    return GraphQLError(str(error), original_error=error)


def _refused(errors: Any) -> Answer:
    return Answer(body={"errors": [_error(each) for each in errors]}, refused=True)


def _answer(result: ExecutionResult) -> Answer:
    errors = result.errors or []
    # what went wrong before the first field was executed has no path
    if result.data is None and errors and all(each.path is None for each in errors):
        return _refused(errors)
    body: dict[str, Any] = {"data": result.data}
    if errors:
        body["errors"] = [_error(each) for each in errors]
    return Answer(body=body, refused=False)


def _error(error: GraphQLError) -> dict[str, Any]:
    """Return one error as the response carries it, with our code; our own mistakes are logged and masked."""
    formatted: dict[str, Any] = dict(error.formatted)
    origin = error.original_error
    if origin is None or isinstance(origin, GraphQLError):
        return {**formatted, "extensions": {"code": "BAD_INPUT"}}
    found = problem(origin)
    if found.code == "INTERNAL":
        _LOG.error("a resolver failed", exc_info=origin)
    return {**formatted, "message": found.detail, "extensions": found.as_extensions()}

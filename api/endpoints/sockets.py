"""GraphQL over a WebSocket, by the protocol `graphql-transport-ws`.

The protocol itself is strawberry's; what runs an operation is our executor, with its limits. A browser asks
nobody before it opens a socket to another site, so the page must be of this server or of an origin that the
settings name, and it cannot send headers, so a token may come with `connection_init` as `authorization`.

Source: graphql-ws, PROTOCOL.md.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec
from graphql import GraphQLError
from msgspec import Struct
from starlette.websockets import WebSocket
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.unset import UNSET

from api.endpoints.serving import Serving, serving
from api.graphql.execution import Answer, Operation
from api.json import encode
from api.problems import RefusedError
from ontology import documents
from ontology.errors import BadInputError

_MOST_OPERATIONS = 20
_PATIENCE = timedelta(seconds=10)
_WRONG_PROTOCOL, _POLICY, _BUSY = 4406, 1008, 1013


async def graphql_socket(socket: WebSocket) -> None:
    """Serve one connection."""
    server = serving(socket)
    if GRAPHQL_TRANSPORT_WS_PROTOCOL not in socket.scope["subprotocols"]:
        await socket.close(_WRONG_PROTOCOL, "expected the protocol graphql-transport-ws")
        return
    if not _admits(server, socket):
        await socket.close(_POLICY, "a page of another origin")
        return
    if server.sockets >= server.settings.max_sockets:
        await socket.close(_BUSY, "too many connections")
        return
    server.sockets += 1
    try:
        await socket.accept(GRAPHQL_TRANSPORT_WS_PROTOCOL)
        connection, authorization = _Connection(), socket.headers.get("authorization")
        view = _View(server, authorization)
        await BaseGraphQLTransportWSHandler[_Connection, None](
            view=cast(Any, view),
            websocket=ASGIWebSocketAdapter(cast(Any, view), socket, socket),
            context=connection,
            root_value=None,
            schema=cast(Any, _Streams(server, connection, authorization)),
            connection_init_wait_timeout=_PATIENCE,
            max_subscriptions_per_connection=_MOST_OPERATIONS,
        ).handle()
    finally:
        server.sockets -= 1


def _admits(server: Serving, socket: WebSocket) -> bool:
    origin = socket.headers.get("origin")
    # without one it is no browser
    return (
        origin is None
        or urlsplit(origin).netloc.lower() == socket.headers.get("host", "").lower()
        or origin in server.settings.origins
    )


class _Request(Struct, rename="camel", omit_defaults=True):
    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


class _Subscribe(Struct, tag_field="type", tag="subscribe"):
    id: str
    payload: _Request


class _Complete(Struct, tag_field="type", tag="complete"):
    id: str


class _Hello(Struct, tag_field="type", tag="connection_init"):
    payload: dict[str, Any] = {}


class _Ping(Struct, tag_field="type", tag="ping"):
    pass


class _Pong(Struct, tag_field="type", tag="pong"):
    pass


# Whatever a client may send; other members are dropped.
_Message = _Hello | _Subscribe | _Complete | _Ping | _Pong


@dataclass
class _Connection:
    """What the client said when it opened the connection; the handler writes it."""

    connection_params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def authorization(self) -> str | None:
        """What proves that the client may, where it came with the connection."""
        given = self.connection_params.get("authorization")
        return given if isinstance(given, str) else None


@dataclass(frozen=True)
class _View:
    """What strawberry's handler asks of a view."""

    server: Serving
    authorization: str | None

    async def on_ws_connect(self, connection: _Connection) -> Any:
        """Let a client in, or not."""
        try:
            self.server.access.admit_reading(self.authorization or connection.authorization)
        except RefusedError as error:
            raise ConnectionRejectionError({"code": error.code}) from error
        return UNSET

    def decode_json(self, text: str) -> Any:
        """Read a message; for one of another shape a message without a type, which ends the connection."""
        try:
            return msgspec.to_builtins(msgspec.convert(documents.read_json(text), _Message))
        except (BadInputError, msgspec.ValidationError):
            return {}

    def encode_json(self, message: Mapping[str, Any]) -> str:
        """Write a message."""
        return encode(message).decode()


class _Streams:
    """What strawberry's handler asks of a schema: our executor's answers, in its types."""

    def __init__(self, server: Serving, connection: _Connection, authorization: str | None) -> None:
        self._server = server
        self._connection = connection
        self._authorization = authorization

    async def stream(
        self,
        query: str,
        *,
        variable_values: Mapping[str, Any] | None,
        operation_name: str | None,
        **_: Any,
    ) -> AsyncGenerator[ExecutionResult, None]:
        """Return the answers to an operation."""
        asked = Operation(query=query, variables=variable_values or {}, name=operation_name)
        return self._answers(asked)

    async def _answers(self, asked: Operation) -> AsyncGenerator[ExecutionResult, None]:
        server = self._server

        def admit_change() -> None:
            server.access.admit_change(self._authorization or self._connection.authorization)

        async for answer in server.executor.stream(asked, server.windows, admit_change=admit_change):
            yield _result(answer)


def _result(answer: Answer) -> ExecutionResult:
    errors: list[GraphQLError] = [_WordedError(error) for error in answer.body.get("errors", ())]
    if answer.refused:
        return PreExecutionError(data=None, errors=errors)
    return ExecutionResult(data=answer.body["data"], errors=errors or None)


class _WordedError(GraphQLError):
    """An error that is worded already."""

    def __init__(self, worded: Mapping[str, Any]) -> None:
        super().__init__(worded["message"])
        self._worded = worded

    @property
    def formatted(self) -> Any:
        """The error as the client gets it."""
        return self._worded

"""GraphQL of documents that the server knows, in front of everything that such a request does not need.

Most requests repeat a document that was parsed, checked and compiled before, as plain JSON both ways. They
are answered from here; whatever is out of the ordinary, errors included, goes on to the endpoint, which
answers the same way, only slower.
"""

import msgspec
from msgspec import Struct
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.endpoints.bodies import JSON
from api.endpoints.serving import Serving
from api.graphql.execution import Operation
from api.json import encode

_JSON = JSON.encode()
_ACCEPTED = (b"*/*", _JSON)
_SMALL = 1024
"""Bytes of an answer that is not worth compressing."""

_HEADERS = [(b"content-type", b"application/json; charset=utf-8"), (b"vary", b"Accept")]


class _Body(Struct, rename="camel", forbid_unknown_fields=True):
    query: str
    variables: dict[str, object] | None = None
    operation_name: str | None = None


_DECODER = msgspec.json.Decoder(_Body)


class KnownDocuments:
    """Answers what it can, and passes the rest on as it came."""

    def __init__(self, app: ASGIApp, *, server: Serving, route: Route) -> None:
        self.app = app
        self.server = server
        self.route = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on one request."""
        if scope["type"] != "http" or scope["path"] != self.route.path or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if headers.get(b"content-type") != _JSON or headers.get(b"accept", b"*/*") not in _ACCEPTED:
            await self.app(scope, receive, send)
            return
        message = await receive()
        answer = None if message.get("more_body") else self._answer(message.get("body", b""))
        if answer is None or (len(answer) >= _SMALL and b"gzip" in headers.get(b"accept-encoding", b"")):
            await self.app(scope, _again(message, receive), send)
            return
        scope["route"] = self.route  # as the router would have said
        length = (b"content-length", b"%d" % len(answer))
        await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS, length]})
        await send({"type": "http.response.body", "body": answer})

    def _answer(self, body: bytes) -> bytes | None:
        if len(body) > self.server.settings.max_body_bytes:
            return None
        try:
            asked = _DECODER.decode(body)
        except (msgspec.MsgspecError, RecursionError):
            return None
        operation = Operation(query=asked.query, variables=asked.variables or {}, name=asked.operation_name)
        data = self.server.executor.quick(operation, self.server.windows)
        return None if data is None else encode({"data": data})


def _again(message: Message, receive: Receive) -> Receive:
    """Return who receives a message once more, and then what follows it."""
    kept: list[Message] = [message]

    async def replay() -> Message:
        return kept.pop() if kept else await receive()

    return replay

"""GraphQL as server-sent events: each answer an event `next`, and at the end one `complete`.

Source: the GraphQL over SSE protocol of graphql-sse, "distinct connections mode"; WHATWG HTML, 9.2.
"""

from collections.abc import AsyncIterator
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import StreamingResponse

from api.endpoints.serving import serving
from api.graphql.execution import Operation
from api.json import encode
from api.problems import RefusedError

EVENT_STREAM = "text/event-stream"


def event_stream(request: Request, operation: Operation) -> StreamingResponse:
    """Return the answers to an operation as they come. Over GET nothing is changed."""
    # a proxy that gathers before it sends would keep them
    headers = {"cache-control": "no-cache", "x-accel-buffering": "no", "vary": "Accept"}
    return StreamingResponse(_events(request, operation), media_type=EVENT_STREAM, headers=headers)


async def _events(request: Request, operation: Operation) -> AsyncIterator[bytes]:
    server = serving(request)

    def admit_change() -> None:
        if request.method == "GET":
            message = "a mutation is not run over GET"
            raise RefusedError("BAD_INPUT", message, status=HTTPStatus.METHOD_NOT_ALLOWED)
        server.access.admit_change(request.headers.get("authorization"))

    yield b":\n\n"  # the stream is open, though nothing may happen for a while
    async for answer in server.executor.stream(operation, server.windows, admit_change=admit_change):
        yield b"event: next\ndata: " + encode(answer.body) + b"\n\n"
    yield b"event: complete\ndata:\n\n"

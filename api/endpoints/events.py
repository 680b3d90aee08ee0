"""GraphQL as server-sent events: each answer an event `next`, and at the end one `complete`.

Source: the GraphQL over SSE protocol of graphql-sse, "distinct connections mode"; WHATWG HTML, 9.2.
"""

from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse

from api.endpoints.serving import Serving
from api.graphql.execution import Operation
from api.json import encode

EVENT_STREAM = "text/event-stream"


def event_stream(server: Serving, operation: Operation) -> StreamingResponse:
    """Return the answers to an operation as they come."""
    # a proxy that gathers before it sends would keep them
    headers = {"cache-control": "no-cache", "x-accel-buffering": "no", "vary": "Accept"}
    return StreamingResponse(_events(server, operation), media_type=EVENT_STREAM, headers=headers)


async def _events(server: Serving, operation: Operation) -> AsyncIterator[bytes]:
    yield b":\n\n"  # the stream is open, though nothing may happen for a while
    async for answer in server.executor.stream(operation, server.windows):
        yield b"event: next\ndata: " + encode(answer.body) + b"\n\n"
    yield b"event: complete\ndata:\n\n"

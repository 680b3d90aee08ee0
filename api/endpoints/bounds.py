"""How many requests are answered at once, and how long each may take.

What is refused is told when to come again. Work that has run out of its time goes on in its thread until
the budgets of scenarios and queries end it, and is counted as long: an answer is no longer waited for.
"""

import asyncio
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.endpoints.bodies import problem_response
from api.problems import RefusedError, problem

# Who watches over the server is answered although it is busy.
_ALWAYS = frozenset({"/healthz", "/livez", "/readyz", "/metrics"})
_COME_AGAIN = 1  # second


class Bounds:
    """Passes at most `most` requests on at once, and waits at most `seconds` for the start of an answer."""

    def __init__(self, app: ASGIApp, *, most: int, seconds: float) -> None:
        self.app = app
        self.most = most
        self.seconds = seconds
        self.running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it."""
        if scope["type"] != "http" or scope["path"] in _ALWAYS:
            await self.app(scope, receive, send)
            return
        if self.running >= self.most:
            await _refuse(f"{self.most} requests are being answered, the limit", scope, receive, send)
            return
        self.running += 1
        answer = _Answer(scope, receive, send, self.seconds)
        timer = asyncio.get_running_loop().call_later(self.seconds, answer.expire)
        try:
            await self.app(scope, receive, answer.pass_on)
        finally:
            timer.cancel()
            self.running -= 1


class _Answer:
    """An answer that has started, has run out of time, or neither yet."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, seconds: float) -> None:
        self.scope, self.receive, self.send = scope, receive, send
        self.seconds = seconds
        self.started = False
        self.refusal: asyncio.Task[None] | None = None

    async def pass_on(self, message: Message) -> None:
        """Send a message, unless the client has its answer already."""
        if self.refusal is None:
            self.started = True
            await self.send(message)

    def expire(self) -> None:
        """Answer that it takes too long, unless the answer has begun."""
        if not self.started:
            refusing = _refuse(
                f"no answer within {self.seconds:g} seconds, the limit", self.scope, self.receive, self.send
            )
            self.refusal = asyncio.get_running_loop().create_task(refusing)


async def _refuse(detail: str, scope: Scope, receive: Receive, send: Send) -> None:
    response = problem_response(
        problem(RefusedError("UNAVAILABLE", detail, status=HTTPStatus.SERVICE_UNAVAILABLE))
    )
    response.headers["retry-after"] = str(_COME_AGAIN)
    await response(scope, receive, send)

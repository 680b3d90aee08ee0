"""Headers that keep pages to themselves, and errors in the one shape."""

import logging
from collections.abc import Collection
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.endpoints.access import Access
from api.endpoints.bodies import problem_response
from api.endpoints.headers import header
from api.problems import Problem, RefusedError, problem

_LOG = logging.getLogger("kubelore.http")

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1
# Who watches over the server needs no token.
_OPEN = frozenset({"/healthz", "/livez", "/readyz"})
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def _raw(policy: str) -> list[tuple[bytes, bytes]]:
    """Return the headers as ASGI sends them: they are on every answer, so they are encoded once."""
    headers = {**_HEADERS, "content-security-policy": policy}
    return [(name.encode(), value.encode()) for name, value in headers.items()]


_PAGE_HEADERS = _raw(_POLICY.format(style=""))
# Monaco, the editor of GraphiQL, writes style attributes.
_EDITOR_HEADERS = _raw(_POLICY.format(style=" 'unsafe-inline'"))


class Guard:
    """Sets the security headers, and answers whatever an endpoint raises with a problem document.

    With `hosts` only requests to these names are answered, and only those that `access` lets read.
    """

    def __init__(self, app: ASGIApp, *, access: Access, hosts: Collection[str] = ()) -> None:
        self.app = app
        self.access = access
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._open_socket(scope, receive, send)
            return
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                ours = _EDITOR_HEADERS if scope["path"] == "/graphql" else _PAGE_HEADERS
                message["headers"] = [*message["headers"], *ours]
            await send(message)

        try:
            self._check_host(header(scope, b"host") or "")
            if scope["path"] not in _OPEN:
                self.access.admit_reading(header(scope, b"authorization"))
            await self.app(scope, receive, guarded)
        except Exception as error:
            if started:  # too late for another status: the connection ends here
                raise
            await refuse(error)(scope, receive, guarded)

    async def _open_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on, or refuse it before it is opened."""
        try:
            if scope["type"] == "websocket":
                self._check_host(header(scope, b"host") or "")
        except RefusedError:
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": "not this server"})
            return
        await self.app(scope, receive, send)

    def _check_host(self, host: str) -> None:
        """Refuse a name that is not ours.

        A page of another site may have its own name resolve to this machine, and would then read what
        we answer as if it came from that site (DNS rebinding).
        """
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        if self.hosts and name.lower() not in self.hosts:
            message = f"this server is not `{name}`"
            raise RefusedError("BAD_INPUT", message, status=HTTPStatus.MISDIRECTED_REQUEST)


def refuse(error: Exception) -> Response:
    """Return the answer to an error; our own mistakes are logged."""
    found = problem(error)
    if found.code == "INTERNAL":
        _LOG.error("an endpoint failed", exc_info=error)
    response = problem_response(found)
    if found.status == HTTPStatus.UNAUTHORIZED:
        response.headers["www-authenticate"] = "Bearer"
    return response


async def http_error(request: Request, error: Exception) -> Response:
    """Return the answer to what routing refuses: no such address, or not that method."""
    status = HTTPStatus(error.status_code if isinstance(error, HTTPException) else 500)
    detail = f"{status.phrase.lower()}: {request.method} {request.url.path}"
    code = "NOT_FOUND" if status == HTTPStatus.NOT_FOUND else "BAD_INPUT"
    response = problem_response(Problem(code=code, detail=detail, path="", status=status))
    for name, value in (getattr(error, "headers", None) or {}).items():
        response.headers[name] = value
    return response

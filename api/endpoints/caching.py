"""Answers that a client has already: the graph's version stands for everything that follows from it.

Source: RFC 9110, section 8.8.3 (ETag) and 13.1.2 (If-None-Match); weak, since compression may differ.
"""

from collections.abc import Awaitable, Callable
from functools import cache, wraps
from http import HTTPStatus
from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import Response

from api.endpoints.serving import serving
from ontology import iri

Endpoint = Callable[[Request], Awaitable[Response]]


def by_version(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint with an ETag on what it answers, and 304 for who has that.

    For endpoints whose answer follows from the graph, the address and `Accept` alone.
    """

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        tag = _tag(request)
        known = (each.strip() for each in request.headers.get("if-none-match", "").split(","))
        if tag in known:
            response = Response(status_code=HTTPStatus.NOT_MODIFIED)
        else:
            response = await endpoint(request)
        if response.status_code in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}:
            response.headers["etag"] = tag
            response.headers["vary"] = "Accept"
            # to be asked for again each time: an ingest may have changed it
            response.headers["cache-control"] = "no-cache"
        return response

    return answer


def _tag(request: Request) -> str:
    # one address has an answer for each `Accept`, and each needs a tag of its own
    form = iri.digest(request.headers.get("accept", ""))[:8]
    return f'W/"{serving(request).view.snapshot.version}-{_program()}-{form}"'


@cache
def _program() -> str:
    return version("kubelore")

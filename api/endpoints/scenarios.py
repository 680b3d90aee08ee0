"""Scenarios over HTTP: one, or a stream of them."""

from collections.abc import AsyncIterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api import verdicts
from api.endpoints.bodies import JSON, JsonResponse, content_type, read
from api.endpoints.serving import serving
from api.json import encode
from api.problems import RefusedError
from ontology import documents, evaluators
from ontology.budget import Budget
from ontology.errors import BadInputError

YAML = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")
NDJSON = "application/x-ndjson"
_LINES = (NDJSON, "application/ndjson", "application/jsonl", JSON, "text/plain")


async def evaluate(request: Request) -> Response:
    """Answer one scenario, in JSON or YAML, with its steps and the note lines that state them.

    A `List` of manifests with an access review among them comes back as that review with its status.
    """
    form = content_type(request, [JSON, *YAML])
    body = await read(request, most=serving(request).settings.max_body_bytes)
    cite = verdicts.citing(serving(request).view.citations)
    budget = serving(request).settings.served_budget

    def work() -> dict[str, Any]:
        raw = documents.read_json(body) if form == JSON else _one(body)
        return verdicts.reviewed(raw, budget=budget) or verdicts.answer(raw, budget=budget, cite=cite)

    return JsonResponse(await run_in_threadpool(work))


def _one(body: bytes) -> Any:
    found = list(documents.read_yaml(body))
    if len(found) != 1:
        raise BadInputError(f"expected one YAML document, got {len(found)}")
    return found[0]


class Batch:
    """Scenarios in, verdicts out, a line each: the answer to a line is sent before the next is read.

    An ASGI application of its own: Starlette's streaming response listens for the end of the connection
    and would swallow the rest of the body.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        content_type(request, _LINES)
        explain = request.query_params.get("explain", "") not in ("", "0", "false")
        cite = verdicts.citing(serving(request).view.citations) if explain else None
        headers = [
            (b"content-type", NDJSON.encode()),
            # compressed, a line would wait for the next ones
            (b"content-encoding", b"identity"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        settings = serving(request).settings
        async for line in _split(request.stream(), most=settings.max_line_bytes):
            answer = await run_in_threadpool(_answer, line, cite, settings.served_budget)
            await send({"type": "http.response.body", "body": answer, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _answer(line: bytes | RefusedError, cite: verdicts.Cite | None, budget: Budget) -> bytes:
    if isinstance(line, RefusedError):
        return encode(verdicts.error_line(line)) + b"\n"
    try:
        verdict = evaluators.answer(documents.read_json(line), budget=budget)
        return encode(verdicts.verdict_line(verdict, cite=cite)) + b"\n"
    except Exception as error:  # noqa: BLE001 - a bad line never stops the rest
        return encode(verdicts.error_line(error)) + b"\n"


async def _split(stream: AsyncIterator[bytes], *, most: int) -> AsyncIterator[bytes | RefusedError]:
    """Yield the lines of a stream that are not blank; a refusal for one of more than `most` bytes."""
    rest, skipping = b"", False
    async for part in stream:
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            if skipping:
                skipping = False
            elif line.strip():
                yield line if len(line) <= most else _too_long(most)
        if len(rest) > most:
            if not skipping:
                yield _too_long(most)
            rest, skipping = b"", True
    if rest.strip() and not skipping:
        yield rest


def _too_long(most: int) -> RefusedError:
    return RefusedError("TOO_LARGE", f"the line has more than {most} bytes")

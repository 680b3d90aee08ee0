"""Request bodies, no larger than admitted, and answers in JSON."""

from collections.abc import Collection
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.json import encode
from api.problems import PROBLEM_JSON, Problem, RefusedError

JSON = "application/json"


class JsonResponse(Response):
    """An answer in JSON."""

    media_type = JSON

    def render(self, content: Any) -> bytes:
        """Return the body."""
        return encode(content)


def problem_response(found: Problem) -> Response:
    """Return a problem document."""
    return JsonResponse(found.as_json(), status_code=found.status, media_type=PROBLEM_JSON)


async def read(request: Request, *, most: int) -> bytes:
    """Return the body.

    Raises:
        RefusedError: it has more than `most` bytes.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise too_large(most)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise too_large(most)
        parts.append(part)
    return b"".join(parts)


def too_large(most: int) -> RefusedError:
    """Return the refusal of a body."""
    return RefusedError("TOO_LARGE", f"the body has more than {most} bytes")


def content_type(request: Request, admitted: Collection[str]) -> str:
    """Return the media type of the body, without parameters.

    Raises:
        RefusedError: it is none of `admitted`, its text is not UTF-8, or it is compressed.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        # nothing is unpacked, so nothing small becomes large (RFC 9110, section 8.4)
        message = "the body is compressed: send it as it is"
        raise RefusedError("BAD_INPUT", message, status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    given, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    charset = next((p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
    if given not in admitted or charset not in ("utf-8", "utf8"):
        message = f"the body is `{request.headers.get('content-type', '')}`, expected {' or '.join(admitted)}"
        raise RefusedError("BAD_INPUT", message, status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return given

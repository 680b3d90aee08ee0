"""Our errors in the one shape of every edge: HTTP problem, GraphQL extensions, exit code and text.

Errors are recognised by their shape (`code`, `path`), not by a base class: the trees of `ontology`,
`ingest` and `graph` do not know each other. What has no code is either the user's surroundings (a path,
a pipe, a port), which the operating system words well enough, or our own mistake (`INTERNAL`).

Source: RFC 9457 (problem details); the error codes are listed in docs/api.md.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from ontology import iri

PROBLEM_JSON = "application/problem+json"

# code -> the status of a response, and a title that is the same every time (RFC 9457, section 3.1.3)
CODES: dict[str, tuple[HTTPStatus, str]] = {
    "BAD_INPUT": (HTTPStatus.BAD_REQUEST, "The input cannot be read"),
    "UNKNOWN_SYSTEM": (HTTPStatus.UNPROCESSABLE_ENTITY, "No such system"),
    "UNKNOWN_QUESTION": (HTTPStatus.UNPROCESSABLE_ENTITY, "The system has no such question"),
    "UNKNOWN_KIND": (HTTPStatus.UNPROCESSABLE_ENTITY, "No such kind in the Kubernetes API"),
    "INVALID_OBJECT": (HTTPStatus.UNPROCESSABLE_ENTITY, "The API server would refuse this object"),
    "INVALID_QUESTION": (HTTPStatus.UNPROCESSABLE_ENTITY, "The question has another shape"),
    "NOT_FOUND": (HTTPStatus.NOT_FOUND, "Nothing by that name"),
    "TOO_LARGE": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "More than the limits admit"),
    "TOO_COSTLY": (HTTPStatus.UNPROCESSABLE_ENTITY, "More work than the limits admit"),
    "UNAVAILABLE": (HTTPStatus.SERVICE_UNAVAILABLE, "Not available now"),
    "INTERNAL": (HTTPStatus.INTERNAL_SERVER_ERROR, "A mistake of kubelore's own"),
}


class RefusedError(Exception):
    """An edge's own refusal, with a code of `CODES` and, where it differs, the HTTP status.

    What HTTP itself is about (a method, a media type) has a status of its own, but no code of its own.
    """

    def __init__(self, code: str, message: str, *, path: str = "", status: HTTPStatus | None = None) -> None:
        self.code = code
        self.path = path
        self.status = status
        super().__init__(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What went wrong, for any edge to word: `detail` is one lower-case line without a full stop."""

    code: str
    detail: str
    path: str
    status: HTTPStatus

    @property
    def title(self) -> str:
        """The code in words."""
        return CODES[self.code][1]

    def as_json(self) -> dict[str, Any]:
        """Return the members of an `application/problem+json` document; `code` and `path` are ours."""
        members = {
            "type": iri.problem(self.code),
            "title": self.title,
            "status": int(self.status),
            "detail": self.detail,
            "code": self.code,
        }
        return members | {"path": self.path} if self.path else members

    def as_extensions(self) -> dict[str, str]:
        """Return the `extensions` of a GraphQL error."""
        return {"code": self.code, "path": self.path} if self.path else {"code": self.code}

    def as_line(self) -> dict[str, dict[str, str]]:
        """Return the `error` line of an ndjson stream."""
        return {"error": {"code": self.code, "message": self.detail, "path": self.path}}

    def as_text(self) -> str:
        """Return the line that a terminal shows."""
        return f"error: {self.detail}"


def problem(error: BaseException) -> Problem:
    """Return what `error` means to a user. An error of no known shape says nothing but its class."""
    code = getattr(error, "code", None)
    if isinstance(code, str) and code in CODES:
        status = getattr(error, "status", None) or CODES[code][0]
        return Problem(code=code, detail=str(error), path=getattr(error, "path", ""), status=status)
    if isinstance(error, OSError):
        return _of_surroundings(error)
    if isinstance(error, RecursionError):
        return _of_code("TOO_LARGE", "nested too deeply")
    if isinstance(error, MemoryError):
        return _of_code("TOO_LARGE", "more than the memory holds")
    return _of_code("INTERNAL", f"internal error: {type(error).__name__}")


def _of_code(code: str, detail: str) -> Problem:
    return Problem(code=code, detail=detail, path="", status=CODES[code][0])


def _of_surroundings(error: OSError) -> Problem:
    words = (error.strerror or str(error) or type(error).__name__).lower()
    names = " and ".join(f"`{name}`" for name in _names(error))
    return _of_code("BAD_INPUT", f"{words}: {names}" if names else words)


def _names(error: OSError) -> Iterator[str]:
    for name in (error.filename, error.filename2):
        if isinstance(name, str | bytes | os.PathLike):
            yield os.fsdecode(name)

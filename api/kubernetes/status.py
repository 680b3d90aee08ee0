"""Refusals as Kubernetes clients read them: a `Status`, not a problem document.

Source: kubernetes.io/docs/reference/kubernetes-api/common-definitions/status (v1.36).
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from api.problems import Problem

_REASONS = {
    HTTPStatus.BAD_REQUEST: "BadRequest",
    HTTPStatus.FORBIDDEN: "Forbidden",
    HTTPStatus.NOT_FOUND: "NotFound",
    HTTPStatus.METHOD_NOT_ALLOWED: "MethodNotAllowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "RequestEntityTooLarge",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "UnsupportedMediaType",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Invalid",
    HTTPStatus.TOO_MANY_REQUESTS: "TooManyRequests",
    HTTPStatus.SERVICE_UNAVAILABLE: "ServiceUnavailable",
}


def failure(found: Problem) -> Mapping[str, Any]:
    """Return a `Status` that says what went wrong."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": found.detail,
        "reason": _REASONS.get(found.status, "InternalError"),
        "code": int(found.status),
    }

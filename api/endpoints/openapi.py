"""The description of the plain HTTP interface, for programs that read such."""

from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.endpoints.bodies import JsonResponse
from api.problems import CODES
from ontology import documents


async def openapi(_: Request) -> Response:
    """Return the description."""
    return JsonResponse(description())


@cache
def description() -> dict[str, Any]:
    """Return the OpenAPI document: `openapi.yaml`, with this version's number and error codes."""
    text = files("api.endpoints").joinpath("openapi.yaml").read_bytes()
    (found,) = documents.read_yaml(text)
    found["info"]["version"] = version("kubelore")
    found["components"]["schemas"]["Problem"]["properties"]["code"]["enum"] = [*CODES]
    return dict(found)

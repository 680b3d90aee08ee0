"""Whether the server lives, and whether it has a graph to answer from."""

from starlette.requests import Request
from starlette.responses import Response

from api.endpoints.bodies import JsonResponse
from api.endpoints.serving import serving


async def healthz(_: Request) -> Response:
    """Say that the process answers."""
    return JsonResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Say which graph version is served."""
    graph = serving(request).view.snapshot
    return JsonResponse({"status": "ready", "version": graph.version, "notes": len(graph.notes)})

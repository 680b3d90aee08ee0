"""The notes of the graph, listed."""

from collections import Counter

from starlette.requests import Request
from starlette.responses import Response

from api.endpoints.bodies import JsonResponse
from api.endpoints.caching import by_version
from api.endpoints.serving import serving


@by_version
async def listing(request: Request) -> Response:
    """List the notes, sorted by path, with how much was read from each and found in it."""
    graph = serving(request).view.snapshot
    facts, findings = (Counter(each.note for each in found) for found in (graph.facts, graph.findings))
    notes = [
        {"path": note.path, "title": note.title, "facts": facts[index], "findings": findings[index]}
        for index, note in enumerate(graph.notes)
    ]
    return JsonResponse({"version": graph.version, "notes": notes})

"""Pages for people, and a concept in the form that its reader wants."""

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from api.endpoints.caching import by_version
from api.endpoints.negotiation import choose
from api.endpoints.serving import serving
from api.graphql.windows import not_found
from api.web import pages
from graph import serialize
from graph.descriptions import describe

HTML = "text/html"
_RDF: Mapping[str, Callable[[bytes], bytes]] = {
    "text/turtle": serialize.as_turtle,
    "application/ld+json": serialize.as_jsonld,
    "application/n-triples": lambda triples: b"".join(sorted(triples.splitlines(keepends=True))),
}


@by_version
async def front(request: Request) -> Response:
    """Return the first page."""
    return pages.front(serving(request).view.snapshot)


@by_version
async def note(request: Request) -> Response:
    """Return the page of a note."""
    graph = serving(request).view.snapshot
    path = request.path_params["path"]
    if path not in graph.note_index:
        raise not_found("note", path, graph.note_index)
    return pages.note(graph, graph.note_index[path])


@by_version
async def system(request: Request) -> Response:
    """Return the page of a system."""
    return pages.system(serving(request).view.snapshot, request.path_params["name"])


@by_version
async def concept(request: Request) -> Response:
    """Return a concept as a page, or as RDF in the form that `Accept` asks for."""
    view = serving(request).view
    index = view.concept(request.path_params["name"])
    form = choose(request.headers.get("accept"), [HTML, *_RDF]) or HTML
    if form == HTML:
        return pages.concept(view.snapshot, index, view.citations)
    return Response(_RDF[form](describe(view.snapshot, index)), media_type=form)

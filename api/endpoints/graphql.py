"""GraphQL over HTTP, and GraphiQL for a browser.

A POST carries JSON, which no page of another site can send unasked; a GET runs queries only. With
`application/graphql-response+json` the status tells whether anything was executed; with `application/json`
a request that is well formed is answered with 200.

Source: GraphQL over HTTP, working draft of the GraphQL foundation.
"""

from collections.abc import Mapping
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.endpoints.bodies import JSON, JsonResponse, content_type, read
from api.endpoints.events import EVENT_STREAM, event_stream
from api.endpoints.negotiation import choose
from api.endpoints.serving import serving
from api.graphql.execution import SLOW, Answer, Operation
from api.graphql.persisted import PersistedQueries
from api.graphql.windows import not_found
from api.json import encode
from api.problems import RefusedError, problem
from ontology import documents
from ontology.errors import BadInputError

GRAPHQL_JSON = "application/graphql-response+json"
HTML = "text/html"
_FORMS = (JSON, GRAPHQL_JSON)
_MEMBERS: Mapping[str, tuple[type, ...]] = {
    "query": (str,),
    "operationName": (str, type(None)),
    "variables": (dict, type(None)),
    "extensions": (dict, type(None)),
}


async def graphql(request: Request) -> Response:
    """Answer one GraphQL request."""
    offers = (*_FORMS, EVENT_STREAM, HTML) if request.method == "GET" else (*_FORMS, EVENT_STREAM)
    form = choose(request.headers.get("accept"), offers)
    if form == HTML and not {"query", "extensions"} & set(request.query_params):
        return graphiql()
    try:
        operation = await _operation(request, form)
        if form == EVENT_STREAM:
            return event_stream(request, operation)
        answer = await _run(request, operation)
    except Exception as error:  # noqa: BLE001 - a request that is wrong is answered in GraphQL's own shape
        return _refusal(error, form)
    # only the newer media type tells by its status that nothing was executed
    status = HTTPStatus.BAD_REQUEST if answer.refused and form == GRAPHQL_JSON else HTTPStatus.OK
    return _response(answer.body, status, form)


async def named(request: Request) -> Response:
    """Answer a named query, its variables taken from the address."""
    queries = serving(request).named
    name = request.path_params["name"]
    if name not in queries:
        raise not_found("query", name, queries)
    query = queries[name]
    operation = Operation(query=query.text, variables=query.values(request.query_params.multi_items()))
    answer = await _run(request, operation)
    status = HTTPStatus.BAD_REQUEST if answer.refused else HTTPStatus.OK
    return _response(answer.body, status, JSON)


async def names(request: Request) -> Response:
    """List the named queries."""
    found = serving(request).named.values()
    queries = [
        {"name": each.name, "description": each.description, "variables": [*each.variables]} for each in found
    ]
    return JsonResponse({"queries": queries})


def graphiql() -> Response:
    """Return the page of GraphiQL."""
    page = files("api.web").joinpath("static/graphiql.html")
    if not page.is_file():
        raise RefusedError("UNAVAILABLE", "GraphiQL was not built: run `make web`")
    return HTMLResponse(page.read_bytes())


async def _run(request: Request, operation: Operation) -> Answer:
    server = serving(request)

    def run() -> Answer:
        return server.executor.execute(
            operation,
            server.windows,
            read_only=request.method == "GET",
            admit_change=lambda: server.access.admit_change(request.headers.get("authorization")),
        )

    # others are answered meanwhile; a word too many only costs a change of threads
    return await run_in_threadpool(run) if any(name in operation.query for name in SLOW) else run()


async def _operation(request: Request, form: str | None) -> Operation:
    if form is None:
        message = f"an answer is {' or '.join(_FORMS)}"
        raise RefusedError("BAD_INPUT", message, status=HTTPStatus.NOT_ACCEPTABLE)
    if request.method == "GET":
        return _checked(_from_address(request.query_params), serving(request).persisted)
    content_type(request, [JSON])
    body = await read(request, most=serving(request).settings.max_body_bytes)
    return _checked(documents.read_json(body), serving(request).persisted)


def _from_address(parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return the members of a GET; `variables` and `extensions` are JSON texts there."""
    members: dict[str, Any] = dict(parameters)
    for name in ("variables", "extensions"):
        if name in members:
            members[name] = documents.read_json(members[name]) if members[name] else None
    return members


def _checked(members: Any, persisted: PersistedQueries) -> Operation:
    if not isinstance(members, Mapping):
        raise BadInputError("a GraphQL request is one JSON object")
    for name, types in _MEMBERS.items():
        if name in members and not isinstance(members[name], types):
            raise BadInputError(f"`{name}` has the wrong type", path=name)
    query = persisted.document(members.get("query"), members.get("extensions") or {})
    if query is None:
        raise BadInputError("`query` is missing", path="query")
    return Operation(
        query=query,
        variables=members.get("variables") or {},
        name=members.get("operationName") or None,
    )


def _refusal(error: Exception, form: str | None) -> Response:
    found = problem(error)
    body = {"errors": [{"message": found.detail, "extensions": found.as_extensions()}]}
    response = _response(body, found.status, GRAPHQL_JSON if form == GRAPHQL_JSON else JSON)
    if found.status == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["allow"] = "POST"
    return response


def _response(body: Mapping[str, Any], status: HTTPStatus, form: str | None) -> Response:
    return Response(
        encode(body), status, media_type=f"{form or JSON}; charset=utf-8", headers={"vary": "Accept"}
    )

"""The SPARQL 1.1 protocol, for queries only.

Source: W3C SPARQL 1.1 Protocol, section 2.1; SPARQL 1.1 Service Description.
"""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.endpoints.bodies import content_type, read
from api.endpoints.negotiation import choose
from api.endpoints.serving import serving
from api.problems import RefusedError
from graph.sparql import guard
from graph.sparql.service import Ask
from ontology.errors import BadInputError

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
# media type -> the form's name; the first of each is what a client gets that accepts anything
ROWS: Mapping[str, str] = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
TRIPLES: Mapping[str, str] = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdfxml",
}
_PARAMETERS = frozenset({"query", "default-graph-uri", "named-graph-uri"})
_WITHOUT_BODY = frozenset({"GET", "HEAD"})
_DESCRIPTION = """\
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix formats: <http://www.w3.org/ns/formats/> .

<{address}> a sd:Service ;
  sd:endpoint <{address}> ;
  sd:supportedLanguage sd:SPARQL11Query ;
  sd:feature sd:UnionDefaultGraph ;
  sd:resultFormat formats:SPARQL_Results_JSON, formats:SPARQL_Results_XML, formats:SPARQL_Results_CSV,
    formats:SPARQL_Results_TSV, formats:Turtle, formats:N-Triples, formats:JSON-LD, formats:RDF_XML .
"""


async def sparql(request: Request) -> Response:
    """Answer one query, or describe the service to who asks nothing."""
    if request.method in _WITHOUT_BODY and not request.query_params:
        return Response(_DESCRIPTION.format(address=request.url), media_type="text/turtle")
    parameters = await _parameters(request)
    unknown = sorted({name for name, _ in parameters} - _PARAMETERS)
    if unknown:
        raise BadInputError(f"unknown parameter `{unknown[0]}`", path=unknown[0])
    queries = [value for name, value in parameters if name == "query"]
    if len(queries) != 1:
        raise BadInputError(f"expected one `query`, got {len(queries)}", path="query")
    media_type, form = _form(queries[0], request.headers.get("accept"))
    ask = Ask(
        queries[0],
        form,
        serving(request).settings.sparql_rows,
        tuple(value for name, value in parameters if name == "default-graph-uri"),
        tuple(value for name, value in parameters if name == "named-graph-uri"),
    )
    answer = await run_in_threadpool(serving(request).context.sparql.ask, ask)
    return Response(answer.body, media_type=media_type, headers={"vary": "Accept"})


async def _parameters(request: Request) -> list[tuple[str, str]]:
    address = list(request.query_params.multi_items())
    if request.method in _WITHOUT_BODY:
        return address
    form = content_type(request, [FORM, QUERY])
    body = await read(request, most=serving(request).settings.max_body_bytes)
    try:
        text = body.decode()
        return [*address, ("query", text)] if form == QUERY else parse_qsl(text, keep_blank_values=True)
    except ValueError as error:
        raise BadInputError(f"not a {form}: {error}") from error


def _form(query: str, accept: str | None) -> tuple[str, str]:
    """Return the media type of the answer, and the form's name.

    Raises:
        QueryError: not a query that may be asked.
        RefusedError: a form that this query has no answer in.
    """
    forms = TRIPLES if guard.form(query) in ("CONSTRUCT", "DESCRIBE") else ROWS
    media_type = choose(accept, list(forms))
    if media_type is None:
        message = f"this form of query is answered in {', '.join(forms)}"
        raise RefusedError("BAD_INPUT", message, status=HTTPStatus.NOT_ACCEPTABLE)
    return media_type, forms[media_type]

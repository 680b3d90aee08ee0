"""Any SPARQL 1.1 engine over HTTP. Queries, updates and results are the standard's; nothing is its own.

Source: W3C SPARQL 1.1 Protocol, sections 2.1.2 (query via URL-encoded POST) and 2.2.2 (update via POST).
"""

import json
from collections.abc import Iterable
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from graph.errors import QueryError, RemoteError
from graph.sparql import results
from graph.store import UNION, Dataset, Solutions
from ontology import iri

_BAD_REQUEST = 400
_JSON = "application/sparql-results+json"
_NTRIPLES = "application/n-triples"
_LONGEST_REASON = 200
_GRAPHS = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"


class RemoteStore:
    """A store behind two addresses: one that answers queries, one that takes updates."""

    def __init__(self, query: str, update: str, *, seconds: float = 60) -> None:
        for address in (query, update):
            if urlsplit(address).scheme not in ("http", "https"):
                raise RemoteError(address, "the address is not http or https")
        self._query_address = query
        self._update_address = update
        self._seconds = seconds

    def replace(self, graph: str, nquads: bytes) -> None:
        """Make `nquads`, all of `graph`, the whole content of that graph, in one request."""
        self._update(f"DROP SILENT GRAPH <{graph}> ;\n{_insert(graph, nquads)}")

    def load(self, nquads: Iterable[bytes]) -> None:
        """Add quads to graphs that are not there yet, many at once, in one request."""
        by_graph: dict[str, list[bytes]] = {}
        for line in b"".join(nquads).splitlines(keepends=True):
            graph = line[:-3].rsplit(b" <", 1)[1][:-1].decode()
            by_graph.setdefault(graph, []).append(line)
        self._update(" ;\n".join(_insert(graph, b"".join(lines)) for graph, lines in by_graph.items()))

    def remove(self, graphs: Iterable[str]) -> None:
        """Remove named graphs, in one request. One that is not there is no error."""
        self._update(" ;\n".join(f"DROP SILENT GRAPH <{graph}>" for graph in graphs))

    def graphs(self) -> tuple[str, ...]:
        """Return the names of all graphs, sorted."""
        _, rows = results.read_json(self._ask(_GRAPHS, Dataset(own=True), _JSON))
        return tuple(sorted(row["g"].value for row in rows))

    def triples(self, graph: str) -> bytes:
        """Return one graph as N-Triples, in no order."""
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        return self._ask(query, Dataset(own=True), _NTRIPLES)

    def select(self, query: str, dataset: Dataset = UNION) -> Solutions:
        """Return the rows of a SELECT.

        Raises:
            QueryError: the service refuses it.
        """
        body = self._ask(query, dataset, _JSON)
        try:
            variables, rows = results.read_json(body)
        except (ValueError, KeyError, TypeError) as error:
            raise QueryError("expected a SELECT query") from error
        return Solutions(variables, iter(rows))

    def construct(self, query: str, dataset: Dataset = UNION) -> bytes:
        """Return the triples of a CONSTRUCT or DESCRIBE, as N-Triples."""
        return self._ask(query, dataset, _NTRIPLES)

    def ask(self, query: str, dataset: Dataset = UNION) -> bool:
        """Return the answer of an ASK.

        Raises:
            QueryError: not an ASK.
        """
        try:
            return bool(json.loads(self._ask(query, dataset, _JSON))["boolean"])
        except (ValueError, KeyError, TypeError) as error:
            raise QueryError("expected an ASK query") from error

    def close(self) -> None:
        """Nothing is held between requests."""

    def _ask(self, query: str, dataset: Dataset, accept: str) -> bytes:
        prefixes = "".join(f"PREFIX {prefix}: <{space}> " for prefix, space in iri.PREFIXES.items())
        default, named = dataset.default_graphs, dataset.named_graphs
        if not (default or named or dataset.own):
            # what the default graph is without this differs from engine to engine
            default = named = self.graphs()
        parameters = [("default-graph-uri", graph) for graph in default]
        parameters += [("named-graph-uri", graph) for graph in named]
        body = urlencode([("query", prefixes + query), *parameters]).encode()
        return self._send(self._query_address, body, "application/x-www-form-urlencoded", accept)

    def _update(self, update: str) -> None:
        self._send(self._update_address, update.encode(), "application/sparql-update; charset=utf-8", "*/*")

    def _send(self, address: str, body: bytes, content_type: str, accept: str) -> bytes:
        headers = {"Content-Type": content_type, "Accept": accept, "User-Agent": "kubelore"}
        request = Request(address, data=body, headers=headers)  # noqa: S310 - http or https, see `__init__`
        try:
            with urlopen(request, timeout=self._seconds) as response:  # noqa: S310
                found: bytes = response.read()
                return found
        except HTTPError as error:
            reason = error.read().decode("utf-8", "replace").strip()[:_LONGEST_REASON]
            error.close()
            if error.code == _BAD_REQUEST:
                raise QueryError(f"not a SPARQL query: {reason}") from error
            raise RemoteError(address, f"{error.code} {reason}") from error
        except (URLError, HTTPException, OSError) as error:
            raise RemoteError(address, str(getattr(error, "reason", error))) from error


def _insert(graph: str, nquads: bytes) -> str:
    # A raw line end never stands inside a term, so this takes off exactly the graph's name.
    triples = nquads.replace(f" <{graph}> .\n".encode(), b" .\n").decode()
    return f"INSERT DATA {{ GRAPH <{graph}> {{\n{triples}}} }}"

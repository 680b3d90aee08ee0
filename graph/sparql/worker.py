"""The other side of `graph.sparql.service`: reads queries from standard input, writes answers."""

import resource
import sys
from itertools import islice
from pathlib import Path

import msgspec
from pyoxigraph import RdfFormat, parse
from pyoxigraph import serialize as write

from graph import embedded, serialize
from graph.embedded import EmbeddedStore
from graph.errors import GraphError, QueryError, TooManyRowsError
from graph.sparql import guard, results
from graph.sparql.service import Answer, Ask, Refusal, receive, send
from graph.store import Dataset

_MOST_MEMORY = 4 * 1024**3  # bytes of address space; a query that needs more fails alone


def answer(store: EmbeddedStore, ask: Ask) -> Answer:
    """Answer one query.

    Raises:
        QueryError, TooManyRowsError: as `Service.ask` says.
    """
    form = guard.form(ask.query)
    dataset = Dataset(ask.default_graphs, ask.named_graphs, own=guard.names_graphs(ask.query))
    if form == "ASK":
        body = results.boolean(store.ask(ask.query, dataset), ask.form)
        return Answer(form, body.encode(), 1)
    if form == "SELECT":
        found = store.select(ask.query, dataset)
        rows = list(islice(found.rows, ask.max_rows + 1))
        _limit(len(rows), ask.max_rows)
        text = results.ROWS[ask.form](found.variables, rows)
        return Answer(form, text.encode("utf-8", "replace"), len(rows))
    triples = store.construct(ask.query, dataset)
    count = triples.count(b"\n")
    _limit(count, ask.max_rows)
    return Answer(form, _triples(triples, ask.form), count)


def _triples(ntriples: bytes, form: str) -> bytes:
    if form == "turtle":
        return serialize.as_turtle(ntriples)
    if form == "jsonld":
        return serialize.as_jsonld(ntriples)
    lines = b"".join(sorted(ntriples.splitlines(keepends=True)))
    if form == "rdfxml":
        return write(parse(lines, format=RdfFormat.N_TRIPLES), format=RdfFormat.RDF_XML) or b""
    return lines


def _limit(found: int, most: int) -> None:
    if found > most:
        raise TooManyRowsError(most)


def main() -> None:
    """Answer queries until standard input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    store: EmbeddedStore | None = None
    while (message := receive(sys.stdin.buffer)) is not None:
        reply: Answer | Refusal
        try:
            store = store or embedded.read_store(Path(sys.argv[1]))
            reply = answer(store, msgspec.msgpack.decode(message, type=Ask))
        except GraphError as error:
            reply = Refusal(type(error).__name__, str(error))
        except (ValueError, OSError, RuntimeError, MemoryError) as error:
            reply = Refusal(QueryError.__name__, f"the query failed: {error or type(error).__name__}")
        send(sys.stdout.buffer, msgspec.msgpack.encode(reply))


if __name__ == "__main__":
    main()

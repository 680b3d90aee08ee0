"""`kubelore sparql`: ask the graph in SPARQL 1.1, read-only."""

import argparse
import sys
from pathlib import Path
from typing import Any

import orjson

from api.printing import API_VERSION
from api.settings import from_environment
from graph.sparql import guard, results
from graph.sparql.service import Answer, Ask, Service
from graph.store import Row, Term
from ontology import iri
from ontology.errors import BadInputError

_ROWS = ("table", "json", "csv", "tsv", "xml")
_TRIPLES = ("turtle", "ntriples", "jsonld", "rdfxml")
_WIDEST = 60


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("query", metavar="QUERY", help="SPARQL, @FILE, or - for standard input")
    parser.add_argument("-o", "--output", choices=(*_ROWS, *_TRIPLES), help="(table; triples: turtle)")
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="stop it after so long (10)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="where the graph is kept (.kubelore)")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: 0 with an answer, 1 for an ASK that is false."""
    settings = from_environment(arguments.data)
    query = _text(arguments.query)
    makes_triples = guard.form(query) in ("CONSTRUCT", "DESCRIBE")
    wanted = arguments.output or ("turtle" if makes_triples else "table")
    if makes_triples != (wanted in _TRIPLES):
        possible = ", ".join(_TRIPLES if makes_triples else _ROWS)
        raise BadInputError(f"`-o {wanted}` does not fit this form of query, choose one of {possible}")
    service = Service(settings.store, seconds=arguments.timeout or settings.sparql_seconds)
    try:
        form = "json" if wanted == "table" else wanted
        answer = service.ask(Ask(query, form, settings.sparql_rows))
    finally:
        service.close()
    sys.stdout.buffer.write(_shown(answer, wanted))
    return 1 if answer.query_form == "ASK" and b"false" in answer.body else 0


def _text(given: str) -> str:
    if given == "-":
        return sys.stdin.read()
    return Path(given[1:]).read_text(encoding="utf-8") if given.startswith("@") else given


def _shown(answer: Answer, wanted: str) -> bytes:
    if wanted == "json":
        body: dict[str, Any] = orjson.loads(answer.body)
        return orjson.dumps(
            {"apiVersion": API_VERSION, "kind": "SparqlResult", **body},
            option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
        )
    if wanted != "table":
        return answer.body
    if answer.query_form == "ASK":
        return b"yes\n" if orjson.loads(answer.body)["boolean"] else b"no\n"
    return _table(*results.read_json(answer.body)).encode("utf-8", "replace")


def _table(variables: tuple[str, ...], rows: list[Row]) -> str:
    cells = [tuple(variables), *(tuple(_cell(row.get(name)) for name in variables) for row in rows)]
    widths = [min(_WIDEST, max(map(len, column))) for column in zip(*cells, strict=True)]
    lines = (
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)) for line in cells
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _cell(term: Term | None) -> str:
    if term is None:
        return ""
    for prefix, space in iri.PREFIXES.items():
        if term.kind == "iri" and term.value.startswith(space):
            return f"{prefix}:{term.value.removeprefix(space)}"
    return " ".join(term.value.split())

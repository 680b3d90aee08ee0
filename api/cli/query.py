"""`kubelore query`: GraphQL against the saved graph, without a server."""

import argparse
import sys
from pathlib import Path
from typing import Any

from api.context import context
from api.graphql.execution import Executor, Operation
from api.graphql.windows import Windows
from api.json import encode
from api.problems import RefusedError
from ontology import documents

_WRONG = 2


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("query", metavar="GRAPHQL|@FILE|-", help="the document; - is standard input")
    parser.add_argument(
        "--variables", metavar="JSON|@FILE", default="{}", help="the variables, a JSON object"
    )
    parser.add_argument("--operation", metavar="NAME", help="which operation, if the document has several")
    parser.add_argument("--data", type=Path, metavar="DIR", help="where the graph is kept (.kubelore)")


def run(arguments: argparse.Namespace) -> int:
    """Print the response: 0 without errors, 2 with."""
    operation = Operation(
        query=_text(arguments.query), variables=_variables(arguments.variables), name=arguments.operation
    )
    answer = Executor().execute(operation, Windows(context(arguments.data).view))
    errors = answer.body.get("errors", ())
    if not answer.refused:
        sys.stdout.write(encode(answer.body, indent=True).decode() + "\n")
    for error in errors:
        sys.stderr.write(f"error: {error['message']}{_place(error)}\n")
    return _WRONG if errors else 0


def _text(given: str) -> str:
    if given == "-":
        return sys.stdin.read()
    return Path(given[1:]).read_text(encoding="utf-8") if given.startswith("@") else given


def _variables(given: str) -> dict[str, Any]:
    found = documents.read_json(_text(given))
    if not isinstance(found, dict):
        raise RefusedError("BAD_INPUT", "--variables is not a JSON object")
    return found


def _place(error: dict[str, Any]) -> str:
    locations = error.get("locations") or ()
    return "".join(f" (line {each['line']}, column {each['column']})" for each in locations[:1])

"""`kubelore facts`: what notes say, one fact a line."""

import argparse
import sys
from pathlib import Path
from typing import Any

import orjson

from api.sources import opened
from ingest.pipeline import ingest_note
from ontology.statements import Statement, Text
from ontology.vocabulary import registry


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "notes", nargs="+", metavar="NOTE", type=Path, help="a markdown file, or a folder of them"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the facts of each note."""
    concepts = registry()
    found = opened(arguments.notes)
    for _, source in found.notes:
        for statement in ingest_note(source, concepts).statements:
            line = orjson.dumps(as_row(statement, source.document), option=orjson.OPT_APPEND_NEWLINE)
            sys.stdout.buffer.write(line)
    return found.exit_code(0)


def as_row(statement: Statement, document: str) -> dict[str, Any]:
    """Return a statement as one line of the interface: `neg` and `cond` only where they say something."""
    object_ = statement.object
    row: dict[str, Any] = {
        "s": statement.subject,
        "p": statement.predicate,
        "o": object_.value if isinstance(object_, Text) else object_,
        "lines": list(statement.lines),
        "kind": statement.kind,
        "document": document,
    }
    if statement.negated:
        row["neg"] = True
    if statement.condition:
        row["cond"] = statement.condition
    return row

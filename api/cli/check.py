"""`kubelore check`: the claims of notes, run."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

from api.sources import opened
from ingest.lint.rules.claims import results
from ingest.pipeline import examine
from ontology import vocabulary
from ontology.checks.claims import Check, Claim, Result
from ontology.lang import Lang
from ontology.statements import Statement

_WRONG = frozenset({Result.REFUTED, Result.OUTDATED, Result.TOO_STRONG})
Row = tuple[str, Statement, Check]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("notes", nargs="+", metavar="NOTE", type=Path, help="markdown files or folders")
    parser.add_argument("-o", "--output", choices=("text", "json"), default="text")
    parser.add_argument("--lang", choices=[each.value for each in Lang], default=Lang.EN.value)
    parser.add_argument("--all", action="store_true", help="what cannot be tested as well")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: exit 1 when a claim is refuted, outdated or too strong."""
    registry = vocabulary.registry()
    found = opened(arguments.notes)
    every = [
        (source.document, statement, check)
        for _, source in found.notes
        for statement, check in results(examine(source, registry))
    ]
    rows = [row for row in every if arguments.all or row[2].result is not Result.NOT_TESTABLE]
    writer = _json if arguments.output == "json" else _text
    sys.stdout.writelines(writer(rows, Lang(arguments.lang)))
    counted = Counter(check.result for _, _, check in every)
    summary = ", ".join(f"{counted[result]} {result.value}" for result in Result)
    sys.stderr.write(f"{len(every)} claims: {summary}\n")
    return found.exit_code(1 if any(check.result in _WRONG for _, _, check in rows) else 0)


def _text(rows: Sequence[Row], lang: Lang) -> Iterator[str]:
    for document, statement, check in rows:
        place = f"{document}:{statement.lines[-1]}"
        yield f"{place}: {check.result.value} {Claim.of(statement)} - {check.note.get(lang, '')}\n"


def _json(rows: Sequence[Row], _: Lang) -> Iterator[str]:
    for document, statement, check in rows:
        claim = Claim.of(statement)
        row = {
            "document": document,
            "lines": list(statement.lines),
            "s": claim.subject,
            "p": claim.predicate,
            "o": claim.object,
            **({"neg": True} if claim.negated else {}),
            "result": check.result.value,
            "until": check.until or None,
            "note": {lang.value: text for lang, text in check.note.items()},
            "source": check.source,
            "scenario": check.scenario,
        }
        yield orjson.dumps(row).decode() + "\n"

"""`kubelore check`: the claims of notes, run."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

from api.sources import opened
from ingest.lint.rules.claims import Checkup, results
from ingest.pipeline import examine
from ontology import vocabulary
from ontology.checks.claims import Result
from ontology.lang import Lang

_WRONG = frozenset({Result.REFUTED, Result.OUTDATED, Result.TOO_STRONG, Result.TOO_WEAK})
Row = tuple[str, Checkup]


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
        (source.document, each) for _, source in found.notes for each in results(examine(source, registry))
    ]
    rows = [row for row in every if arguments.all or row[1].check.result is not Result.NOT_TESTABLE]
    writer = _json if arguments.output == "json" else _text
    sys.stdout.writelines(writer(rows, Lang(arguments.lang)))
    counted = Counter(each.check.result for _, each in every)
    summary = ", ".join(f"{counted[result]} {result.value}" for result in Result)
    sys.stderr.write(f"{len(every)} claims: {summary}\n")
    return found.exit_code(1 if any(each.check.result in _WRONG for _, each in rows) else 0)


def _text(rows: Sequence[Row], lang: Lang) -> Iterator[str]:
    for document, each in rows:
        place = f"{document}:{each.lines[-1]}"
        yield f"{place}: {each.check.result.value} {each.claim} - {each.check.note.get(lang, '')}\n"


def _json(rows: Sequence[Row], _: Lang) -> Iterator[str]:
    for document, each in rows:
        claim, check = each.claim, each.check
        row = {
            "document": document,
            "lines": list(each.lines),
            "found": each.words,
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

"""`kubelore check`: the claims of notes, run."""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

from api.sources import opened
from ingest.lint.contradictions import Place, contradicted, places
from ingest.pipeline import examine
from ontology import vocabulary
from ontology.checks.claims import Result
from ontology.lang import Lang

Pair = tuple[Place, Place]
_WRONG = frozenset({Result.REFUTED, Result.OUTDATED, Result.TOO_STRONG, Result.TOO_WEAK})


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("notes", nargs="+", metavar="NOTE", type=Path, help="markdown files or folders")
    parser.add_argument("-o", "--output", choices=("text", "json"), default="text")
    parser.add_argument("--lang", choices=[each.value for each in Lang], default=Lang.EN.value)
    parser.add_argument("--all", action="store_true", help="what cannot be tested as well")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: exit 1 when a claim does not hold as it stands, or two contradict each other."""
    registry = vocabulary.registry()
    found = opened(arguments.notes)
    every = list(places(examine(source, registry) for _, source in found.notes))
    rows = [each for each in every if arguments.all or each.checkup.check.result is not Result.NOT_TESTABLE]
    pairs = list(contradicted(every))
    writer = _json if arguments.output == "json" else _text
    sys.stdout.writelines(writer(rows, pairs, Lang(arguments.lang)))
    counted = Counter(each.checkup.check.result for each in every)
    summary = ", ".join(f"{counted[result]} {result.value}" for result in Result)
    sys.stderr.write(f"{len(every)} claims: {summary}; {len(pairs)} contradictions\n")
    is_wrong = any(each.checkup.check.result in _WRONG for each in rows)
    return found.exit_code(1 if is_wrong or pairs else 0)


def _text(rows: Sequence[Place], pairs: Sequence[Pair], lang: Lang) -> Iterator[str]:
    for each in rows:
        claim, check = each.checkup.claim, each.checkup.check
        yield f"{each}: {check.result.value} {claim} - {check.note.get(lang, '')}\n"
    for first, second in pairs:
        yield f"{second}: contradicts {first} - {second.checkup.claim} / {first.checkup.claim}\n"


def _json(rows: Sequence[Place], pairs: Sequence[Pair], _: Lang) -> Iterator[str]:
    contrary: dict[int, list[str]] = defaultdict(list)
    for first, second in pairs:
        contrary[id(first.checkup)].append(str(second))
        contrary[id(second.checkup)].append(str(first))
    for each in rows:
        claim, check = each.checkup.claim, each.checkup.check
        row = {
            "document": each.note.source.document,
            "lines": list(each.checkup.lines),
            "found": each.checkup.words,
            "s": claim.subject,
            "p": claim.predicate,
            "o": claim.object,
            **({"neg": True} if claim.negated else {}),
            "result": check.result.value,
            "until": check.until or None,
            "note": {lang.value: text for lang, text in check.note.items()},
            "source": check.source,
            "scenario": check.scenario,
            **({"contradicts": contrary[id(each.checkup)]} if id(each.checkup) in contrary else {}),
        }
        yield orjson.dumps(row).decode() + "\n"

"""`kubelore evaluate`: scenarios in, verdicts out."""

import argparse
import sys
from typing import Any

import orjson

from ontology import documents, evaluators
from ontology.errors import OntologyError
from ontology.lang import Lang
from ontology.messages import render


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--batch", action="store_true", help="ndjson scenarios on standard input")
    parser.add_argument("--explain", action="store_true", help="with --batch: steps too")
    parser.add_argument("--systems", action="store_true", help="list the finished systems")


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    if arguments.systems:
        sys.stdout.writelines(f"{name}\n" for name in evaluators.COMPLETE)
        return 0
    answered = [_line(line, explain=arguments.explain) for line in sys.stdin.buffer if line.strip()]
    return 0 if all(answered) else 1


def _line(line: bytes, *, explain: bool) -> bool:
    answer = _answer(line, explain=explain)
    sys.stdout.buffer.write(orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE))
    return "verdict" in answer


def _answer(line: bytes, *, explain: bool) -> dict[str, Any]:
    try:
        verdict = evaluators.answer(documents.read_json(line))
    except OntologyError as error:
        return {"error": {"code": error.code, "message": str(error), "path": error.path}}
    if not explain:
        return {"verdict": verdict.answer}
    steps = [
        {
            "rule": s.rule,
            "holds": s.holds,
            "role": s.role,
            "en": render(s, Lang.EN),
            "ko": render(s, Lang.KO),
        }
        for s in verdict.steps
    ]
    return {"verdict": verdict.answer, "steps": steps}

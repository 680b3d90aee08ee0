"""`kubelore evaluate`: scenarios in, verdicts out."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from api import drawings, printing, scenarios, verdicts
from api.context import Context
from api.json import encode
from api.problems import RefusedError, problem
from api.settings import Settings, from_environment
from graph.errors import GraphError
from ontology import evaluators
from ontology.budget import Budget
from ontology.lang import Lang
from ontology.semantics.rbac import reviews
from ontology.verdict import Outcome, Verdict

WRONG = 2
EXIT = {Outcome.YES: 0, Outcome.NO: 1, Outcome.UNKNOWN: 3}
# With several scenarios the gravest of their codes is the command's: yes, cannot tell, no, wrong.
GRAVITY = (0, 3, 1, WRONG)
_CHUNK = 1 << 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "file", nargs="*", metavar="FILE", help="scenario files, YAML or JSON; - is standard input"
    )
    parser.add_argument(
        "-f", "--filename", action="append", metavar="FILE|DIR|-", help="loose manifests instead"
    )
    parser.add_argument("--system", metavar="S", help="with -f: the system to ask")
    parser.add_argument("--question", metavar="JSON|@FILE", help="with -f: what to ask it")
    parser.add_argument(
        "-o",
        "--output",
        choices=(*printing.FORMATS, *drawings.FORMS),
        default="table",
        help="how to print; svg, mermaid: as a picture, where the question has one",
    )
    parser.add_argument(
        "--lang",
        choices=[each.value for each in Lang],
        default="en",
        help="language of the table's steps and of pictures",
    )
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="the graph whose notes are cited (.kubelore)"
    )
    parser.add_argument("--batch", action="store_true", help="ndjson scenarios on standard input, ndjson out")
    parser.add_argument(
        "--explain", action="store_true", help="with --batch: steps and the note lines they cite, too"
    )
    parser.add_argument("--systems", action="store_true", help="list the finished systems")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: 0 yes, 1 no, 3 cannot tell, 2 a wrong scenario; `--batch` 0 if all answered."""
    if arguments.systems:
        sys.stdout.writelines(f"{name}\n" for name in evaluators.COMPLETE)
        return 0
    settings = from_environment()
    if arguments.output in drawings.FORMS and not arguments.batch:
        return _draw_all(arguments, settings)
    if arguments.batch:
        return _batch(_cite(arguments.data, settings) if arguments.explain else None, settings)
    return _answer_all(arguments, settings)


def _batch(cite: verdicts.Cite | None, settings: Settings) -> int:
    out = sys.stdout.buffer
    most = settings.max_scenario_bytes
    all_answered = True
    for line in _lines(sys.stdin.buffer, most):
        try:
            answer = verdicts.verdict_line(_verdict(line, most, settings.own_budget), cite=cite)
        except Exception as error:  # noqa: BLE001 - a bad line never stops the rest, whatever is wrong
            all_answered = False
            answer = verdicts.error_line(error)
        out.write(encode(answer) + b"\n")
        out.flush()  # whoever writes the lines one by one reads the answers one by one
    return 0 if all_answered else 1


def _verdict(line: bytes, most: int, budget: Budget) -> Verdict:
    if len(line.rstrip(b"\n")) > most:
        raise RefusedError("TOO_LARGE", f"the line has more than {most:,} bytes")
    return evaluators.answer_text(line, budget=budget)


def _lines(stream: BinaryIO, most: int) -> Iterator[bytes]:
    """Yield the lines that are not blank; of one longer than `most` bytes just enough to tell."""
    while line := stream.readline(most + 1):
        rest = line
        while not rest.endswith(b"\n") and (rest := stream.readline(_CHUNK)):
            pass
        if line.strip():
            yield line


def _answer_all(arguments: argparse.Namespace, settings: Settings) -> int:
    cite = _cite(arguments.data, settings)
    answered: list[dict[str, Any]] = []
    codes = [0]
    for loaded in _given(arguments, settings.max_scenario_bytes):
        try:
            found = verdicts.answer(loaded.raw, budget=settings.own_budget, name=loaded.name, cite=cite)
        except Exception as error:  # noqa: BLE001 - one wrong scenario does not hide the others' answers
            sys.stderr.write(f"error: {loaded.origin}: {problem(error).detail}\n")
            codes.append(WRONG)
            continue
        codes.append(EXIT[Outcome(found["outcome"])])
        answered.append(found)
        if arguments.output == "table":
            sys.stdout.writelines(f"{line}\n" for line in verdicts.lines(found, Lang(arguments.lang)))
    if arguments.output != "table" and answered:
        sys.stdout.write(_document(answered, arguments.output))
    return max(codes, key=GRAVITY.index)


def _draw_all(arguments: argparse.Namespace, settings: Settings) -> int:
    codes = [0]
    for loaded in _given(arguments, settings.max_scenario_bytes):
        form, lang = arguments.output, Lang(arguments.lang)
        try:
            picture, outcome = drawings.draw(loaded.raw, form, lang, budget=settings.own_budget)
        except Exception as error:  # noqa: BLE001 - one wrong scenario does not hide the others' pictures
            sys.stderr.write(f"error: {loaded.origin}: {problem(error).detail}\n")
            codes.append(WRONG)
            continue
        sys.stdout.write(picture.rstrip("\n") + "\n")
        codes.append(EXIT[outcome])
    return max(codes, key=GRAVITY.index)


def _cite(data: Path | None, settings: Settings) -> verdicts.Cite:
    folder = replace(settings, data=data) if data else settings
    # a verdict needs no graph: without one, or with a broken one, there is nothing to cite
    if not folder.snapshot.exists():
        return verdicts.no_citations
    try:
        return verdicts.citing(Context(folder).view.citations)
    except GraphError as error:
        sys.stderr.write(f"no note lines are cited: {error}\n")
        return verdicts.no_citations


def _document(answered: list[dict[str, Any]], form: str) -> str:
    if [each["question"] for each in answered] == ["review"]:
        return printing.document("SubjectAccessReview", answered[0]["verdict"], form)  # as it came
    if len(answered) == 1:
        return printing.document("Verdict", answered[0], form)
    return printing.document("VerdictList", {"items": answered}, form)


def _given(arguments: argparse.Namespace, most: int) -> Iterator[scenarios.Loaded]:
    if arguments.filename:
        objects = [
            each for place in arguments.filename for each in scenarios.load_manifests(place, most=most)
        ]
        yield scenarios.Loaded(", ".join(arguments.filename), _loose(arguments, objects))
        return
    if not arguments.file:
        raise RefusedError("BAD_INPUT", "name a scenario file, or give manifests with -f, or use --batch")
    for file in arguments.file:
        yield from scenarios.load(file, most=most)


def _loose(arguments: argparse.Namespace, objects: list[Any]) -> Mapping[str, Any]:
    """Return the scenario of loose manifests: what the options ask, or an access review among them."""
    if arguments.system and arguments.question and not arguments.file:
        question = scenarios.load_question(arguments.question)
        return {"system": arguments.system, "objects": objects, "question": question}
    asked = None if arguments.system or arguments.question else reviews.as_scenario(objects)
    if asked is None or arguments.file:
        raise RefusedError(
            "BAD_INPUT",
            "-f goes with --system and --question, or with one access review among the manifests, "
            "and without scenario files",
        )
    return asked

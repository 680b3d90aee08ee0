"""`kubelore test`: scenario files whose `then` must hold."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from glob import glob
from pathlib import Path
from typing import Any

from api import coverage, expectations, scenarios
from api.coverage import Coverage
from api.expectations import Result
from api.printing import document, style
from api.problems import RefusedError


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "glob", nargs="+", metavar="GLOB", help='scenario files; ** looks into folders: "**/*.scenario.yaml"'
    )
    parser.add_argument("--junit", metavar="FILE", help="write the results as JUnit XML, too")
    parser.add_argument("--coverage", action="store_true", help="say which rules the scenarios exercised")
    parser.add_argument("--tap", action="store_true", help="print the Test Anything Protocol")
    parser.add_argument("-o", "--output", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: 0 when every scenario holds, 1 when one does not."""
    if arguments.tap and arguments.output != "text":
        raise RefusedError("BAD_INPUT", "--tap is text: give it without -o json")
    results = [
        expectations.run(loaded, explain=arguments.coverage)
        for file in _files(arguments.glob)
        for loaded in scenarios.load(file)
    ]
    covered = (
        coverage.measure(step for each in results for step in each.steps) if arguments.coverage else None
    )
    if arguments.output == "json":
        sys.stdout.write(document("TestReport", _plain(results, covered), "json"))
    else:
        report = expectations.as_tap(results) if arguments.tap else _report(results)
        # in the protocol whatever is no result is a comment
        mark = "# " if arguments.tap else ""
        sys.stdout.writelines(f"{line}\n" for line in report)
        sys.stdout.writelines(f"{mark}{line}\n" for line in (coverage.lines(covered) if covered else ()))
    if arguments.junit:
        Path(arguments.junit).write_bytes(expectations.as_junit(results))
    return 0 if all(result.passed for result in results) else 1


def _files(globs: Sequence[str]) -> Iterator[str]:
    for pattern in globs:
        # a name that exists is taken as it stands, even one with brackets
        found = [pattern] if Path(pattern).is_file() else sorted(glob(pattern, recursive=True))  # noqa: PTH207 - Path.glob knows no absolute patterns
        files = [each for each in found if Path(each).is_file()]
        if not files:
            raise RefusedError("BAD_INPUT", f"no scenario file matches `{pattern}`")
        yield from files


def _plain(results: Sequence[Result], covered: Coverage | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "passed": sum(each.passed for each in results),
        "failed": sum(not each.passed for each in results),
        "scenarios": [
            {
                "name": each.name,
                "origin": each.origin,
                "passed": each.passed,
                "differences": each.differences,
                "seconds": round(each.seconds, 6),
            }
            for each in results
        ],
    }
    return found if covered is None else {**found, "coverage": coverage.plain(covered)}


def _report(results: Sequence[Result]) -> Iterator[str]:
    for result in results:
        mark = style("ok  ", "green") if result.passed else style("FAIL", "bold", "red")
        origin = "" if result.origin == result.name else f"  {style(result.origin, 'dim')}"
        yield f"{mark}  {result.name}{origin}"
        yield from (f"      {line}" for line in result.differences)
    failed = sum(not result.passed for result in results)
    yield f"{len(results) - failed} passed, {failed} failed"

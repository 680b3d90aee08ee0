"""What a scenario file expects of its verdict: `then`, a subset that must hold.

A mapping must have at least the members expected, each of which must hold in turn; a list must have the
same length, item by item; anything else must be equal. `then: {error: {code: INVALID_OBJECT}}` expects a
refusal. A story's `then` is a list, which it judges itself; without one nothing is expected of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from xml.etree import ElementTree as ET

from api.problems import Problem, problem
from api.scenarios import Loaded
from ontology import evaluators
from ontology.verdict import Step, Verdict

_ABSENT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One scenario, tried: no `differences` where it holds; `wrong` where it could not be tried at all.

    `steps` are those of its verdict, where they were asked for.
    """

    name: str
    origin: str
    differences: tuple[str, ...]
    seconds: float
    wrong: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the verdict is as expected."""
        return not self.differences


def run(loaded: Loaded, *, explain: bool = False) -> Result:
    """Evaluate one scenario and compare the verdict with its `then`; keep its steps if told to `explain`."""
    began = perf_counter()
    expected = loaded.raw.get("then", _ABSENT)
    verdict = _answered(loaded.raw)
    if expected is _ABSENT:
        found, wrong = ["`then` is missing: nothing is expected"], True
    else:
        found, wrong = _compared(verdict, expected)
    return Result(
        name=loaded.name,
        origin=loaded.origin,
        differences=tuple(found),
        seconds=perf_counter() - began,
        wrong=wrong,
        steps=verdict.steps if explain and isinstance(verdict, Verdict) else (),
    )


def _answered(raw: Mapping[str, Any]) -> Verdict | Problem:
    try:
        return evaluators.answer(raw)
    except Exception as error:  # noqa: BLE001 - one wrong scenario does not hide the others' results
        return problem(error)


def _compared(verdict: Verdict | Problem, expected: Any) -> tuple[list[str], bool]:
    """What differs from `expected`, and whether that is because there was no verdict at all."""
    if isinstance(verdict, Problem):
        if isinstance(expected, Mapping) and "error" in expected:
            return list(differences(expected, verdict.as_line())), False
        return [f"no verdict: {verdict.detail}"], True
    answer = verdict.answer
    if isinstance(expected, list) and "expectations" in answer:
        if not expected:
            return ["`then` is empty: nothing is expected"], True
        # a story has judged its own expectations, each at its time
        return [f"{each['path']}: {each['name']}: {each['why']}" for each in _unmet(answer)], False
    return list(differences(expected, answer)), False


def _unmet(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in answer["expectations"] if not each["holds"]]


def differences(expected: Any, got: Any, path: str = "then") -> Iterator[str]:
    """Yield where `got` is not at least `expected`: `then.phase: expected "Running", got "Pending"`."""
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        for name, each in expected.items():
            yield from differences(each, got.get(name, _ABSENT), f"{path}.{name}")
    elif isinstance(expected, Sequence) and isinstance(got, Sequence) and not isinstance(expected, str):
        if len(expected) != len(got):
            yield f"{path}: expected {len(expected)} items, got {len(got)}: {_shown(got)}"
            return
        for index, (one, other) in enumerate(zip(expected, got, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    # in Python `True == 1`; in a verdict they differ
    elif expected != got or isinstance(expected, bool) is not isinstance(got, bool):
        yield f"{path}: expected {_shown(expected)}, got {_shown(got)}"


def _shown(value: Any) -> str:
    if value is _ABSENT:
        return "nothing"
    return f'"{value}"' if isinstance(value, str) else str(value)


def as_tap(results: Sequence[Result]) -> Iterator[str]:
    """Yield the lines of the Test Anything Protocol.

    Source: testanything.org, version 14.
    """
    yield "TAP version 14"
    yield f"1..{len(results)}"
    for number, result in enumerate(results, start=1):
        name = result.name.replace("\\", "\\\\").replace("#", "\\#").replace("\n", " ")
        yield f"{'ok' if result.passed else 'not ok'} {number} - {name}"
        yield from (f"# {line}" for line in result.differences)


def as_junit(results: Iterable[Result]) -> bytes:
    """Return the results as one JUnit XML suite."""
    found = list(results)
    suite = ET.Element(
        "testsuite",
        name="kubelore",
        tests=str(len(found)),
        failures=str(sum(not r.passed and not r.wrong for r in found)),
        errors=str(sum(r.wrong for r in found)),
        time=f"{sum(r.seconds for r in found):.3f}",
    )
    for result in found:
        case = ET.SubElement(
            suite, "testcase", name=result.name, classname=result.origin, time=f"{result.seconds:.3f}"
        )
        if not result.passed:
            sort = "error" if result.wrong else "failure"
            ET.SubElement(case, sort, message=result.differences[0]).text = "\n".join(result.differences)
    ET.indent(suite)
    return bytes(ET.tostring(suite, encoding="utf-8", xml_declaration=True)) + b"\n"

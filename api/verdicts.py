"""A verdict as plain data and as text: the one form in which files, streams and HTTP answers carry it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from api.layouts import LAYOUTS
from api.printing import shown, style
from api.problems import problem
from graph.citations import Citations
from ontology import evaluators, scenario
from ontology.budget import Budget
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Outcome, Role, Step, Verdict

# The note lines that state what a step applied, as plain data: `document`, `lines`, `quote`.
Cite = Callable[[Step], Sequence[Mapping[str, Any]]]

_COLOUR = {Outcome.YES: "green", Outcome.NO: "red", Outcome.UNKNOWN: "yellow"}
_MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: ("?", "yellow")}
_HEADINGS: Mapping[Role, Mapping[Lang, str]] = {
    Role.APPLIED: {Lang.EN: "Why", Lang.KO: "이유"},
    Role.NEAR_MISS: {Lang.EN: "What almost applied", Lang.KO: "거의 적용될 뻔한 것"},
    Role.CHANGE: {Lang.EN: "What would change it", Lang.KO: "결과를 바꾸는 방법"},
}


def step_document(step: Step) -> dict[str, Any]:
    """Return one step with its sentence in both languages; `change` only where it proposes one."""
    members = {
        "rule": step.rule,
        "holds": step.holds,
        "role": step.role.value,
        "en": render(step, Lang.EN),
        "ko": render(step, Lang.KO),
        "facts": dict(step.facts),
    }
    return members if step.change is None else {**members, "change": dict(step.change)}


def error_line(error: BaseException) -> dict[str, Any]:
    """Return the line of an ndjson stream for a scenario that could not be answered."""
    return problem(error).as_line()


def no_citations(_: Step) -> tuple[()]:
    """Cite nothing: what is used where there is no graph."""
    return ()


def verdict_line(verdict: Verdict, *, cite: Cite | None = None) -> dict[str, Any]:
    """Return the line of an ndjson stream for one verdict; with `cite` also its steps and what they cite."""
    if cite is None:
        return {"verdict": verdict.answer}
    return {"verdict": verdict.answer, "steps": _steps(verdict, cite)}


def _steps(verdict: Verdict, cite: Cite) -> list[dict[str, Any]]:
    return [{**step_document(step), "citations": list(cite(step))} for step in verdict.steps]


def citing(citations: Citations) -> Cite:
    """Return who finds, in the notes of one graph, the lines that state a step's rule."""

    def cite(step: Step) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "document": found.document,
                "lines": list(range(found.line, found.end_line + 1)),
                "quote": found.quote,
            }
            for found in citations.of_step(step.rule, step.concepts)
        ]

    return cite


def answer(raw: Any, *, budget: Budget, name: str = "", cite: Cite = no_citations) -> dict[str, Any]:
    """Return a scenario's verdict, within a budget, with everything that explains it, as plain data.

    Members: `name`, `system`, `question`, `outcome`, `verdict`, `steps` (each with its `citations`).

    Raises:
        OntologyError: not a scenario, or one that cannot be answered.
    """
    asked = scenario.decode(raw, budget=budget)
    verdict = evaluators.evaluate(asked)
    return {
        "name": name or asked.name,
        "system": asked.system,
        "question": asked.question,
        "outcome": verdict.outcome.value,
        "verdict": dict(verdict.answer),
        "steps": _steps(verdict, cite),
    }


def reviewed(raw: Any, *, budget: Budget) -> dict[str, Any] | None:
    """Return the access review that stands among manifests, with its status.

    None where `raw` is not a manifest (a scenario, say), or a `List` without exactly one review.

    Raises:
        OntologyError: a review or a manifest that an API server would refuse.
    """
    if not isinstance(raw, Mapping) or "kind" not in raw:
        return None
    from ontology.semantics.rbac import reviews  # noqa: PLC0415 - of no use to any other scenario

    found = reviews.as_scenario([raw])
    return None if found is None else dict(evaluators.answer(found, budget=budget).answer)


def lines(found: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    """Yield what a terminal shows of a verdict that `answer` returned."""
    outcome = Outcome(found["outcome"])
    head = " ".join(each for each in (found["name"], f"({found['system']}, {found['question']})") if each)
    yield f"{style(head, 'bold')}: {style(outcome.value, 'bold', _COLOUR[outcome])}"
    layout = LAYOUTS.get((found["system"], found["question"]))
    yield from layout(found["verdict"], lang) if layout else shown(found["verdict"])
    # a table of reasons has said why: below it stands first what to do
    for role in reversed(Role) if layout else Role:
        steps = [step for step in found["steps"] if step["role"] == role.value]
        if steps:
            yield ""
            yield style(_HEADINGS[role][lang], "bold")
            yield from _step_lines(steps, lang)
    yield ""


def _step_lines(steps: Iterable[Mapping[str, Any]], lang: Lang) -> Iterator[str]:
    for step in steps:
        mark, colour = _MARKS[step["holds"]] if step["role"] == Role.APPLIED.value else ("→", "cyan")
        rule = style(f"[{step['rule']}]", "dim")
        yield f"  {style(mark, colour)} {step[lang.value]} {rule}"
        for cited in step["citations"]:
            where = f"{cited['document']}:{','.join(map(str, cited['lines']))}"
            yield f"      {style(where, 'cyan')}  {cited['quote'].strip()}"

"""Verdicts as pictures: which answers can be drawn, and what is asked to have one drawn."""

from collections.abc import Callable, Mapping
from typing import Any

from api.problems import RefusedError
from ontology import evaluators
from ontology.budget import Budget
from ontology.lang import Lang
from ontology.verdict import Outcome

FORMS = ("svg", "mermaid")

# for a form, system and question: the answer's member, and what makes the question ask for it
_ASKING: Mapping[tuple[str, str, str], tuple[str, Callable[[Lang], Mapping[str, Any]]]] = {
    ("svg", "podLifecycle", "timeline"): ("svg", lambda lang: {"svg": lang.value}),
    ("mermaid", "podLifecycle", "timeline"): ("chart", lambda _: {"chart": True}),
    ("svg", "autoscaling", "simulate"): ("svg", lambda _: {"svg": True}),
}


def draw(raw: Mapping[str, Any], form: str, lang: Lang, *, budget: Budget) -> tuple[str, Outcome]:
    """Return the picture of a scenario's verdict, and the verdict's outcome.

    Raises:
        RefusedError: its question has no answer that could be drawn so.
        OntologyError: not a scenario, or one that cannot be answered.
    """
    question = raw.get("question")
    name = next(iter(question), "") if isinstance(question, Mapping) else ""
    found = _ASKING.get((form, str(raw.get("system")), str(name)))
    if found is None or not isinstance(question, Mapping) or not isinstance(question[name], Mapping):
        known = ", ".join(f"`{s}.{q}`" for f, s, q in _ASKING if f == form)
        raise RefusedError(
            "BAD_INPUT", f"no {form} is drawn of `{raw.get('system')}.{name}`, only of {known}"
        )
    member, asking = found
    asked = {**raw, "question": {name: {**question[name], **asking(lang)}}}
    verdict = evaluators.answer(asked, budget=budget)
    return str(verdict.answer[member]), verdict.outcome

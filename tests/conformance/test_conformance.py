"""Every recorded verdict of real Kubernetes is met, and every step of it can be read in both languages."""

import gzip
import json
import pathlib
from typing import Any

import pytest

from ontology import evaluators, vocabulary
from ontology.lang import Lang
from ontology.messages import render

HERE = pathlib.Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "systems"
SYSTEMS = sorted(path.name.removesuffix(".ndjson.gz") for path in HERE.glob("*.ndjson.gz"))


def cases(system: str) -> list[dict[str, Any]]:
    with gzip.open(HERE / f"{system}.ndjson.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def as_json(value: Any) -> Any:
    """The answer as a client sees it: tuples are lists, numbers and booleans apart."""
    return json.loads(json.dumps(value))


def meets(answer: Any, recorded: dict[str, Any]) -> bool:
    found = as_json(answer)
    return json.dumps({k: found.get(k, "missing") for k in recorded}, sort_keys=True) == json.dumps(
        recorded, sort_keys=True
    )


@pytest.mark.parametrize("system", SYSTEMS)
def test_recorded_verdicts_are_met(system: str) -> None:
    wrong = [
        case["id"]
        for case in cases(system)
        if not meets(evaluators.answer(case["scenario"]).answer, case["verdict"])
    ]

    assert wrong == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_step_is_worded_and_names_a_known_rule(system: str) -> None:
    known = vocabulary.rules()

    for case in cases(system)[::3]:
        steps = evaluators.answer(case["scenario"]).steps
        assert steps, case["id"]
        for step in steps:
            assert step.rule in known, case["id"]
            english, korean = render(step, Lang.EN), render(step, Lang.KO)
            assert english
            assert korean
            assert english != korean


def test_every_system_with_recorded_verdicts_is_finished() -> None:
    assert set(SYSTEMS) <= set(evaluators.COMPLETE)


@pytest.mark.parametrize("system", evaluators.COMPLETE)
def test_a_finished_system_is_documented_with_all_its_questions(system: str) -> None:
    page = (DOCS / f"{system}.md").read_text(encoding="utf-8")

    assert [
        name for name in evaluators.questions(system) if f"`{name}`" not in page and f'"{name}"' not in page
    ] == []

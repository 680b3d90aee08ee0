from pathlib import Path

import msgspec
import pytest

from ontology import evaluators

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("system", "question"), sorted(evaluators.EVALUATORS))
def test_every_question_has_someone_who_answers_and_a_schema(system: str, question: str) -> None:
    found = evaluators.evaluator(system, question)

    assert callable(found.evaluate)
    assert isinstance(msgspec.json.schema(found.question), dict)


@pytest.mark.parametrize("system", evaluators.COMPLETE)
def test_every_finished_system_is_documented(system: str) -> None:
    page = ROOT / "docs/systems" / f"{system}.md"

    assert page.is_file()
    text = page.read_text(encoding="utf-8")
    assert [each for each in evaluators.questions(system) if each not in text] == []

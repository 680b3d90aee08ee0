"""The bundled scenarios: each is answered, and as its expectation says."""

import pytest

from api import examples, scenarios
from api.cli import main
from ontology import evaluators

FILES = sorted(examples.scenarios().rglob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_the_scenario_holds(file: object, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["test", str(file)])

    assert code == 0, capsys.readouterr().out


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_the_scenario_is_worth_showing(file: object) -> None:
    for loaded in scenarios.load(str(file)):
        question = {key: value for key, value in loaded.raw.items() if key != "then"}

        verdict = evaluators.answer(question)

        assert loaded.raw["then"]
        assert verdict.steps
        assert " · " in loaded.name  # English and Korean

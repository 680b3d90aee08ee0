"""The bundled scenarios: each is answered, and as its expectation says."""

import re
from pathlib import Path

import pytest

from api import examples, scenarios
from api.cli import main
from ontology import evaluators

FILES = sorted(examples.scenarios().rglob("*.yaml"))
STORIES = sorted((examples.scenarios() / "stories").glob("*.yaml"))
PAGE = Path(__file__).parents[3] / "docs/stories.md"


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


def test_every_story_is_listed_by_its_chapter() -> None:
    listed = re.findall(r"^\|.*?\| `([\w-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(listed) == [file.stem for file in STORIES]


@pytest.mark.parametrize("file", STORIES, ids=lambda path: path.stem)
def test_a_story_begins_with_what_it_is_about_in_both_languages(file: Path) -> None:
    english, korean, *_ = file.read_text(encoding="utf-8").splitlines()

    assert english.startswith("# ")
    assert english.isascii()
    assert re.match(r"# .*[가-힣]", korean)

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from api.expectations import differences

Kubelore = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("expected", "got", "found"),
    [
        pytest.param({"a": 1}, {"a": 1, "b": 2}, [], id="a subset holds"),
        pytest.param({"a": {"b": 1}}, {"a": {"b": 2}}, ["then.a.b: expected 1, got 2"], id="nested"),
        pytest.param({"a": 1}, {}, ["then.a: expected 1, got nothing"], id="a member that is missing"),
        pytest.param([1], [1, 2], ["then: expected 1 items, got 2: [1, 2]"], id="a list is whole"),
        pytest.param([{"a": 1}], [{"a": 1, "b": 2}], [], id="items of a list are subsets"),
        pytest.param({"a": True}, {"a": 1}, ["then.a: expected True, got 1"], id="true is not 1"),
        pytest.param({"a": None}, {"a": None}, [], id="null is null"),
        pytest.param({"a": None}, {}, ["then.a: expected None, got nothing"], id="null is not absence"),
    ],
)
def test_an_expectation_is_a_subset(expected: object, got: object, found: list[str]) -> None:
    assert list(differences(expected, got)) == found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    wrong = {"name": "unknown", "system": "none", "question": {"x": {}}}
    held = {**wrong, "name": "held", "then": {"error": {"code": "UNKNOWN_SYSTEM"}}}
    failed = {**wrong, "name": "failed", "then": {"phase": "Running"}}
    for number, each in enumerate((held, failed, wrong)):
        (tmp_path / f"{number}.scenario.json").write_text(json.dumps(each))
    return tmp_path


def test_exit_code_and_report(kubelore: Kubelore, folder: Path) -> None:
    done = kubelore("test", str(folder / "**" / "*.scenario.json"))

    assert done.returncode == 1
    assert "1 passed, 2 failed" in done.stdout
    assert "`then` is missing: nothing is expected" in done.stdout
    assert kubelore("test", str(folder / "0.scenario.json")).returncode == 0


@pytest.mark.parametrize("then", [{}, {"phase": "Running"}])
def test_a_scenario_without_a_verdict_never_passes(kubelore: Kubelore, tmp_path: Path, then: object) -> None:
    asked = {"system": "podLifecycle", "question": {"status": {"bogus": 1}}, "then": then}
    (tmp_path / "wrong.json").write_text(json.dumps(asked))

    done = kubelore("test", str(tmp_path / "wrong.json"))

    assert done.returncode == 1
    assert "no verdict: " in done.stdout
    assert "`bogus`" in done.stdout


def test_junit_and_tap(kubelore: Kubelore, folder: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"

    done = kubelore("test", str(folder / "*.json"), "--junit", str(report), "--tap")

    suite = ET.parse(report).getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "0", "2")
    assert done.stdout.splitlines()[:4] == ["TAP version 14", "1..3", "ok 1 - held", "not ok 2 - failed"]


STORY = {
    "name": "a pod comes up",
    "system": "cluster",
    "given": {"nodes": 1},
    "when": [
        {
            "at": 1,
            "apply": {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": "web"},
                "spec": {"containers": [{"name": "web", "image": "nginx"}]},
            },
        }
    ],
    "until": 30,
}
RUNS = {"name": "it runs", "object": "Pod/web", "path": "status.phase", "equals": "Running"}
FAILS = {**RUNS, "name": "it waits", "equals": "Pending"}


@pytest.mark.parametrize(
    ("then", "code", "said"),
    [
        pytest.param([RUNS], 0, "1 passed, 0 failed", id="all hold"),
        pytest.param(
            [RUNS, FAILS],
            1,
            'then[1]: it waits: Pod default/web: status.phase: expected "Pending"',
            id="one does not",
        ),
        pytest.param([], 1, "`then` is empty: nothing is expected", id="nothing is expected"),
        pytest.param(
            [{**RUNS, "at": 99}], 1, "no verdict: 99 s is after the end of the story", id="it is none"
        ),
        pytest.param({"outcome": "yes"}, 1, "then.outcome: expected", id="a subset of the verdict"),
        pytest.param({"objects": {"Node/node-1": "Ready"}}, 0, "1 passed", id="a subset that holds"),
    ],
)
def test_a_story_is_held_against_its_expectations(
    kubelore: Kubelore, tmp_path: Path, then: object, code: int, said: str
) -> None:
    (tmp_path / "story.yaml").write_text(json.dumps({**STORY, "then": then}))

    done = kubelore("test", str(tmp_path / "story.yaml"))

    assert done.returncode == code
    assert said in done.stdout


def test_a_list_is_expected_of_stories_alone(kubelore: Kubelore, tmp_path: Path) -> None:
    asked = {"system": "podLifecycle", "question": {"backoff": {"runSeconds": [1]}}, "then": []}
    (tmp_path / "list.json").write_text(json.dumps(asked))

    assert kubelore("test", str(tmp_path / "list.json")).returncode == 1


def test_a_story_may_take_its_manifests_from_files(kubelore: Kubelore, tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(json.dumps(STORY["when"][0]["apply"]))  # type: ignore[index]
    raw = {**STORY, "given": {"nodes": 1, "files": ["pod.yaml"]}, "when": [], "then": [RUNS]}
    (tmp_path / "story.yaml").write_text(json.dumps(raw))

    assert kubelore("test", str(tmp_path / "story.yaml")).returncode == 0


@pytest.mark.parametrize(
    ("lang", "said"), [("ko", "파드 web을 노드 node-1에 배정합니다"), ("en", "binds pod web to node node-1")]
)
def test_a_story_is_told_in_both_languages(kubelore: Kubelore, tmp_path: Path, lang: str, said: str) -> None:
    (tmp_path / "story.yaml").write_text(json.dumps({**STORY, "then": [FAILS]}))

    done = kubelore("evaluate", str(tmp_path / "story.yaml"), "--lang", lang)

    assert done.returncode == 1
    assert said in done.stdout

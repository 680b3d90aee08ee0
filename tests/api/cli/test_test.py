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

import json
import subprocess
import sys
from pathlib import Path

import pytest

from api import coverage
from ontology import vocabulary
from ontology.verdict import Role, Step

TAINTS = Step("scheduling.taints", holds=True)
DECIDED = set(vocabulary.rules()["scheduling.taints"].decides)
ASKED = {"system": "podLifecycle", "question": {"backoff": {"runSeconds": [1, 1]}}, "then": {}}


def test_nothing_is_covered_by_nothing() -> None:
    found = coverage.measure([])

    assert not any(share.reached for share in found.rules.values())
    assert sorted(rule for share in found.rules.values() for rule in share.missed) == sorted(
        vocabulary.rules()
    )
    assert found.concepts.reached == ()


def test_a_rule_that_was_applied_covers_itself_and_what_it_decides() -> None:
    found = coverage.measure([TAINTS, TAINTS])

    assert found.rules["scheduling"].reached == ("scheduling.taints",)
    assert "scheduling.taints" not in found.rules["scheduling"].missed
    assert set(found.concepts.reached) == DECIDED


@pytest.mark.parametrize("role", [Role.NEAR_MISS, Role.CHANGE])
def test_what_was_not_applied_covers_nothing(role: Role) -> None:
    assert coverage.measure([Step("scheduling.taints", holds=True, role=role)]) == coverage.measure([])


def test_a_concept_that_a_step_names_is_met() -> None:
    other = next(name for name in coverage.measure([TAINTS]).concepts.missed)

    met = coverage.measure([Step("scheduling.taints", holds=True, concepts=(other,))])

    assert other in met.concepts.reached


def kubelore(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "a.json").write_text(json.dumps(ASKED))
    command = [sys.executable, "-m", "api", "test", "--coverage", *arguments, str(folder / "*.json")]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_as_text(tmp_path: Path) -> None:
    said = kubelore(tmp_path).stdout

    assert f"rules applied: {len(applied(tmp_path))} of {len(vocabulary.rules())}" in said
    assert "concepts met: " in said
    # of a system that was not asked at all no names are listed
    assert "scheduling.taints" not in said


def test_as_json(tmp_path: Path) -> None:
    rules = applied(tmp_path)

    assert rules
    assert all(rule.startswith("podLifecycle.") for rule in rules)


def applied(folder: Path) -> list[str]:
    report = json.loads(kubelore(folder, "-o", "json").stdout)
    systems = report["coverage"]["systems"]
    assert (report["kind"], report["passed"]) == ("TestReport", 1)
    assert all(len(each["applied"]) + len(each["neverApplied"]) == each["rules"] for each in systems.values())
    return [rule for each in systems.values() for rule in each["applied"]]


def test_the_protocol_holds_it_as_comments(tmp_path: Path) -> None:
    said = kubelore(tmp_path, "--tap").stdout.splitlines()

    assert said[:3] == ["TAP version 14", "1..1", f"ok 1 - {tmp_path / 'a.json'}"]
    assert all(line.startswith("# ") for line in said[3:])


def test_the_protocol_is_no_json(tmp_path: Path) -> None:
    done = kubelore(tmp_path, "--tap", "-o", "json")

    assert (done.returncode, done.stderr) == (2, "error: --tap is text: give it without -o json\n")

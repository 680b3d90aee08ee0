"""`kubelore check` at the command line."""

import json
from pathlib import Path

import pytest

from api.cli import main

NOTE = "# Taint\n\n- NoExecute : 이미 생성되어 있는 파드들도 삭제해버린다.\n- effect\n  - NoSchedule\n"


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.md"
    path.write_text(NOTE, encoding="utf-8")
    return path


def test_a_claim_that_is_too_strong_is_told_with_its_line(
    note: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(note)]) == 1

    out = capsys.readouterr()
    assert f"{note}:3: tooStrong TaintEffect.NoExecute deletes Pod - NoExecute evicts" in out.out
    assert "1 tooStrong" in out.err


def test_json_carries_the_counter_example(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(note), "-o", "json"])

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (strong,) = [row for row in rows if row["result"] == "tooStrong"]
    assert strong["scenario"]["system"] == "eviction"
    assert strong["note"].keys() == {"en", "ko"}


def test_what_cannot_be_tested_is_shown_on_demand(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(note)])
    few = capsys.readouterr().out.count("\n")
    main(["check", str(note), "--all"])

    assert capsys.readouterr().out.count("\n") >= few


def test_right_notes_exit_with_0(tmp_path: Path) -> None:
    path = tmp_path / "right.md"
    path.write_text("# Taint\n\n- effect\n  - NoSchedule\n", encoding="utf-8")

    assert main(["check", str(path)]) == 0

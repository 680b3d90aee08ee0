"""`kubelore lint` at the command line."""

import json
from pathlib import Path

import pytest

from api.cli import main

NOTE = "# Pod\r\n\r\n- state : Wating, Running\r\n- effect\r\n  - preferNoSchedule\r\n"


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.md"
    path.write_bytes(NOTE.encode())
    return path


def test_text_is_for_editors(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(note), "--severity", "low"]) == 1

    first, *_ = capsys.readouterr().out.splitlines()
    assert first == f"{note}:3:11: typo `Wating` is misspelt: write `Waiting`"


def test_messages_come_in_korean(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["lint", str(note), "--lang", "ko", "--severity", "low"])

    assert "`Wating`의 철자가 틀렸습니다. `Waiting`으로 적으세요" in capsys.readouterr().out


def test_json_is_one_finding_a_line_in_both_languages(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["lint", str(note), "-o", "json"])

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows[0].keys() == {
        "document",
        "line",
        "column",
        "found",
        "kind",
        "severity",
        "canonical",
        "message",
    }
    assert rows[0]["message"].keys() == {"en", "ko"}


def test_sarif_names_the_place(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["lint", str(note), "-o", "sarif"])

    log = json.loads(capsys.readouterr().out)
    result = log["runs"][0]["results"][0]
    assert log["version"] == "2.1.0"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 3


def test_fix_puts_spelling_right_and_nothing_else(note: Path) -> None:
    assert main(["lint", str(note), "--fix", "--severity", "low"]) == 1

    assert note.read_bytes() == NOTE.replace("Wating", "Waiting").encode()


def test_fixing_twice_changes_nothing_more(note: Path) -> None:
    main(["lint", str(note), "--fix"])
    once = note.read_bytes()

    main(["lint", str(note), "--fix"])

    assert note.read_bytes() == once


def test_fix_leaves_code_and_addresses_alone(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text(
        "- state : Wating, Running\n- `Wating` http://a.test/Wating [Wating](#Wating)\n\n```\nWating Wating\n```\n"
    )

    main(["lint", str(path), "--fix"])

    assert path.read_text() == (
        "- state : Waiting, Running\n- `Wating` http://a.test/Wating [Waiting](#Wating)\n\n```\nWating Wating\n```\n"
    )


def test_a_clean_note_exits_with_0(tmp_path: Path) -> None:
    path = tmp_path / "clean.md"
    path.write_text("# Pod\n\n- 파드는 컨테이너를 담는다\n", encoding="utf-8")

    assert main(["lint", str(path)]) == 0


def test_a_note_that_is_not_there_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(tmp_path / "gone.md")]) == 2
    assert capsys.readouterr().err.startswith("error: ")

"""`kubelore lint` at the command line."""

import json
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest

from api.cli import main

NOTE = "# Pod\r\n\r\n- state : Wating, Running, Terminated\r\n- effect\r\n  - preferNoSchedule\r\n"


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


# What SARIF 2.1.0 asks of the parts that are written here (sections 3.14, 3.27 to 3.30): no more and no less.
SARIF = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": {"$ref": "#/$defs/run"}},
    },
    "$defs": {
        "run": {
            "type": "object",
            "additionalProperties": False,
            "required": ["tool", "results"],
            "properties": {
                "tool": {"$ref": "#/$defs/tool"},
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
            },
        },
        "tool": {
            "type": "object",
            "additionalProperties": False,
            "required": ["driver"],
            "properties": {
                "driver": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {
                        "name": {"type": "string"},
                        "rules": {"type": "array", "uniqueItems": True, "items": {"required": ["id"]}},
                    },
                }
            },
        },
        "result": {
            "type": "object",
            "additionalProperties": False,
            "required": ["message"],
            "properties": {
                "ruleId": {"type": "string"},
                "level": {"enum": ["none", "note", "warning", "error"]},
                "message": {"type": "object", "required": ["text"], "properties": {"text": {"minLength": 1}}},
                "locations": {"type": "array", "items": {"$ref": "#/$defs/location"}},
            },
        },
        "location": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "physicalLocation": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "artifactLocation": {
                            "properties": {"uri": {"type": "string", "pattern": "^[!-~]+$"}}
                        },
                        "region": {
                            "additionalProperties": False,
                            "properties": {
                                "startLine": {"type": "integer", "minimum": 1},
                                "startColumn": {"type": "integer", "minimum": 1},
                                "endColumn": {"type": "integer", "minimum": 1},
                                "byteOffset": {"type": "integer", "minimum": 0},
                                "byteLength": {"type": "integer", "minimum": 0},
                            },
                        },
                    },
                }
            },
        },
    },
}


@pytest.mark.parametrize("name", ["note.md", "파드 노트.md"])
def test_sarif_is_what_the_standard_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / name).write_bytes(NOTE.encode())
    monkeypatch.chdir(tmp_path)

    main(["lint", name, "-o", "sarif"])

    log = json.loads(capsys.readouterr().out)
    jsonschema.validate(log, SARIF)
    (run,) = log["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == name
    region = place["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (3, 11, 17)
    assert NOTE.encode()[region["byteOffset"] :][: region["byteLength"]] == b"Wating"
    assert {each["ruleId"] for each in run["results"]} == {
        rule["id"] for rule in run["tool"]["driver"]["rules"]
    }


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


def test_a_note_over_the_limit_is_refused_with_a_finding(
    note: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KUBELORE_MAX_NOTE_BYTES", "10")

    assert main(["lint", str(note)]) == 2

    shown = capsys.readouterr()
    size = len(NOTE.encode())
    assert shown.out.startswith(f"{note}:1:1: unread-line the note has {size} bytes and was not read")
    assert shown.err.startswith("error: ")

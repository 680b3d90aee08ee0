"""`kubelore cards`: formats, time stamps, and what it refuses."""

import json
import os
import zipfile
from pathlib import Path

import pytest

from api.cli import main

NOTE = "# Pod\n\n- periodSeconds\n  - 검사하는 시간 간격 | 10초\n"


@pytest.fixture
def note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    file = tmp_path / "pod.md"
    file.write_text(NOTE, encoding="utf-8")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    return file


def collection(file: Path) -> bytes:
    with zipfile.ZipFile(file) as package:
        return package.read("collection.anki2")


@pytest.mark.parametrize("ending", ["apkg", "csv", "md", "json"])
def test_the_ending_chooses_the_format(note: Path, ending: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["cards", note.name, "--out", f"deck.{ending}"])

    assert code == 0
    assert Path(f"deck.{ending}").stat().st_size > 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "cards (" in err


def test_the_same_note_gives_the_same_package(note: Path) -> None:
    main(["cards", note.name, "--out", "one.apkg"])
    main(["cards", note.name, "--out", "two.apkg"])

    assert Path("one.apkg").read_bytes() == Path("two.apkg").read_bytes()


@pytest.mark.parametrize(
    ("epoch", "options"),
    [
        pytest.param("", [], id="the note's own time"),
        pytest.param("1700000000", [], id="SOURCE_DATE_EPOCH"),
        pytest.param("1", ["--timestamp", "1700000000"], id="--timestamp"),
    ],
)
def test_the_time_stamp_comes_from(
    note: Path, epoch: str, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["cards", note.name, "--out", "stamped.apkg", "--timestamp", "1700000000"])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)

    main(["cards", note.name, "--out", "deck.apkg", *options])

    assert collection(Path("deck.apkg")) == collection(Path("stamped.apkg"))


def test_a_later_stamp_is_another_package(note: Path) -> None:
    main(["cards", note.name, "--out", "one.apkg", "--timestamp", "1700000000"])
    main(["cards", note.name, "--out", "two.apkg", "--timestamp", "1700000001"])

    assert Path("one.apkg").read_bytes() != Path("two.apkg").read_bytes()


def test_without_a_note_the_graph_is_read(note: Path) -> None:
    main(["ingest", note.name])

    assert main(["cards", "--out", "deck.json"]) == 0

    cards = json.loads(Path("deck.json").read_text("utf-8"))["cards"]
    assert {card["sources"][0]["document"] for card in cards} == {"pod.md"}


def test_cards_link_to_the_server(note: Path) -> None:
    main(["cards", note.name, "--out", "deck.json", "--link", "http://127.0.0.1:8000/"])

    cards = json.loads(Path("deck.json").read_text("utf-8"))["cards"]
    default = next(card for card in cards if card["kind"] == "default")
    assert default["sources"][0]["link"] == "http://127.0.0.1:8000/notes/pod.md#L4"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["pod.md", "--out", "deck.doc"], "ends in none of", id="an unknown ending"),
        pytest.param(["nothing.md", "--out", "deck.apkg"], "nothing.md", id="a note that is not there"),
        pytest.param(["--out", "deck.apkg"], "no notes", id="an empty graph"),
    ],
)
@pytest.mark.usefixtures("note")
def test_it_refuses(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cards", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert not Path("deck.apkg").exists()


def test_an_epoch_that_is_no_number_is_refused(
    note: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")

    assert main(["cards", note.name, "--out", "deck.apkg"]) == 2
    assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err

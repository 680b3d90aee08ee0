from pathlib import Path

import pytest

from api.sources import opened

BAD = {"empty.md": b"", "blank.md": b" \n\n", "binary.md": bytes(range(32)) * 8, "latin.md": b"# Pod\n\xe9\n"}


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    for name, data in {**BAD, "good.md": b"# Pod\n"}.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_a_note_that_cannot_be_read_never_hides_the_others(notes: Path) -> None:
    found = opened([notes])

    assert [path.name for path, _ in found.notes] == ["good.md"]
    assert [Path(error.path).name for error in found.refused] == sorted(BAD)


@pytest.mark.parametrize("found", [0, 1])
def test_refused_notes_are_told_of_and_decide_the_exit_code(
    notes: Path, capsys: pytest.CaptureFixture[str], found: int
) -> None:
    assert opened([notes / "good.md"]).exit_code(found) == found
    assert capsys.readouterr().err == ""

    assert opened([notes]).exit_code(found) == 2
    assert capsys.readouterr().err.count("error: cannot read `") == len(BAD)


def test_the_limit_of_a_note_is_the_one_that_was_set(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBELORE_MAX_NOTE_BYTES", "3")

    (error,) = opened([notes / "good.md"]).refused

    assert error.code == "TOO_LARGE"

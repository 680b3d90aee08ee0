"""`kubelore facts` at the command line."""

import json
from pathlib import Path

import pytest

from api.cli import main


def test_facts_come_one_a_line_with_their_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note = tmp_path / "note.md"
    note.write_text("# Taint\n\n- effect\n  - NoSchedule\n", encoding="utf-8")

    assert main(["facts", str(note)]) == 0

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = {(row["s"], row["p"], row["o"]): row for row in rows}
    assert found["Taint", "hasEffect", "TaintEffect.NoSchedule"]["lines"][-1] == 4
    assert {row["document"] for row in rows} == {note.as_posix()}


@pytest.mark.parametrize(
    ("data", "part"),
    [
        pytest.param(None, "no such file", id="not there"),
        pytest.param(bytes(range(256)) * 8, "binary", id="binary"),
        pytest.param(b"# Pod \xff\xc3 text", "not UTF-8", id="not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes | None, part: str
) -> None:
    note = tmp_path / "note.md"
    if data is not None:
        note.write_bytes(data)

    assert main(["facts", str(note)]) == 2

    said = capsys.readouterr()
    assert (said.out, said.err[:7]) == ("", "error: ")
    assert part in said.err

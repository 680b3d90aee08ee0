import subprocess
import sys
from pathlib import Path
from select import select
from threading import Timer
from typing import IO

COMMAND = "from api.cli import main; import sys; sys.exit(main())"


def saved_until(note: Path, content: bytes, answer: IO[str]) -> str:
    """Save the note again and again, since nobody says when watching really begins; return the answer."""
    for _ in range(60):
        note.write_bytes(content)
        if select([answer], [], [], 0.5)[0]:
            return answer.readline()
    raise AssertionError


def test_watching_takes_in_what_is_saved_and_outlives_a_bad_note(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    note = notes / "pod.md"
    note.write_text("# Pod\n\n- Pending, Running\n")
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "ingest", "notes", "--watch", "--data", "data"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    limit = Timer(60, process.kill)
    limit.start()
    assert process.stdout is not None
    assert process.stderr is not None

    assert process.stdout.readline().startswith("added")
    assert "watching" in process.stderr.readline()
    assert "cannot read" in saved_until(note, b"\xff\xfe\x00", process.stderr)
    told = [saved_until(note, b"# Pod\n\n- Pending, Failed\n", process.stdout) for _ in range(4)]
    assert any(line.startswith("changed") for line in told)

    limit.cancel()
    process.terminate()
    process.communicate()

import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

Kubelore = Callable[..., subprocess.CompletedProcess[str]]


def test_a_busy_port_is_said_before_notes_are_read(kubelore: Kubelore, tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("# Pod\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = kubelore("serve", str(note), "--port", str(port), "--data", str(tmp_path / "data"))

    assert done.returncode == 2
    assert done.stderr == f"error: cannot listen at 127.0.0.1:{port}: address already in use\n"
    assert not (tmp_path / "data").exists()


def test_notes_that_are_not_there(kubelore: Kubelore, tmp_path: Path) -> None:
    done = kubelore("serve", str(tmp_path / "gone.md"), "--port", "0")

    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "gone.md" in done.stderr


def test_an_address_of_another_machine(kubelore: Kubelore) -> None:
    done = kubelore("serve", "--host", "192.0.2.1", "--port", "0")

    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot listen at 192.0.2.1:0: ")


def test_a_port_that_is_none(kubelore: Kubelore) -> None:
    assert kubelore("serve", "--port", "99999").stderr.startswith("error: cannot listen at 127.0.0.1:99999: ")
    assert kubelore("serve", "--port", "http").returncode == 2

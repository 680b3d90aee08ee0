import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest

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


@pytest.mark.parametrize(("switch", "lines"), [("on", 1), ("off", 0)])
def test_requests_are_logged_unless_switched_off(switch: str, lines: int, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "api", "serve", "--port", "0", "--data", str(tmp_path)]
    with subprocess.Popen(
        command, env={**os.environ, "KUBELORE_ACCESS_LOG": switch}, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        address = re.findall(r"http://\S+", server.stderr.readline())[0]
        with urlopen(f"{address}healthz") as answer:  # noqa: S310 - our own address
            assert answer.status == 200
        server.send_signal(signal.SIGINT)
        logged = [json.loads(line) for line in server.stderr.read().splitlines()]

    assert [each["path"] for each in logged] == ["/healthz"] * lines


def test_a_token_that_is_too_short_is_said_before_anything_is_served(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "api", "serve", "--port", "0", "--data", str(tmp_path)]

    done = subprocess.run(
        command,
        env={**os.environ, "KUBELORE_TOKEN": "short"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (2, "error: the token has fewer than 16 characters\n")

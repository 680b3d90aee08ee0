"""SIGKILL at any moment of an ingest: what is left opens with the old or the new graph, and the next run mends it.

A child kills itself at a stroke: before a file of the data folder is touched, or on either side of a change
of the store. Others are killed from outside after a random time, which falls into the store's own writing, too.
"""

import json
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from api.context import Context
from api.settings import Settings
from graph import embedded, serialize, validation
from graph.errors import StoreMissingError

# Forks a process for each command, after everything is imported and the languages are read: no store is open yet.
RUNNER = """
import json, os, signal, sys, time
from pathlib import Path
from api import ingesting
from api.cli import ingest, main
from api.note_reading import read_all
from api.notebook import Notebook
from api.settings import Settings
from graph.embedded import EmbeddedStore
from ingest.read import Source

list(read_all([Source("warm.md", b"# Pod")], ingesting.fingerprint(), many=False))

def run(data, arguments, left, told):
    def stroke():
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event, given):
        if event in ("open", "os.rename", "os.remove", "os.mkdir", "os.utime") and data in str(given[0]):
            stroke()

    def around(change):
        def changed(*given):
            stroke()
            change(*given)
            stroke()
        return changed

    for name in ("replace", "load", "remove"):
        setattr(EmbeddedStore, name, around(getattr(EmbeddedStore, name)))
    sys.addaudithook(watch)
    if arguments[0] == "ingest":
        code = main([*arguments, "--quiet", "--data", data])
    else:
        text = Path(arguments[1]).read_text()
        code = 0 * len(Notebook(Settings(data=Path(data)), lambda: None).write("sent.md", text).document)
    os.write(told, str(-left).encode())
    os._exit(code)

for line in sys.stdin:
    asked = json.loads(line)
    heard, told = os.pipe()
    began = time.monotonic()
    process = os.fork()
    if process == 0:
        run(asked["data"], asked["arguments"], asked["stroke"], told)
    os.close(told)
    if asked["after"]:
        time.sleep(asked["after"])
        os.kill(process, signal.SIGKILL)
    status = os.waitpid(process, 0)[1]
    seconds = time.monotonic() - began
    with os.fdopen(heard) as said:
        strokes = said.read()
    print(json.dumps([os.waitstatus_to_exitcode(status), int(strokes or 0), seconds]), flush=True)
"""
OLD = {f"note-{n}.md": f"# Pod {n}\n\n- Pod\n  - phase : Pending, Running\n" for n in range(6)}
NEW = {
    **{name: text for name, text in OLD.items() if name > "note-1.md"},
    "note-3.md": "# Taint\n\n- Taint : 노드가 파드를 밀어내는 표시\n- Taint 없는 노드\n",
    "note-4.md": "# 파드\n\n- 파드는 노드에서 실행된다\n",
    "more.md": "# Service\n\n- Service\n  - type : ClusterIP, NodePort\n",
}
SENT = {"before": "# Sent\n\n- Pod\n  - phase : Failed\n", "after": NEW["more.md"]}
SEEDS = range(2)
SHARES = [number / 3 for number in range(3)]
CASES = ("first", "again", "sent", "sent again")


@dataclass(frozen=True)
class Case:
    """A command, the data folder as it finds it, and the graph that it makes undisturbed."""

    arguments: tuple[str, ...]
    before: Path | None
    data: Path
    new: Mapping[str, bytes]
    version: str
    strokes: int
    seconds: float


class Ended(NamedTuple):
    """How a command ended: its exit code, or less than 0 for a signal; strokes are told by who comes to the end."""

    code: int
    strokes: int
    seconds: float


class Runner:
    """Who runs commands, each in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, data: Path, arguments: Sequence[str], *, stroke: int = 0, after: float = 0) -> Ended:
        """Run a command to its end, to a stroke, or for a time in seconds."""
        assert self._process.stdin
        assert self._process.stdout
        asked = {"data": str(data), "arguments": arguments, "stroke": stroke, "after": after}
        self._process.stdin.write(f"{json.dumps(asked)}\n")
        self._process.stdin.flush()
        return Ended(*json.loads(self._process.stdout.readline()))


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    command = [sys.executable, "-c", RUNNER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Runner(process)
        assert process.stdin
        process.stdin.close()


@pytest.fixture(scope="module")
def cases(runner: Runner, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    place = tmp_path_factory.mktemp("killed")
    notes = place / "notes"
    for name, text in SENT.items():
        (place / f"{name}.md").write_text(text)
    read, send = ("ingest", str(notes)), ("send", str(place / "after.md"))
    data = place / "data"
    write(notes, OLD)
    runner.run(data, read)
    shutil.copytree(data, place / "old")
    runner.run(data, ("send", str(place / "before.md")))
    shutil.copytree(data, place / "with-sent")
    write(notes, NEW)
    return {
        "first": undisturbed(runner, read, None, data),
        "again": undisturbed(runner, read, place / "old", data),
        "sent": undisturbed(runner, send, place / "old", data),
        "sent again": undisturbed(runner, send, place / "with-sent", data),
    }


def write(folder: Path, notes: Mapping[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in notes.items():
        (folder / name).write_text(text)


def undisturbed(runner: Runner, arguments: tuple[str, ...], before: Path | None, data: Path) -> Case:
    """Run a command to its end, and count its strokes."""
    restore(before, data)
    code, strokes, seconds = runner.run(data, arguments)
    assert code == 0
    return Case(arguments, before, data, graphs(data), version(data), strokes, seconds)


def restore(before: Path | None, data: Path) -> None:
    """Make a data folder what it was; it stays in one place, as it knows the files of notes by where they are."""
    shutil.rmtree(data, ignore_errors=True)
    if before is not None:
        shutil.copytree(before, data)


def graphs(data: Path) -> dict[str, bytes]:
    """The store, graph by graph; nothing where nothing was ever stored."""
    try:
        store = embedded.read_store(Settings(data=data).store)
    except StoreMissingError:
        return {}
    try:
        return {name: b"".join(serialize.nquads(store, [name])) for name in store.graphs()}
    finally:
        store.close()


def version(data: Path) -> str:
    """The version of the graph that whoever reads is shown."""
    return Context(Settings(data=data)).view.snapshot.version


def check(runner: Runner, case: Case) -> None:
    """Hold what a killed command left against the old graph and the new one, and run the command again."""
    before = case.before or case.data / "nothing"
    old, left = graphs(before), graphs(case.data)
    assert all(text in (old.get(name), case.new.get(name)) for name, text in left.items())
    assert old.keys() & case.new.keys() <= left.keys()
    assert version(case.data) in {version(before), case.version}
    if left:
        store = embedded.read_store(Settings(data=case.data).store)
        assert validation.check(store).conforms
        store.close()

    assert runner.run(case.data, case.arguments).code == 0
    assert graphs(case.data) == case.new
    assert version(case.data) == case.version


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("share", SHARES)
def test_killed_at_a_stroke(runner: Runner, cases: dict[str, Case], name: str, share: float) -> None:
    case = cases[name]
    restore(case.before, case.data)

    ended = runner.run(case.data, case.arguments, stroke=1 + int(share * case.strokes))

    assert ended.code == -signal.SIGKILL
    check(runner, case)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", SEEDS)
def test_killed_after_any_time(runner: Runner, cases: dict[str, Case], name: str, seed: int) -> None:
    case = cases[name]
    restore(case.before, case.data)

    moment = random.Random(seed).uniform(0.001, case.seconds)  # noqa: S311 - no secret
    runner.run(case.data, case.arguments, after=moment)

    check(runner, case)

"""Every command and example of README and docs runs, and says what the page says it says.

A fence `console` holds `$ command` lines, each followed by its output; `...` stands for anything, in a line
or for lines. A fence `sh` is run; a `json` fence right after it is its output. A `json` fence with a
`system` and a `question` is a scenario and is answered. `python` and `typescript` are run, `graphql` is asked,
and a `json` fence right after it is the answer.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from api.context import context
from api.graphql.execution import Executor, Operation
from api.graphql.windows import Windows
from ontology import evaluators

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
FRONTEND = ROOT / "api/web/frontend"
# vite, which the pages are made with, takes the types off; Node itself does so from 22.18 on
WITHOUT_TYPES = """
import { readFileSync } from 'node:fs'
const [, , frontend, file] = process.argv
const { transformWithOxc } = await import(`${frontend}/node_modules/vite/dist/node/index.js`)
console.log((await transformWithOxc(readFileSync(file, 'utf8'), file)).code)
"""
SERVER = "127.0.0.1:8000"  # as the pages write it
_needs_curl = pytest.mark.skipif(
    "CI" not in os.environ and shutil.which("curl") is None,
    reason="no curl: `apt-get install curl` on Debian",
)
_FENCE = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A fence of a page, and the `json` fence that follows it at once."""

    page: str
    line: int
    language: str
    text: str
    answer: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def examples() -> Iterator[Example]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fences = list(_FENCE.finditer(text))
        for fence, following in zip_longest(fences, fences[1:]):
            between = text[fence.end() : following.start()].strip() if following else "the end"
            answer = following[3] if following and following[2] == "json" and not between else ""
            name = str(page.relative_to(ROOT))
            yield Example(name, text.count("\n", 0, fence.start()) + 1, fence[2], fence[3], answer)


def written_in(*languages: str) -> list[Any]:
    return [
        pytest.param(each, id=str(each), marks=_needs_curl if "curl " in each.text else ())
        for each in examples()
        if each.language in languages
    ]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as README's reader works in: `api/examples`, with its notes in the graph."""
    folder = tmp_path_factory.mktemp("reader")
    for name in ("notes", "scenarios"):
        (folder / name).symlink_to(ROOT / "api/examples" / name)
    done = run(folder, "kubelore ingest notes")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def server(place: Path) -> Iterator[str]:
    """The address of a server over that graph."""
    command = [sys.executable, "-c", "import sys; from api.cli import main; sys.exit(main())"]
    arguments = ["serve", "--data", str(place / ".kubelore"), "--port", "0"]
    with subprocess.Popen([*command, *arguments], cwd=place, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        address = process.stderr.readline().split("http://")[1].strip().rstrip("/")
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://{address}/readyz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address
        process.terminate()


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command],
        capture_output=True, text=True, check=False, cwd=folder, timeout=120,
        env={"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def commands(console: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console with the output below it."""
    for part in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
        lines = part.split("\n")
        # a command goes on over lines that end in a backslash, and to the end of a here-document
        end = 1
        while lines[end - 1].endswith("\\"):
            end += 1
        if "<<'EOF'" in lines[0]:
            end = lines.index("EOF") + 1
        yield "\n".join(lines[:end]), "\n".join(lines[end:]).strip("\n")


def pattern(output: str) -> str:
    """Return a regular expression for an output in which `...` stands for anything."""
    lines = [
        r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line).replace(r"\.\.\.", ".*") + "\n"
        for line in output.split("\n")
    ]
    return "".join(lines)


@pytest.mark.parametrize("example", written_in("console"))
def test_a_console_says_what_the_page_says(example: Example, place: Path, server: str) -> None:
    for command, expected in commands(example.text):
        done = run(place, command.replace(SERVER, server))

        said = (done.stdout + done.stderr).replace(server, SERVER)
        assert re.fullmatch(pattern(expected), said.strip("\n") + "\n"), f"$ {command}\n{said}"


@pytest.mark.parametrize("example", written_in("sh"))
def test_a_command_runs(example: Example, place: Path, server: str) -> None:
    done = run(place, example.text.replace(SERVER, server))

    assert done.returncode in {0, 1}, done.stderr
    if example.answer:
        assert [json.loads(line) for line in done.stdout.splitlines()] == [json.loads(example.answer)]


@pytest.mark.parametrize("example", written_in("json"))
def test_json_is_json_and_a_scenario_is_answered(example: Example) -> None:
    found = json.loads(example.text)

    if isinstance(found, dict) and found.keys() >= {"system", "question"}:
        assert evaluators.answer(found).steps


@pytest.mark.parametrize("example", written_in("python"))
def test_python_runs(example: Example, place: Path, server: str) -> None:
    done = run(place, f"python - <<'PYTHON'\n{example.text.replace(SERVER, server)}\nPYTHON")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("example", written_in("typescript"))
def test_typescript_runs(example: Example, place: Path, server: str) -> None:
    if not (FRONTEND / "node_modules/vite").exists():
        assert "CI" not in os.environ, "`make web` installs what takes the types off"
        pytest.skip("needs `make web`")
    (place / "example.ts").write_text(example.text.replace(SERVER, server))
    (place / "example.mjs").write_text(WITHOUT_TYPES)

    done = run(place, f"node example.mjs {FRONTEND} example.ts > plain.mjs && node plain.mjs")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("example", written_in("graphql"))
def test_a_graphql_document_is_answered(example: Example, place: Path) -> None:
    view = context(place / ".kubelore").view

    answer = Executor().execute(Operation(query=example.text), Windows(view))

    assert "errors" not in answer.body
    if example.answer:
        assert answer.body == json.loads(example.answer)


@pytest.mark.parametrize("page", [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES])
def test_links_to_files_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []

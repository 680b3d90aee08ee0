"""What a browser makes of the pages, with every address but our own unreachable."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Dump = Callable[[str], tuple[str, list[str]]]
# What a browser says of a policy that is broken, a script that fails, a request that does not get through.
COMPLAINTS = ("Refused", "violates", "Error", "Failed", "ERR_")


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        reason = "no Chromium: `apt-get install chromium` on Debian"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return found


@pytest.fixture
def dump(chromium: str, address: str, tmp_path: Path) -> Dump:
    """Return the document that a page has become, and what the browser complained of."""

    def run(path: str) -> tuple[str, list[str]]:
        done = subprocess.run(
            [
                chromium, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--enable-logging=stderr",
                "--virtual-time-budget=20000", "--dump-dom", address + path,
            ],
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        return done.stdout, [line for line in console if any(word in line for word in COMPLAINTS)]

    return run


def test_graphiql_runs_without_a_network(dump: Dump) -> None:
    document, complaints = dump("/graphql")

    assert 'class="graphiql-container' in document
    assert "mtk" in document  # Monaco has coloured the query, so it and its workers run
    assert complaints == []


@pytest.mark.parametrize("path", ["/", "/id/Pod", "/systems/podLifecycle"])
def test_pages_obey_their_own_policy(dump: Dump, path: str) -> None:
    document, complaints = dump(path)

    assert "<h1>" in document
    assert complaints == []

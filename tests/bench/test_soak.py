"""A server under load for long: 100,000 requests and 200 changed notes, sent as anyone would send them.

What is asked covers the surface: known and new documents, an evaluation, a batch, a page, RDF, SPARQL, refusals.
After the first tenth its resident memory grows by under a twentieth, its descriptors by none, and the 99th
percentile of the last third is what it was in the first.
"""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import median, quantiles
from threading import local

import pytest

from tests.bench.test_serving import free_port, wait

REQUESTS = int(os.environ.get("KUBELORE_SOAK_REQUESTS", "100000"))
INGESTS = max(REQUESTS // 500, 100)
CONNECTIONS = 4
PARTS = 50
DRIFT = 1.5  # of the 99th percentile, between the thirds of a run on a machine that does other things, too
_PAGE = os.sysconf("SC_PAGE_SIZE")
JSON = "application/json"
NOTES = Path(__file__).parents[2] / "api/examples/notes"
WRITE = "mutation($path: String!, $text: String!) { ingestNote(path: $path, text: $text) { version } }"
KNOWN = "query($id: String!) { concept(id: $id) { name label(lang: [KO]) facts(first: 20) { nodes { predicate } } } }"
SCENARIO = {"system": "podLifecycle", "question": {"backoff": {"runSeconds": [1, 1]}}}


@dataclass(frozen=True)
class Ask:
    """A request and the status of its answer."""

    method: str
    address: str
    body: str = ""
    form: str = JSON
    status: int = 200


def asks() -> tuple[Ask, ...]:
    documents = [Ask("POST", "/graphql", json.dumps({"query": KNOWN, "variables": {"id": each}}))
                 for each in ("Pod", "Taint", "Service", "Deployment")]  # fmt: skip
    return (
        *documents,
        Ask("POST", "/graphql", json.dumps({"query": '{ search(text: "파드", first: 5) { nodes { snippet } } }'})),
        Ask("POST", "/evaluate", json.dumps(SCENARIO)),
        Ask("POST", "/evaluate/batch", (json.dumps(SCENARIO) + "\n") * 5, "application/x-ndjson"),
        Ask("POST", "/evaluate", "{", status=400),
        Ask("GET", "/notes/rbac.md"),
        Ask("GET", "/id/Pod"),
        Ask("GET", "/nothing", status=404),
        Ask("GET", "/q/path?from=Pod&to=Node"),
    )  # fmt: skip


SPARQL = Ask("POST", "/sparql", "SELECT * { ?s a ?t } LIMIT 5", "application/sparql-query")


class Server:
    """The server under load."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port
        self._own = local()
        self._lines: list[http.client.HTTPConnection] = []

    def ask(self, ask: Ask) -> float:
        """Send a request on this thread's connection, and return the seconds until its answer was there."""
        if not hasattr(self._own, "line"):
            self._own.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            self._lines.append(self._own.line)
        began = time.perf_counter()
        self._own.line.request(ask.method, ask.address, ask.body.encode(), {"content-type": ask.form})
        answer = self._own.line.getresponse()
        answer.read()
        assert answer.status == ask.status, ask
        return time.perf_counter() - began

    def hang_up(self) -> None:
        """Close the connections of all threads."""
        for line in self._lines:
            line.close()

    @property
    def memory(self) -> int:
        """Bytes that it holds, without the process that answers SPARQL."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * _PAGE

    @property
    def descriptors(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    data, port = tmp_path / "data", free_port()
    subprocess.run([sys.executable, "-m", "api", "ingest", "-q", "--data", str(data), str(NOTES)], check=True)
    command = [sys.executable, "-m", "api", "serve", "--data", str(data), "--port", str(port)]
    environment = {**os.environ, "KUBELORE_ACCESS_LOG": "off"}
    with subprocess.Popen(command, env=environment) as process:
        wait(port)
        found = Server(process, port)
        yield found
        found.hang_up()
        process.terminate()


def note(number: int) -> Ask:
    """A note of always the same length whose text is another each time."""
    text = f"# Soak {number:06}\n\n- Pod\n  - phase : Pending, Running\n- Taint {number:06} : 노드가 파드를 밀어낸다\n"
    sent = {"query": WRITE, "variables": {"path": "soak.md", "text": text}}
    return Ask("POST", "/graphql", json.dumps(sent))


def p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100)[-1] * 1000


def test_a_long_load_leaves_nothing_behind(server: Server, report: Callable[[str], None]) -> None:
    offered = asks()
    times: list[list[float]] = []
    held: list[tuple[int, int]] = []
    ingests: list[float] = []
    began = time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as senders:
        for part in range(PARTS):
            count = REQUESTS // PARTS
            times.append(list(senders.map(server.ask, (offered[n % len(offered)] for n in range(count)))))
            # changes come between the parts, so that what is compared is answers under the same load
            changes = range(part * INGESTS // PARTS, (part + 1) * INGESTS // PARTS)
            ingests.extend(server.ask(note(number)) for number in changes)
            server.ask(SPARQL)
            # a server hangs up on who is silent for long, as a thread is while notes are read
            server.hang_up()
            held.append((server.memory, server.descriptors))
    seconds = time.monotonic() - began

    tenth = PARTS // 10
    # what a process holds goes up and down with each note that is read: a tenth's median is told
    before, after = (median(each[0] for each in part) for part in (held[tenth : 2 * tenth], held[-tenth:]))
    opened, left = max(each[1] for each in held[:tenth]), held[-1][1]
    third = PARTS // 3
    early, late = (p99(list(chain.from_iterable(each))) for each in (times[:third], times[-third:]))
    report(
        f"soak: {REQUESTS:,} requests and {len(ingests)} re-ingests in {seconds:.0f} s; "
        f"memory {before / 1e6:.1f} MB after the first tenth, {after / 1e6:.1f} MB in the last "
        f"({after / before - 1:+.1%}); descriptors {opened} and {left}; "
        f"p99 {early:.1f} ms in the first third, {late:.1f} ms in the last; "
        f"re-ingest p50 {quantiles(ingests, n=2)[0] * 1000:.0f} ms"
    )
    assert after < before * 1.05
    assert left <= opened
    assert late <= early * DRIFT

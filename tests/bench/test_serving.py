"""GraphQL over HTTP beside Node's servers: one process on one core each, the load from the other core.

The same part of the schema, the same data, the same answers; limits and a token on here, no response cache
anywhere. Rounds are interleaved, and each ratio is the median of the rounds' ratios.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import Request, urlopen

import pytest

from api.graphql.relay import opaque
from api.settings import Settings
from graph import snapshot as files
from graph.snapshot import Snapshot

PEERS = Path(__file__).with_name("peers")
CONCEPTS, FACTS, IDS = 2_000, 20, 200
ROUNDS, SECONDS = 5, 2
TOKEN = "measured-with-a-token"  # noqa: S105 - of a server that lives for a minute
HEADERS = {"content-type": "application/json", "authorization": f"Bearer {TOKEN}"}

SMALL = "query($id: String!) { concept(id: $id) { name iri label(lang: [KO]) } }"
MEDIUM = """query($id: String!) {
  concept(id: $id) {
    name
    facts(first: 20) { nodes { predicate lines layer object { name label(lang: [KO, EN]) } } }
  }
}"""
LIST = "query($n: Int!) { concepts(first: $n) { nodes { id name iri kind label(lang: [KO]) } } }"

Ask = Callable[[str, str], tuple[float, float]]


@dataclass(frozen=True)
class Load:
    """Documents that are asked one after another, and the bars: requests beside mercurius and beside yoga."""

    query: str
    variables: tuple[Mapping[str, Any], ...]
    beside_mercurius: float
    beside_yoga: float = 4.0

    @property
    def bodies(self) -> list[str]:
        return [json.dumps({"query": self.query, "variables": each}) for each in self.variables]


_EACH = tuple({"id": f"c{i * 7 % CONCEPTS:04}"} for i in range(IDS))
LOADS = {
    "a concept with 3 fields": Load(SMALL, _EACH, 0.8),
    "a concept with 20 relations": Load(MEDIUM, _EACH, 0.8),
    "a list of 500 by 5": Load(LIST, ({"n": 500},), 1.2),
}


@pytest.fixture(scope="module")
def addresses(
    tmp_path_factory: pytest.TempPathFactory, made_up: Callable[[int, int], Snapshot]
) -> Iterator[dict[str, str]]:
    """Our server and its peers, by name, each on the first core."""
    if shutil.which("npm") is None or shutil.which("taskset") is None:
        pytest.skip("needs npm and taskset (util-linux)")
    subprocess.run(["npm", "--prefix", str(PEERS), "--loglevel=error", "ci"], check=True)
    folder = tmp_path_factory.mktemp("served")
    graph = made_up(CONCEPTS, FACTS)
    files.save(graph, Settings(data=folder).snapshot)
    data = folder / "concepts.json"
    data.write_text(json.dumps(plain(graph)), encoding="utf-8")
    ports = {name: free_port() for name in ("kubelore", "mercurius", "yoga")}
    commands = {
        "kubelore": [sys.executable, "-m", "api", "serve", "--data", str(folder), "--port", str(ports["kubelore"])],
        "mercurius": ["node", str(PEERS / "mercurius.mjs"), str(ports["mercurius"]), str(data)],
        "yoga": ["node", str(PEERS / "yoga.mjs"), str(ports["yoga"]), str(data)],
    }  # fmt: skip
    ours = {"KUBELORE_TOKEN": TOKEN, "KUBELORE_TOKEN_READS": "1", "KUBELORE_ACCESS_LOG": "off"}
    with ExitStack() as running:
        for name, command in commands.items():
            server = subprocess.Popen(["taskset", "-c", "0", *command], env={**os.environ, **ours})
            running.enter_context(server)
            running.callback(server.terminate)
            wait(ports[name])
        yield {name: f"http://127.0.0.1:{port}/graphql" for name, port in ports.items()}


def plain(graph: Snapshot) -> list[dict[str, Any]]:
    """The graph as the peers read it."""
    return [
        {
            "id": opaque("Concept", concept.name),
            "name": concept.name,
            "iri": concept.iri,
            "kind": concept.kind.upper(),
            "labels": {lang.upper(): texts[0] for lang, texts in concept.labels.items()},
            "facts": [
                {
                    "predicate": fact.predicate,
                    "lines": fact.lines,
                    "layer": fact.layer.upper(),
                    "object": graph.concepts[fact.object].name,
                }
                for fact in graph.facts[index * FACTS : (index + 1) * FACTS]
            ],
        }
        for index, concept in enumerate(graph.concepts)
    ]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def wait(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(port)


def answer(address: str, body: str) -> Any:
    with urlopen(Request(address, body.encode(), HEADERS)) as response:  # noqa: S310 - our own servers
        return json.loads(response.read())


def asked(address: str, load: Load, folder: Path) -> tuple[float, float]:
    """Return requests a second, and the 99th percentile in milliseconds."""
    file = folder / "requests.json"
    file.write_text(json.dumps({"headers": HEADERS, "bodies": load.bodies}), encoding="utf-8")
    command = ["taskset", "-c", "1", "node", str(PEERS / "load.mjs"), address, str(SECONDS), str(file)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert found["failed"] == 0, address
    return found["perSecond"], found["p99"]


@pytest.mark.parametrize("name", LOADS)
def test_requests_beside_node(
    name: str, addresses: dict[str, str], tmp_path: Path, report: Callable[[str], None]
) -> None:
    load = LOADS[name]
    answers = [[answer(address, body) for body in load.bodies] for address in addresses.values()]
    assert all(each == answers[0] for each in answers)

    rounds = [
        {server: asked(address, load, tmp_path) for server, address in addresses.items()}
        for _ in range(ROUNDS)
    ]

    rates = {server: median(each[server][0] for each in rounds) for server in addresses}
    slowest = {server: median(each[server][1] for each in rounds) for server in addresses}
    beside = {
        peer: median(each["kubelore"][0] / each[peer][0] for each in rounds) for peer in ("mercurius", "yoga")
    }
    report(
        f"{name}: "
        + ", ".join(f"{server} {rates[server]:,.0f}/s p99 {slowest[server]:.1f} ms" for server in addresses)
        + f": {beside['mercurius']:.2f} times mercurius, {beside['yoga']:.1f} times yoga"
    )
    assert beside["mercurius"] >= load.beside_mercurius
    assert beside["yoga"] >= load.beside_yoga
    if load.query is LIST:
        assert slowest["kubelore"] <= 0.5 * slowest["yoga"]

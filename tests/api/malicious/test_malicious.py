"""Everything of the corpus is sent, and gets the refusal that its table says."""

import json
import socket
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
import yaml
from starlette.testclient import TestClient

from api.app import create_app
from api.context import Context
from api.settings import Settings

HERE = Path(__file__).parent
ATTACKS = yaml.safe_load((HERE / "attacks.yaml").read_text(encoding="utf-8"))
NOTES = sorted((HERE / "notes").iterdir())
WRITE = "mutation($path: String!, $text: String!) { ingestNote(path: $path, text: $text) { path } }"
EMPTY = "data:,"  # the icon of our pages: it holds nothing
GRAPHQL = "application/graphql-response+json"


def content(attack: Mapping[str, Any]) -> bytes:
    """The bytes of an attack, as its table describes them."""
    if "file" in attack:
        return (HERE / "documents" / attack["file"]).read_bytes()
    if "repeat" in attack:
        part = attack["repeat"]
        found = part.get("head", "") + part["each"] * part["times"] + part.get("tail", "")
        return str(found).encode()
    return str(attack.get("text", "")).encode()


def codes(answer: Any) -> Iterator[str]:
    """Every error code of an answer of any kind."""
    if isinstance(answer, Mapping):
        yield from (each for name, each in answer.items() if name == "code")
        answer = answer.values()
    if not isinstance(answer, str | int | float | None):
        for each in answer:
            yield from codes(each)


@pytest.mark.parametrize("attack", [pytest.param(each, id=each["name"]) for each in ATTACKS])
def test_an_attack_gets_its_refusal(client: TestClient, attack: dict[str, Any]) -> None:
    method, address = attack["to"].split(" ", 1)
    body, form = content(attack), attack.get("type")
    if address == "/graphql" and form is None:
        body, form = json.dumps({"query": body.decode()}).encode(), "application/json"
    headers = {"accept": f"{GRAPHQL}, */*;q=0.5"} if address.startswith("/graphql") else {}
    if form:
        headers["content-type"] = form

    answer = client.request(method, address, content=body, headers=headers | attack.get("headers", {}))

    assert answer.status_code == attack["status"], answer.text[:300]
    if "code" in attack:
        assert attack["code"] in codes([json.loads(line) for line in answer.text.splitlines()])
    assert "root:" not in answer.text
    assert "Traceback" not in answer.text
    assert client.get("/healthz").status_code == 200


class Inert(HTMLParser):
    """Collects what would run in a page: our own scripts and links are let through."""

    DEAD: ClassVar = {
        "iframe",
        "object",
        "embed",
        "math",
        "animate",
        "base",
        "meta",
        "style",
        "foreignobject",
    }
    SCHEMES: ClassVar = {"", "http", "https"}

    def __init__(self, page: str) -> None:
        super().__init__()
        self.runs: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        own = given.get("src", "").startswith("/static/") or (tag == "meta" and "http-equiv" not in given)
        if (tag in self.DEAD or tag == "script") and not own:
            self.runs.append(f"<{tag}>")
        for name, value in given.items():
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                self.runs.append(f"{tag} {name}")
            # browsers drop control characters and blanks from the scheme of an address
            plain = "".join(each for each in value if each.isprintable() and each != " ").replace(EMPTY, "")
            if (
                name in ("href", "src", "action", "data", "xlink:href")
                and urlsplit(plain).scheme not in self.SCHEMES
            ):
                self.runs.append(f"{tag} {name}={value}")


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server to which every note of the corpus was sent."""
    settings = Settings(data=tmp_path_factory.mktemp("poisoned"))
    with TestClient(create_app(Context(settings)), base_url="http://127.0.0.1:8000") as found:
        for note in NOTES:
            sent = {"path": note.name, "text": note.read_text(encoding="utf-8")}
            answer = found.post("/graphql", json={"query": WRITE, "variables": sent}).json()
            assert answer == {"data": {"ingestNote": {"path": note.name}}}
        yield found


@pytest.mark.parametrize("note", [pytest.param(each, id=each.stem) for each in NOTES])
def test_nothing_in_a_note_runs(poisoned: TestClient, note: Path) -> None:
    for address in ("/", f"/notes/{note.name}", "/id/Pod", "/id/PodPhase.Pending"):
        answer = poisoned.get(address, headers={"accept": "text/html"})

        assert answer.status_code == 200, address
        assert Inert(answer.text).runs == [], address
        assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_the_check_of_pages_sees_what_runs() -> None:
    page = '<script>1</script><a href=" java\tscript:x">a</a><img src=x onerror=y><svg onload=z>'

    assert len(Inert(page).runs) == 4


CONNECTIONS = [
    pytest.param(b"GET /healthz HTTP/1.1\r\nhost: {host}\r\n" + b"x: y\r\n" * 20_000 + b"\r\n", id="a flood of headers"),
    pytest.param(b"GET /healthz HTTP/1.1\r\nhost: {host}\r\nx: " + b"y" * 200_000 + b"\r\n\r\n", id="a header without end"),
    pytest.param(b"GET /" + b"y" * 200_000 + b" HTTP/1.1\r\nhost: {host}\r\n\r\n", id="an address without end"),
    pytest.param(b"POST /evaluate HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: 5\r\n"
                 b"content-length: 7\r\n\r\n{}", id="two lengths"),
    pytest.param(b"POST /evaluate HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: -1\r\n\r\n{}",
                 id="a length below nothing"),
    pytest.param(b"POST /evaluate HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n"
                 b"content-length: 99999999999999\r\n\r\n{}", id="a length that is a lie"),
    pytest.param(b"POST /evaluate HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n"
                 b"transfer-encoding: chunked\r\n\r\nZZZ\r\n", id="a chunk of no size"),
    pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500, id="TLS to a plain port"),
    pytest.param(b"\0" * 1000 + b"\r\n\r\n", id="zeros"),
]  # fmt: skip


@pytest.mark.parametrize("sent", CONNECTIONS)
def test_a_connection_that_lies_harms_nobody(address: str, sent: bytes) -> None:
    host = urlsplit(address).netloc
    with socket.create_connection(
        (str(urlsplit(address).hostname), int(urlsplit(address).port or 0)), 10
    ) as line:
        try:
            line.sendall(sent.replace(b"{host}", host.encode()))
            line.shutdown(socket.SHUT_WR)
            answer = line.recv(100)
        except ConnectionError:  # closed in the middle of what was sent
            answer = b""

    assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 200")), answer
    with urlopen(f"{address}/healthz", timeout=10) as health:  # noqa: S310 - our own server
        assert health.status == 200

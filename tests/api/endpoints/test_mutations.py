"""Notes sent to a server: read into the graph, replaced, removed."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.context import Context
from api.ingesting import ingest
from api.settings import Settings

TOKEN = "a-token-of-some-length"  # noqa: S105 - of no server
WRITE = """mutation Write($path: String!, $text: String!) {
  ingestNote(path: $path, text: $text) { path change version note { title facts { totalCount } } }
}"""
REMOVE = "mutation Remove($path: String!) { removeNote(path: $path) { change note { path } } }"
TEXT = "# Pod\n\n## Phase\n\n- Pod\n  - phase : Pending, Running\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", max_note_bytes=1_000)


@pytest.fixture
def server(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(Context(settings))) as found:
        yield found


def ask(
    server: TestClient, query: str, headers: dict[str, str] | None = None, **variables: Any
) -> dict[str, Any]:
    response = server.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    found: dict[str, Any] = response.json()
    return found


def code(answer: dict[str, Any]) -> str:
    return str(answer["errors"][0]["extensions"]["code"])


def test_a_note_is_read_replaced_and_removed(server: TestClient) -> None:
    added = ask(server, WRITE, path="week-1/pods.md", text=TEXT)["data"]["ingestNote"]
    shown = server.get("/notes/week-1/pods.md").status_code
    same = ask(server, WRITE, path="week-1/pods.md", text=TEXT)["data"]["ingestNote"]
    changed = ask(server, WRITE, path="week-1/pods.md", text="# Taint\n")["data"]["ingestNote"]
    removed = ask(server, REMOVE, path="week-1/pods.md")["data"]["removeNote"]

    assert (added["path"], added["change"], added["note"]["title"]) == ("week-1/pods.md", "ADDED", "Pod")
    assert added["note"]["facts"]["totalCount"] > 2
    assert shown == 200
    assert (same["change"], same["version"]) == ("UNCHANGED", added["version"])
    assert (changed["change"], changed["note"]["title"]) == ("CHANGED", "Taint")
    assert removed == {"change": "REMOVED", "note": None}
    assert server.get("/notes").json()["notes"] == []


def test_one_of_two_notes_stays(server: TestClient) -> None:
    for name in ("a.md", "b.md"):
        ask(server, WRITE, path=name, text=TEXT)

    ask(server, REMOVE, path="a.md")

    assert [each["path"] for each in server.get("/notes").json()["notes"]] == ["b.md"]


def test_a_note_outlives_the_server(server: TestClient, settings: Settings) -> None:
    ask(server, WRITE, path="pods.md", text=TEXT)

    assert [note.path for note in Context(settings).view.snapshot.notes] == ["pods.md"]


@pytest.mark.parametrize(
    "path",
    ["", ".", "..", "../pods.md", "/etc/pods.md", "a/../../pods.md", "a\\b.md", "C:/a.md", "a/.../b.md", "pods.txt", "pods", "a\x00.md", "a\n.md", "x" * 300 + ".md", ".md/x.md/..", "\u202e.md"],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_refused(path: str, server: TestClient, settings: Settings) -> None:
    before = sorted(settings.data.parent.rglob("*"))

    assert code(ask(server, WRITE, path=path, text=TEXT)) == "BAD_INPUT"
    assert sorted(settings.data.parent.rglob("*")) == before


def test_a_note_that_is_too_long_is_refused(server: TestClient) -> None:
    assert code(ask(server, WRITE, path="long.md", text="가" * 1_000)) == "TOO_LARGE"
    assert server.get("/notes").json()["notes"] == []


def test_a_note_that_was_never_sent_cannot_be_removed(server: TestClient) -> None:
    assert code(ask(server, REMOVE, path="pods.md")) == "NOT_FOUND"


def test_a_file_of_this_machine_is_not_written(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "pods.md"
    file.write_text(TEXT, encoding="utf-8")
    ingest([file], settings)
    with TestClient(create_app(Context(settings))) as server:
        refused = ask(server, WRITE, path="pods.md", text="# Other\n"), ask(server, REMOVE, path="pods.md")

    assert [code(each) for each in refused] == ["BAD_INPUT", "BAD_INPUT"]
    assert file.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 401, id="no token"),
        pytest.param({"authorization": "Bearer nobody's-token-at-all"}, 401, id="another token"),
        pytest.param({"authorization": f"Bearer {TOKEN}"}, 200, id="the token"),
    ],
)
def test_elsewhere_a_change_needs_the_token(headers: dict[str, str], status: int, tmp_path: Path) -> None:
    app = create_app(Context(Settings(data=tmp_path, token=TOKEN)), local=False)
    asked = {"query": WRITE, "variables": {"path": "pods.md", "text": TEXT}}
    with TestClient(app) as server:
        response = server.post("/graphql", json=asked, headers=headers)
        notes = server.get("/notes").json()["notes"]

    assert response.status_code == status
    assert len(notes) == (status == 200)


def test_elsewhere_without_a_token_nothing_is_changed(tmp_path: Path) -> None:
    with TestClient(create_app(Context(Settings(data=tmp_path)), local=False)) as server:
        refused = server.post("/graphql", json={"query": WRITE, "variables": {"path": "a.md", "text": TEXT}})

    assert refused.status_code == 403


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_nothing_is_changed_by_following_a_link(accept: str, server: TestClient) -> None:
    query = 'mutation { ingestNote(path: "a.md", text: "# A") { change } }'

    refused = server.get("/graphql", params={"query": query}, headers={"accept": accept})

    assert refused.status_code == 405 or "not run over GET" in refused.text
    assert server.get("/notes").json()["notes"] == []


@pytest.mark.parametrize("form", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_page_of_another_site_cannot_send_one_unasked(form: str, server: TestClient) -> None:
    body = '{"query": "mutation { ingestNote(path: \\"a.md\\", text: \\"# A\\") { change } }"}'

    refused = server.post("/graphql", content=body, headers={"content-type": form})

    assert refused.status_code == 415
    assert server.get("/notes").json()["notes"] == []


def test_many_at_once_are_all_kept(server: TestClient) -> None:
    threads = [
        threading.Thread(
            target=ask, args=(server, WRITE), kwargs={"path": f"n{i}.md", "text": f"# Pod {i}\n"}
        )
        for i in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [each["path"] for each in server.get("/notes").json()["notes"]] == [f"n{i}.md" for i in range(6)]


def test_who_listens_is_told(server: TestClient) -> None:
    with server.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init"})
        socket.receive_json()
        socket.send_json(
            {"type": "subscribe", "id": "1", "payload": {"query": "subscription { graph { notes } }"}}
        )
        now = socket.receive_json()["payload"]["data"]["graph"]["notes"]
        ask(server, WRITE, path="pods.md", text=TEXT)
        then = socket.receive_json()["payload"]["data"]["graph"]["notes"]

    assert (now, then) == (0, 1)

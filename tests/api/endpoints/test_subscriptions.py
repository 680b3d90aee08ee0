"""Being told as it happens: over graphql-transport-ws, and as server-sent events."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from api.app import create_app
from api.context import Context
from api.ingesting import ingest
from api.settings import Settings

PROTOCOL = "graphql-transport-ws"
TOKEN = "a-token-of-some-length"  # noqa: S105 - of no server
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "app", "image": "nginx"}]},
}
SCENARIO = {"system": "podLifecycle", "objects": [POD], "question": {"status": {}}}
STEPS = "subscription Steps($s: JSON!) { steps(scenario: $s) { ruleName text } }"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Context(Settings(data=tmp_path)), hosts=["testserver"])) as found:
        yield found


def opened(socket: WebSocketTestSession, **payload: Any) -> WebSocketTestSession:
    socket.send_json({"type": "connection_init", "payload": payload})
    assert socket.receive_json() == {"type": "connection_ack"}
    return socket


def ask(socket: WebSocketTestSession, query: str, id_: str = "1", **variables: Any) -> None:
    payload = {"query": query, "variables": variables}
    socket.send_json({"type": "subscribe", "id": id_, "payload": payload})


def told(socket: WebSocketTestSession) -> list[Any]:
    """Everything until the end of one operation."""
    found = []
    while (message := socket.receive_json())["type"] == "next":
        found.append(message["payload"])
    assert message["type"] == "complete", message
    return found


def test_the_steps_of_an_evaluation_come_one_by_one(server: TestClient) -> None:
    expected = server.post(
        "/graphql",
        json={
            "query": "query Q($s: JSON!) { evaluate(scenario: $s) { steps { ruleName text } } }",
            "variables": {"s": SCENARIO},
        },
    ).json()["data"]["evaluate"]["steps"]

    with server.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as socket:
        ask(opened(socket), STEPS, s=SCENARIO)
        steps = [each["data"]["steps"] for each in told(socket)]

    assert steps == expected
    assert len(steps) > 1


def test_a_query_over_a_socket_is_answered_once(server: TestClient) -> None:
    with server.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as socket:
        ask(opened(socket), "{ statistics { notes } }")
        assert told(socket) == [{"data": {"statistics": {"notes": 0}}}]


def test_the_graph_is_told_now_and_when_it_has_changed(server: TestClient, tmp_path: Path) -> None:
    note = tmp_path / "pods.md"
    note.write_text("# Pod\n\n- Pod : 컨테이너의 묶음\n", encoding="utf-8")
    with server.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as socket:
        ask(opened(socket), "subscription { graph { notes version } }")
        now = socket.receive_json()["payload"]["data"]["graph"]

        ingest([note], Settings(data=tmp_path))
        then = socket.receive_json()["payload"]["data"]["graph"]
        socket.send_json({"type": "complete", "id": "1"})

    assert (now["notes"], then["notes"]) == (0, 1)
    assert now["version"] != then["version"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        pytest.param("subscription { nothing }", "BAD_INPUT", id="not valid"),
        pytest.param('subscription { steps(scenario: {system: "rbca"}) { text } }', "INVALID_QUESTION", id="a wrong scenario"),
        pytest.param("subscription { steps(scenario: {}, pause: -1) { text } }", "BAD_INPUT", id="a wrong pause"),
        pytest.param("{ " + " ".join(f"a{i}: __typename" for i in range(101)) + " }", "TOO_LARGE", id="limits hold"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_code(query: str, code: str, server: TestClient) -> None:
    with server.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as socket:
        ask(opened(socket), query)
        message = socket.receive_json()

    errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
    assert errors[0]["extensions"]["code"] == code


@pytest.mark.parametrize(
    ("headers", "protocols", "code"),
    [
        pytest.param({"origin": "http://elsewhere.example"}, [PROTOCOL], 1008, id="a page of another origin"),
        pytest.param({"host": "elsewhere.example"}, [PROTOCOL], 1008, id="another name"),
        pytest.param({}, ["graphql-ws"], 4406, id="the old protocol"),
        pytest.param({}, [], 4406, id="no protocol"),
    ],
)
def test_who_is_not_let_in(
    headers: dict[str, str], protocols: list[str], code: int, server: TestClient
) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        server.websocket_connect("/graphql", subprotocols=protocols, headers=headers),
    ):
        pass
    assert refused.value.code == code


def test_a_page_of_this_server_is_let_in(server: TestClient) -> None:
    headers = {"origin": "http://testserver"}
    with server.websocket_connect("/graphql", subprotocols=[PROTOCOL], headers=headers) as socket:
        opened(socket)


@pytest.mark.parametrize(
    "message",
    [
        '{"type": "subscribe", "id": "1", "payload": "x"}',
        '{"type": "subscribe", "id": 1}',
        "{",
        "[]",
        '{"type": "brew"}',
        '{"typ": 1}',
        "\x00",
    ],
)
def test_a_message_that_is_none_ends_the_connection(message: str, server: TestClient) -> None:
    with server.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as socket:
        opened(socket).send_text(message)
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_json()
    assert ended.value.code == 4400


def test_asking_before_saying_hello_ends_the_connection(server: TestClient) -> None:
    with server.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as socket:
        ask(socket, "{ statistics { notes } }")
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_json()
    assert ended.value.code == 4401


def test_no_more_connections_than_admitted(tmp_path: Path) -> None:
    app = create_app(Context(Settings(data=tmp_path, max_sockets=1)))
    with TestClient(app) as client:
        with client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as first:
            opened(first)
            with (
                pytest.raises(WebSocketDisconnect) as refused,
                client.websocket_connect("/graphql", subprotocols=[PROTOCOL]),
            ):
                pass
        with client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as again:
            opened(again)
    assert refused.value.code == 1013


def test_a_token_comes_with_the_connection(tmp_path: Path) -> None:
    app = create_app(Context(Settings(data=tmp_path, token=TOKEN, token_reads=True)), local=False)
    with TestClient(app) as client:
        with client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as socket:
            opened(socket, authorization=f"Bearer {TOKEN}")
        with client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as socket:
            socket.send_json({"type": "connection_init", "payload": {"authorization": "Bearer guess"}})
            with pytest.raises(WebSocketDisconnect) as refused:
                socket.receive_json()
    assert refused.value.code == 4403


def events(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.split("\n\n"):
        members = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in members:
            found.append((members["event"], json.loads(members.get("data", "null"))))
    return found


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_steps_as_server_sent_events(method: str, server: TestClient) -> None:
    asked: dict[str, Any] = {"query": STEPS, "variables": {"s": SCENARIO}}
    headers = {"accept": "text/event-stream"}
    if method == "GET":
        parameters = {"query": STEPS, "variables": json.dumps({"s": SCENARIO})}
        response = server.get("/graphql", params=parameters, headers=headers)
    else:
        response = server.post("/graphql", json=asked, headers=headers)

    assert response.headers["content-type"].startswith("text/event-stream")
    *steps, end = events(response.text)
    assert end == ("complete", None)
    assert len(steps) > 1
    assert all(name == "next" and data["data"]["steps"]["text"] for name, data in steps)


def test_a_subscription_in_json_says_how_to_ask(server: TestClient) -> None:
    response = server.post("/graphql", json={"query": "subscription { graph { notes } }"})

    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    assert "text/event-stream" in response.text

"""Metrics, request ids and the access log."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from api.app import create_app
from api.context import Context
from api.settings import Settings


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Context(Settings(data=tmp_path)))) as found:
        yield found


def samples(server: TestClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    response = server.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def test_requests_are_counted_by_route_not_by_address(server: TestClient) -> None:
    for path in ("/id/Pod", "/id/Node", "/id/Nothing", "/nowhere", "/elsewhere"):
        server.get(path)
    server.request("BREW", "/healthz")

    found = samples(server)

    def count(route: str, status: int, method: str = "GET") -> float:
        labels = (("method", method), ("route", route), ("status", str(status)))
        return found["kubelore_http_requests_total", labels]

    assert count("/id/{name:path}", 200) == 2
    assert count("/id/{name:path}", 404) == 1
    assert count("none", 404) == 2
    assert count("/healthz", 405, method="none") == 1
    assert found["kubelore_http_request_duration_seconds_count", (("route", "/id/{name:path}"),)] == 3
    assert found["kubelore_http_requests_in_progress", ()] == 1, "the one that asks"


def test_the_graph_and_fallbacks_are_told(server: TestClient) -> None:
    before = samples(server)
    server.post("/graphql", json={"query": '{ concept(id: "Nothing") { name } }'})
    after = samples(server)

    version = server.get("/readyz").json()["version"]
    assert before["kubelore_graph_info", (("version", version),)] == 1
    assert before["kubelore_graph_concepts", ()] > 100
    name = "kubelore_graphql_fallbacks_total"
    assert after[name, ()] == before[name, ()] + 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param("abc-123", True, id="a proxy's"),
        pytest.param("", False, id="none"),
        pytest.param("x" * 65, False, id="too long"),
        pytest.param("two words", False, id="not a name"),
    ],
)
def test_an_answer_carries_the_id_of_its_request(given: str, kept: bool, server: TestClient) -> None:
    answer = server.get("/healthz", headers={"x-request-id": given})

    assert (answer.headers["x-request-id"] == given) is kept
    assert answer.headers["x-request-id"]


def test_a_request_is_a_line_of_the_log(server: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    secret = "do-not-tell"  # noqa: S105 - to look for in the log
    with caplog.at_level("INFO", "kubelore.access"):
        server.get(
            f"/id/Pod?token={secret}", headers={"authorization": f"Bearer {secret}", "x-request-id": "me"}
        )

    (record,) = (each for each in caplog.records if each.name == "kubelore.access")
    line = json.loads(record.getMessage())
    assert (line["id"], line["method"], line["path"], line["status"]) == ("me", "GET", "/id/Pod", 200)
    assert line["bytes"] > 0
    assert line["milliseconds"] > 0
    assert secret not in caplog.text

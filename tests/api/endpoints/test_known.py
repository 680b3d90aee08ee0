"""Known documents are answered in front of the rest of the server, and in the same way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from api.app import create_app
from api.context import Context
from api.settings import Settings

QUERY = "query($id: String!) { concept(id: $id) { name label(lang: [KO]) facts(first: 3) { nodes { predicate lines } } } }"
LONG = "{ concepts(first: 200) { nodes { name iri } } }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(data=tmp_path_factory.mktemp("none"), max_body_bytes=2_000, max_query_cost=3_000)
    with TestClient(create_app(Context(settings)), headers={"accept-encoding": "identity"}) as found:
        yield found


def test_the_second_answer_is_the_first(server: TestClient) -> None:
    asked = {"query": QUERY, "variables": {"id": "Pod"}}

    first, second = (server.post("/graphql", json=asked) for _ in range(2))

    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    differing = {name for name in first.headers if first.headers[name] != second.headers.get(name)}
    assert differing <= {"x-request-id"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"query": QUERY, "variables": {"id": "Nothing"}}, id="an error"),
        pytest.param({"query": QUERY, "variables": {"id": 1}}, id="a wrong variable"),
        pytest.param({"query": QUERY, "variables": {}}, id="a missing variable"),
        pytest.param({"query": QUERY, "variables": {"id": "Pod"}, "operationName": "Other"}, id="another operation"),
        pytest.param({"query": QUERY, "variables": [1]}, id="variables that are a list"),
        pytest.param({"query": QUERY, "variables": {"id": "Pod"}, "extensions": {"persistedQuery": {"version": 2}}}, id="extensions"),
        pytest.param({"query": QUERY, "variables": {"id": "Pod", "x": "y" * 3_000}}, id="too long"),
        pytest.param({"query": "query($n: Int!) { concepts(first: $n) { nodes { name } } }", "variables": {"n": 1000}}, id="too many"),
        pytest.param({"query": "query($n: Int!) { concepts(first: $n) { nodes { name iri kind id } } }", "variables": {"n": 999}}, id="too dear"),
        pytest.param({"query": '{ search(text: "Pod", first: 1) { nodes { snippet } } }'}, id="slow"),
    ],
)  # fmt: skip
def test_what_is_out_of_the_ordinary_is_answered_as_ever(body: dict[str, Any], server: TestClient) -> None:
    server.post("/graphql", json={"query": QUERY, "variables": {"id": "Pod"}})

    quick = server.post("/graphql", json=body)
    slow = server.post("/graphql", json=body, headers={"content-type": "application/json; charset=utf-8"})

    assert (quick.status_code, quick.content) == (slow.status_code, slow.content)


def test_a_long_answer_is_compressed_for_who_can_read_it(server: TestClient) -> None:
    plain = [server.post("/graphql", json={"query": LONG}) for _ in range(2)][1]
    packed = server.post("/graphql", json={"query": LONG}, headers={"accept-encoding": "gzip"})

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json() == plain.json()


def test_both_ways_are_counted_under_one_route(server: TestClient) -> None:
    def counted() -> float:
        families = text_string_to_metric_families(server.get("/metrics").text)
        return sum(
            sample.value
            for family in families
            for sample in family.samples
            if sample.name == "kubelore_http_requests_total" and sample.labels["route"] == "/graphql"
        )

    before = counted()
    for _ in range(3):
        server.post("/graphql", json={"query": QUERY, "variables": {"id": "Node"}})

    assert counted() == before + 3


def test_guards_stand_in_front(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, token="a-token-of-some-length", token_reads=True)  # noqa: S106
    asked = {"query": QUERY, "variables": {"id": "Pod"}}
    with TestClient(create_app(Context(settings), hosts=["here"]), base_url="http://here") as client:
        bearer = {"authorization": "Bearer a-token-of-some-length"}
        answers = [client.post("/graphql", json=asked, headers=bearer).status_code for _ in range(2)]
        nobody = client.post("/graphql", json=asked).status_code
        elsewhere = client.post("/graphql", json=asked, headers={**bearer, "host": "there"}).status_code

    assert (answers, nobody, elsewhere) == ([200, 200], 401, 421)

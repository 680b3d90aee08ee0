"""Whatever comes in, the answer is an answer: no 5xx, and the next request is served."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

PLACES = {
    "/graphql": "application/json",
    "/evaluate": "application/json",
    "/evaluate/batch": "application/x-ndjson",
    "/sparql": "application/sparql-query",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
MEMBERS = ("query", "variables", "operationName", "system", "objects", "question", "then", "given", "name")


@settings(max_examples=60, deadline=None)
@given(place=st.sampled_from(sorted(PLACES)), body=st.binary(max_size=300))
def test_any_bytes(client: TestClient, place: str, body: bytes) -> None:
    response = client.post(place, content=body, headers={"content-type": PLACES[place]})

    assert response.status_code < 500


@settings(max_examples=60, deadline=None)
@given(
    place=st.sampled_from(["/graphql", "/evaluate"]),
    body=st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=5),
)
def test_any_json(client: TestClient, place: str, body: dict[str, object]) -> None:
    response = client.post(place, content=json.dumps(body), headers={"content-type": "application/json"})

    assert response.status_code < 500


@settings(max_examples=60, deadline=None)
@given(path=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30))
def test_any_address(client: TestClient, path: str) -> None:
    for place in ("/", "/id/", "/notes/", "/systems/", "/static/", "/graphql?query="):
        assert client.get(place + quote(path)).status_code < 500


BOMB = "a: &a [x]\n" + "".join(
    f"a{n}: &a{n} [{'*a' if n == 0 else f'*a{n - 1}'}{', *a' * 9}]\n" for n in range(30)
)


@pytest.mark.parametrize(
    ("place", "content_type", "content", "status"),
    [
        pytest.param("/evaluate", "application/yaml", BOMB, 413, id="YAML aliases that multiply"),
        pytest.param("/evaluate", "application/yaml", "[" * 5000, 413, id="deep YAML"),
        pytest.param("/evaluate", "application/json", '{"a":' * 5000, 413, id="deep JSON"),
        pytest.param("/evaluate", "application/json", "1" * 5000, 400, id="a huge integer"),
        pytest.param("/evaluate", "application/json", '{"system": "\\ud800", "question": {"a": {}}}', 400, id="half a character"),
        pytest.param("/evaluate", "application/json", '{"system": "\\u0000", "question": {"a": {}}}', 422, id="NUL"),
        pytest.param("/evaluate", "application/json", '{"system": "\\u202e", "question": {"a": {}}}', 422, id="bidi"),
        pytest.param("/graphql", "application/json", '{"query": "{ concept(id: \\"\\ud800\\") { name } }"}', 400, id="half a character in GraphQL"),
        pytest.param("/sparql", "application/sparql-query", "ASK {" * 2000, 400, id="deep SPARQL"),
    ],
)  # fmt: skip
def test_known_attacks(client: TestClient, place: str, content_type: str, content: str, status: int) -> None:
    response = client.post(place, content=content, headers={"content-type": content_type})

    assert response.status_code == status
    assert client.get("/healthz").status_code == 200

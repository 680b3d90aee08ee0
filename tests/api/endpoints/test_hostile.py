"""Whatever comes in, the answer is an answer: no 5xx, and the next request is served."""

import json
from urllib.parse import quote

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

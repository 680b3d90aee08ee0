"""Whatever comes in, the answer is an answer: no 5xx, and the next request is served."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.app import create_app
from api.context import Context
from api.settings import Settings

API = Path(__file__).parents[3] / "api"
EXAMPLES, QUERY_FILES = API / "examples", API / "graphql/queries"
ADMITTED = range(200, 500)

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


def bent(seeds: Sequence[str]) -> st.SearchStrategy[str]:
    """Texts that are nearly right: pieces of right ones cut, doubled and mixed, with anything between."""
    pieces = sorted({piece for seed in seeds for piece in re.findall(r"\w+|\s+|[^\w\s]", seed)})
    whole = st.sampled_from(seeds)
    cut = st.builds(
        lambda seed, start, end: seed[:start] + seed[end:], whole, st.integers(0, 80), st.integers(0, 80)
    )
    mixed = st.lists(st.sampled_from(pieces) | st.text(max_size=4), max_size=30).map("".join)
    return st.lists(whole | cut | mixed, min_size=1, max_size=3).map("".join)


SCENARIOS = [file.read_text(encoding="utf-8") for file in sorted(EXAMPLES.glob("scenarios/*.yaml"))]
QUERIES = [file.read_text(encoding="utf-8") for file in sorted(QUERY_FILES.glob("*.graphql"))]
SPARQL = [
    "SELECT ?s (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s a ?t } FILTER(?n > 1) } GROUP BY ?s ORDER BY DESC(?n) LIMIT 3",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s skos:prefLabel|rdfs:label+ ?o . OPTIONAL { ?o ^a ?p } MINUS { ?s a k8s:Pod } }",
    'ASK { VALUES (?a ?b) { (1 UNDEF) ("x"@ko <a>) } BIND(REGEX(STR(?a), "(a+)+$", "i") AS ?c) }',
    "DESCRIBE k8s:Pod FROM NAMED <a> WHERE { SELECT * { { } UNION { ?a !(a|^a)* [] } } OFFSET 1 }",
]
NOTES = [file.read_text(encoding="utf-8")[:3000] for file in sorted(EXAMPLES.glob("notes/*.md"))]
WRITE = "mutation($path: String!, $text: String!) { ingestNote(path: $path, text: $text) { note { sections { title } } } }"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=bent(SCENARIOS))
def test_scenarios_that_are_nearly_right(client: TestClient, text: str) -> None:
    assert answered(client, "/evaluate", text, "application/yaml") in ADMITTED


@settings(max_examples=60, deadline=None)
@given(text=bent(QUERIES), variables=JSON)
def test_documents_that_are_nearly_right(client: TestClient, text: str, variables: object) -> None:
    for each in (variables, {}):
        body = json.dumps({"query": text, "variables": each})
        assert answered(client, "/graphql", body, "application/json") in ADMITTED


@settings(max_examples=60, deadline=None)
@given(text=bent(SPARQL))
def test_sparql_that_is_nearly_right(client: TestClient, text: str) -> None:
    assert answered(client, "/sparql", text, "application/sparql-query") in ADMITTED


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server with a graph of its own, for notes."""
    data = Settings(data=tmp_path_factory.mktemp("writable"))
    with TestClient(create_app(Context(data)), base_url="http://127.0.0.1:8000") as found:
        yield found


@settings(max_examples=12, deadline=None)
@given(text=bent(NOTES), path=st.just("a.md") | st.text(max_size=12).map(lambda name: f"{name}.md"))
def test_notes_of_any_kind(writable: TestClient, text: str, path: str) -> None:
    body = json.dumps({"query": WRITE, "variables": {"path": path, "text": text}})

    assert answered(writable, "/graphql", body, "application/json") in ADMITTED
    for note in writable.get("/notes").json()["notes"]:
        assert writable.get(quote(f"/notes/{note['path']}")).status_code == 200


def answered(client: TestClient, place: str, text: str, form: str) -> int:
    """The status of an answer; in GraphQL a mistake of ours stands in the body."""
    answer = client.post(place, content=text.encode("utf-8", "replace"), headers={"content-type": form})
    assert "INTERNAL" not in answer.text, answer.text[:500]
    return answer.status_code

"""The SPARQL 1.1 Protocol, section 2.1, case by case: our own cases in the place of the W3C's.

Names in brackets are those of the W3C's protocol tests; those of updates do not apply, as nothing is updated here.
"""

from typing import Any

import pytest
from starlette.testclient import TestClient

ASK = "ASK {}"
NONE = "https://kubelore.dev/graph/none"
CURATED = "https://kubelore.dev/graph/curated"
FORM = {"content-type": "application/x-www-form-urlencoded"}
DIRECT = {"content-type": "application/sparql-query"}


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        pytest.param("GET", {"params": {"query": ASK}}, id="query_get"),
        pytest.param("POST", {"data": {"query": ASK}}, id="query_post_form"),
        pytest.param("POST", {"content": ASK, "headers": DIRECT}, id="query_post_direct"),
        pytest.param("POST", {"content": ASK, "headers": {"content-type": "application/sparql-query; charset=UTF-8"}}, id="a charset"),
        pytest.param("HEAD", {"params": {"query": ASK}}, id="the head alone"),
    ],
)  # fmt: skip
def test_what_is_answered(client: TestClient, method: str, request_: dict[str, Any]) -> None:
    answer = client.request(method, "/sparql", **request_)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/sparql-results+json")
    if method != "HEAD":
        assert answer.json()["boolean"] is True


@pytest.mark.parametrize(
    ("method", "request_", "status"),
    [
        pytest.param("PUT", {"params": {"query": ASK}}, 405, id="bad_query_method"),
        pytest.param("GET", {"params": {"query": [ASK, "SELECT * {}"]}}, 400, id="bad_multiple_queries"),
        pytest.param("POST", {"data": {"query": [ASK, ASK]}}, 400, id="two queries in a form"),
        pytest.param("POST", {"content": ASK, "headers": {"content-type": "text/plain"}}, 415, id="bad_query_wrong_media_type"),
        pytest.param("POST", {"content": ASK}, 415, id="bad_query_missing_form_type"),
        pytest.param("POST", {"content": ASK, "headers": DIRECT | {"content-type": "application/sparql-query; charset=latin1"}}, 415, id="bad_query_non_utf8"),
        pytest.param("POST", {"content": b"ASK { ?s ?p \xff }", "headers": DIRECT}, 400, id="no UTF-8 at all"),
        pytest.param("GET", {"params": {"query": "ASK {"}}, 400, id="bad_query_syntax"),
        pytest.param("POST", {"data": {"update": "CLEAR ALL"}}, 400, id="an update in a form"),
        pytest.param("GET", {"params": {"query": ASK, "using-graph-uri": NONE}}, 400, id="a parameter of updates"),
        pytest.param("GET", {"params": {"query": ASK}, "headers": {"accept": "image/png"}}, 406, id="no such format"),
    ],
)  # fmt: skip
def test_what_is_refused(client: TestClient, method: str, request_: dict[str, Any], status: int) -> None:
    answer = client.request(method, "/sparql", **request_)

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")


ANY = "ASK { ?s ?p ?o }"
ANY_NAMED = "ASK { GRAPH ?g { ?s ?p ?o } }"


@pytest.mark.parametrize(
    ("query", "graphs", "holds"),
    [
        pytest.param(ANY, {}, True, id="the union of all without any"),
        pytest.param(ANY, {"default-graph-uri": CURATED}, True, id="query_dataset_default_graph"),
        pytest.param(ANY, {"default-graph-uri": NONE}, False, id="a default graph that is not there"),
        pytest.param(ANY, {"default-graph-uri": [NONE, CURATED]}, True, id="query_dataset_default_graphs"),
        pytest.param(ANY_NAMED, {"named-graph-uri": CURATED}, True, id="query_dataset_named_graphs"),
        pytest.param(ANY_NAMED, {"named-graph-uri": NONE}, False, id="a named graph that is not there"),
        pytest.param(ANY, {"named-graph-uri": CURATED}, False, id="named graphs alone leave the default graph empty"),
        pytest.param(ANY_NAMED, {"default-graph-uri": CURATED}, False, id="default graphs alone leave no named ones"),
        pytest.param(f"ASK FROM <{CURATED}> {{ ?s ?p ?o }}", {"default-graph-uri": NONE}, False, id="query_multiple_dataset: the protocol wins"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", ["GET", "form", "direct"])
def test_the_dataset(client: TestClient, way: str, query: str, graphs: dict[str, Any], holds: bool) -> None:
    match way:
        case "GET":
            answer = client.get("/sparql", params={"query": query, **graphs})
        case "form":
            answer = client.post("/sparql", data={"query": query, **graphs})
        case _:
            answer = client.post("/sparql", params=graphs, content=query, headers=DIRECT)

    assert (answer.status_code, answer.json().get("boolean")) == (200, holds)

import pytest
from starlette.testclient import TestClient

SELECT = "SELECT ?o WHERE { <https://kubelore.dev/id/Pod> <https://kubelore.dev/ns#hasPhase> ?o } ORDER BY ?o LIMIT 1"
FAILED = "https://kubelore.dev/id/PodPhase.Failed"
ASK = "ASK { <https://kubelore.dev/id/Pod> ?p ?o }"
CONSTRUCT = "CONSTRUCT WHERE { <https://kubelore.dev/id/Pod> a ?type }"


def test_the_three_ways_to_ask(client: TestClient) -> None:
    answers = [
        client.get("/sparql", params={"query": SELECT}),
        client.post("/sparql", data={"query": SELECT}),
        client.post("/sparql", content=SELECT, headers={"content-type": "application/sparql-query"}),
    ]

    for answer in answers:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/sparql-results+json"
        assert answer.json()["results"]["bindings"] == [{"o": {"type": "uri", "value": FAILED}}]


@pytest.mark.parametrize(
    ("query", "accept", "inside"),
    [
        pytest.param(SELECT, "application/sparql-results+xml", f"<uri>{FAILED}</uri>", id="xml"),
        pytest.param(SELECT, "text/csv", FAILED, id="csv"),
        pytest.param(SELECT, "text/tab-separated-values", f"<{FAILED}>", id="tsv"),
        pytest.param(SELECT, "application/json", FAILED, id="json"),
        pytest.param(ASK, "application/sparql-results+json", '"boolean": true', id="ask"),
        pytest.param(CONSTRUCT, "text/turtle", "k8s:Pod a", id="turtle"),
        pytest.param(CONSTRUCT, "application/n-triples", "<https://kubelore.dev/id/Pod> <", id="n-triples"),
        pytest.param(CONSTRUCT, "application/ld+json", '"@id":"https://kubelore.dev/id/Pod"', id="json-ld"),
        pytest.param(CONSTRUCT, "application/rdf+xml", "rdf:RDF", id="rdf/xml"),
    ],
)
def test_result_forms(client: TestClient, query: str, accept: str, inside: str) -> None:
    answer = client.get("/sparql", params={"query": query}, headers={"accept": accept})

    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, accept)
    assert inside in answer.text


def test_a_graph_may_be_named(client: TestClient) -> None:
    curated = {
        "query": "SELECT * { ?s ?p ?o } LIMIT 1",
        "default-graph-uri": "https://kubelore.dev/graph/none",
    }

    assert client.get("/sparql", params=curated).json()["results"]["bindings"] == []


def test_the_service_describes_itself(client: TestClient) -> None:
    answer = client.get("/sparql")

    assert answer.headers["content-type"].startswith("text/turtle")
    assert "sd:UnionDefaultGraph" in answer.text


@pytest.mark.parametrize(
    ("parameters", "status", "code"),
    [
        pytest.param({"query": "SELECT"}, 400, "BAD_INPUT", id="no SPARQL"),
        pytest.param(
            {"query": "SELECT * { SERVICE <http://a/> { ?s ?p ?o } }"}, 400, "BAD_INPUT", id="SERVICE"
        ),
        pytest.param({"query": "LOAD <http://a/>"}, 400, "BAD_INPUT", id="LOAD"),
        pytest.param({"query": "DELETE WHERE { ?s ?p ?o }"}, 400, "BAD_INPUT", id="an update as a query"),
        pytest.param({"update": "CLEAR ALL"}, 400, "BAD_INPUT", id="an update"),
        pytest.param({"default-graph-uri": "a"}, 400, "BAD_INPUT", id="no query"),
        pytest.param({"query": ["ASK {}", "ASK {}"]}, 400, "BAD_INPUT", id="two queries"),
        pytest.param({"query": "SELECT * { ?s ?p ?o }"}, 413, "TOO_LARGE", id="more rows than admitted"),
    ],
)
def test_what_is_refused(client: TestClient, parameters: dict[str, str], status: int, code: str) -> None:
    answer = client.get("/sparql", params=parameters)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_form_that_a_query_has_no_answer_in(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": ASK}, headers={"accept": "text/turtle"})

    assert answer.status_code == 406


def test_another_media_type(client: TestClient) -> None:
    assert client.post("/sparql", content=SELECT, headers={"content-type": "text/plain"}).status_code == 415

import json
from hashlib import sha256
from typing import Any

import pytest
from starlette.testclient import TestClient

NEW, OLD = "application/graphql-response+json", "application/json"
QUERY = '{ concept(id: "Pod") { label(lang: [KO]) } }'
DATA = {"data": {"concept": {"label": "파드"}}}


def post(client: TestClient, body: Any, accept: str = NEW, content_type: str = OLD) -> Any:
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post("/graphql", content=content, headers={"accept": accept, "content-type": content_type})


@pytest.mark.parametrize("accept", [NEW, OLD, "*/*", "application/*", f"{OLD};q=0.1, {NEW}"])
def test_a_query_by_post(client: TestClient, accept: str) -> None:
    response = post(client, {"query": QUERY}, accept)

    assert (response.status_code, response.json()) == (200, DATA)
    expected = NEW if NEW in accept else OLD
    assert response.headers["content-type"] == f"{expected}; charset=utf-8"


def test_a_query_by_get(client: TestClient) -> None:
    query = "query($id: String!) { concept(id: $id) { label(lang: [KO]) } }"

    response = client.get(
        "/graphql", params={"query": query, "variables": '{"id": "Pod"}'}, headers={"accept": OLD}
    )

    assert (response.status_code, response.json()) == (200, DATA)


@pytest.mark.parametrize(
    ("body", "old", "new"),
    [
        pytest.param({"query": "{"}, 200, 400, id="does not parse"),
        pytest.param({"query": "{ nothing }"}, 200, 400, id="does not validate"),
        pytest.param({"query": "query($a: Int!) { concepts(first: $a) { totalCount } }"}, 200, 400, id="a variable"),
        pytest.param({"query": "query A { __typename }", "operationName": "B"}, 200, 400, id="an operation"),
        pytest.param({"query": '{ concept(id: "Nothing") { name } }'}, 200, 200, id="an error of a field"),
        pytest.param({"query": "{ concepts(first: -1) { totalCount } }"}, 200, 200, id="an error that takes all"),
        pytest.param({}, 400, 400, id="no query"),
        pytest.param({"query": 1}, 400, 400, id="a query that is no text"),
        pytest.param({"query": QUERY, "variables": []}, 400, 400, id="variables that are no object"),
        pytest.param({"query": QUERY, "operationName": 1}, 400, 400, id="a name that is no text"),
        pytest.param({"query": QUERY, "extensions": "x"}, 400, 400, id="extensions that are no object"),
        pytest.param({"query": QUERY, "variables": None, "operationName": None, "extensions": None}, 200, 200,
                     id="nulls"),
        pytest.param([{"query": QUERY}], 400, 400, id="a list"),
        pytest.param("{", 400, 400, id="no JSON"),
        pytest.param("", 400, 400, id="nothing"),
    ],
)  # fmt: skip
def test_the_status_by_media_type(client: TestClient, body: Any, old: int, new: int) -> None:
    assert post(client, body, OLD).status_code == old
    assert post(client, body, NEW).status_code == new


def test_errors_carry_a_code(client: TestClient) -> None:
    response = post(client, {"query": '{ concept(id: "Podd") { name } }'})

    (error,) = response.json()["errors"]
    assert (error["path"], error["extensions"]) == (["concept"], {"code": "NOT_FOUND"})


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
        "application/json; charset=euc-kr",
    ],
)
def test_what_a_page_of_another_site_could_send_is_not_read(client: TestClient, content_type: str) -> None:
    assert post(client, {"query": QUERY}, content_type=content_type).status_code == 415


def test_a_mutation_is_not_run_over_get(client: TestClient) -> None:
    response = client.get("/graphql", params={"query": "mutation { __typename }"}, headers={"accept": NEW})

    assert (response.status_code, response.headers["allow"]) == (405, "POST")


def test_other_methods_and_forms_are_refused(client: TestClient) -> None:
    assert client.put("/graphql").status_code == 405
    assert client.get("/graphql", headers={"accept": OLD}).status_code == 400
    assert client.get("/graphql", params={"query": QUERY}, headers={"accept": "image/png"}).status_code == 406


def test_a_large_body_is_refused(client: TestClient) -> None:
    response = post(client, {"query": "#" * 200_000})

    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (413, "TOO_LARGE")


def test_a_browser_gets_graphiql_from_here(client: TestClient) -> None:
    response = client.get("/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert response.headers["content-type"].startswith("text/html")
    assert "/static/assets/" in response.text
    assert "http://" not in response.text
    assert "https://" not in response.text


def persisted(query: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}}


def test_a_persisted_query_is_sent_once(client: TestClient) -> None:
    query = '{ concept(id: "Pod") { name } }'
    asked = {"extensions": persisted(query)}

    unknown = post(client, asked)
    first = post(client, {"query": query, **asked})
    again = post(client, asked)
    by_get = client.get(
        "/graphql", params={"extensions": json.dumps(persisted(query))}, headers={"accept": NEW}
    )

    assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert first.json() == again.json() == by_get.json() == {"data": {"concept": {"name": "Pod"}}}


@pytest.mark.parametrize(
    "extensions",
    [
        pytest.param({"persistedQuery": {"version": 2}}, id="another version"),
        pytest.param({"persistedQuery": "x"}, id="no object"),
        pytest.param(persisted("{ other }"), id="the hash of another document"),
    ],
)
def test_a_persisted_query_that_is_wrong(client: TestClient, extensions: dict[str, Any]) -> None:
    response = post(client, {"query": QUERY, "extensions": extensions})

    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")

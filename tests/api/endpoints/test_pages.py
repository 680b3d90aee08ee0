from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.context import Context
from api.settings import Settings


def test_the_first_page_lists_notes_concepts_and_systems(client: TestClient) -> None:
    page = client.get("/").text

    assert '<a href="/notes/pods.md">Pod 정리</a>' in page
    assert '<a href="/id/PodPhase.Failed">PodPhase.Failed</a>' in page
    assert '<a href="/systems/podLifecycle">podLifecycle</a>' in page


def test_a_note_is_shown_with_its_lines_and_nothing_in_it_runs(client: TestClient) -> None:
    page = client.get("/notes/pods.md").text

    assert '<tr id="L6"' in page
    assert "&lt;script&gt;alert(" in page
    assert "<script" not in page
    assert 'href="javascript:' not in page


def test_a_system_lists_its_questions(client: TestClient) -> None:
    assert "<dt>status</dt>" in client.get("/systems/podLifecycle").text


@pytest.mark.parametrize(
    ("accept", "content_type", "inside"),
    [
        pytest.param("text/html", "text/html; charset=utf-8", "<h1>Pod</h1>", id="a browser"),
        pytest.param("*/*", "text/html; charset=utf-8", "<h1>Pod</h1>", id="anything"),
        pytest.param("text/turtle", "text/turtle; charset=utf-8", '"파드"@ko', id="Turtle"),
        pytest.param("application/ld+json", "application/ld+json", "파드", id="JSON-LD"),
        pytest.param("application/n-triples", "application/n-triples", "<https://kubelore.dev/id/Pod> ", id="N-Triples"),
    ],
)  # fmt: skip
def test_a_concept_in_the_form_asked_for(
    client: TestClient, accept: str, content_type: str, inside: str
) -> None:
    response = client.get("/id/Pod", headers={"accept": accept})

    assert response.headers["content-type"] == content_type
    assert response.headers["vary"].split(", ")[0] == "Accept"
    assert inside in response.text


@pytest.mark.parametrize(
    "address", ["/id/Nothing", "/notes/nothing.md", "/systems/nothing", "/nothing", "/static/x"]
)
def test_what_is_not_there_is_a_problem(client: TestClient, address: str) -> None:
    response = client.get(address)

    assert response.status_code in {404, 422}
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code


@pytest.mark.parametrize(
    "address",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/assets/..%2f..%2fapp.py",
        "/notes/..%2f..%2fetc%2fpasswd",
    ],
)
def test_no_way_leads_out(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_every_answer_is_guarded(client: TestClient) -> None:
    for address in ("/", "/graphql", "/nothing", "/readyz"):
        headers = client.get(address, headers={"accept": "text/html"}).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-eval" not in headers["content-security-policy"]


def test_large_pages_are_compressed(client: TestClient) -> None:
    assert client.get("/", headers={"accept-encoding": "gzip"}).headers["content-encoding"] == "gzip"


def test_health(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["notes"] == 1
    assert client.delete("/readyz").status_code == 405


def test_a_mistake_of_ours_is_a_problem_that_tells_nothing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("api.web.pages.front", broken)

    response = client.get("/")

    assert (response.status_code, response.json()["code"]) == (500, "INTERNAL")
    assert "secret" not in response.text
    assert "a secret" in caplog.text


@pytest.mark.parametrize("address", ["/", "/id/Pod", "/systems/rbac"])
def test_what_a_client_has_already_is_not_sent_again(client: TestClient, address: str) -> None:
    first = client.get(address)

    again = client.get(address, headers={"if-none-match": f'"other", {first.headers["etag"]}'})

    assert (first.status_code, again.status_code) == (200, 304)
    assert (again.content, again.headers["etag"]) == (b"", first.headers["etag"])


def test_each_form_of_a_concept_has_a_tag_of_its_own(client: TestClient) -> None:
    tags = {
        client.get("/id/Pod", headers={"accept": form}).headers["etag"]
        for form in ("text/html", "text/turtle")
    }

    assert len(tags) == 2


def test_a_name_that_is_not_ours_is_not_answered(data: Path) -> None:
    app = create_app(Context(Settings(data=data)), hosts=["localhost", "127.0.0.1", "[::1]"])

    def status(host: str) -> int:
        return TestClient(app).get("/healthz", headers={"host": host}).status_code

    assert [status(each) for each in ("localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST")] == [200] * 4
    assert [status(each) for each in ("evil.example", "evil.example:8000", "")] == [421] * 3

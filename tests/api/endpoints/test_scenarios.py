import json
from typing import Any

import pytest
from starlette.testclient import TestClient

SCENARIO = {
    "system": "podLifecycle",
    "objects": [
        {
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "default"},
            "spec": {"restartPolicy": "Never", "containers": [{"name": "app", "image": "nginx"}]},
            "status": {"containerStatuses": [{
                "name": "app", "image": "nginx", "imageID": "nginx", "ready": False, "restartCount": 0,
                "state": {"terminated": {"exitCode": 1}},
            }]},
        }
    ],
    "question": {"status": {}},
}  # fmt: skip
YAML = """
system: podLifecycle
objects:
- {apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: app, image: nginx}]}}
question: {status: {}}
"""


def test_a_verdict_with_its_steps_and_the_lines_behind_them(client: TestClient) -> None:
    response = client.post("/evaluate", json=SCENARIO)

    found = response.json()
    assert (response.status_code, found["verdict"]["phase"]) == (200, "Failed")
    assert all(step["en"] and step["ko"] for step in found["steps"])
    cited = [each for step in found["steps"] for each in step["citations"]]
    assert any(each["lines"] == [6] and "Failed" in each["quote"] for each in cited)


def test_a_scenario_in_yaml(client: TestClient) -> None:
    response = client.post("/evaluate", content=YAML, headers={"content-type": "application/yaml"})

    assert response.json()["verdict"]["phase"] == "Pending"


@pytest.mark.parametrize(
    ("content", "content_type", "status", "code"),
    [
        pytest.param("{", "application/json", 400, "BAD_INPUT", id="no JSON"),
        pytest.param("a: [", "application/yaml", 400, "BAD_INPUT", id="no YAML"),
        pytest.param("a: 1\n---\nb: 2", "application/yaml", 400, "BAD_INPUT", id="two documents"),
        pytest.param("[]", "application/json", 400, "BAD_INPUT", id="no mapping"),
        pytest.param('{"system": "x", "question": {"y": {}}}', "application/json", 422, "UNKNOWN_SYSTEM", id="system"),
        pytest.param("{}", "text/plain", 415, "BAD_INPUT", id="another media type"),
        pytest.param(" " * 200_000, "application/json", 413, "TOO_LARGE", id="too large"),
        pytest.param("[" * 90_000, "application/json", 413, "TOO_LARGE", id="too deep"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_a_problem(
    client: TestClient, content: str, content_type: str, status: int, code: str
) -> None:
    response = client.post("/evaluate", content=content, headers={"content-type": content_type})

    assert response.headers["content-type"] == "application/problem+json"
    assert (response.status_code, response.json()["status"], response.json()["code"]) == (
        status,
        status,
        code,
    )


def test_an_object_that_the_api_would_refuse_is_named(client: TestClient) -> None:
    pod: dict[str, Any] = {"apiVersion": "v1", "kind": "Pod", "spec": {"containerz": []}}

    response = client.post("/evaluate", json={**SCENARIO, "objects": [pod]})

    assert response.status_code == 422
    assert response.json()["path"] == "objects[0].spec.containerz"
    assert "did you mean `containers`" in response.json()["detail"]


def test_more_objects_than_are_served_are_refused_by_every_edge(client: TestClient) -> None:
    many = {**SCENARIO, "objects": [{"kind": "not even looked at"}] * 21}
    query = "query($s: JSON!) { evaluateAll(scenarios: [$s]) { error { code } } }"

    one = client.post("/evaluate", json=many)
    (line,) = lines(client, json.dumps(many).encode())
    graph = client.post("/graphql", json={"query": query, "variables": {"s": many}}).json()

    assert (one.status_code, one.json()["code"], one.json()["path"]) == (413, "TOO_LARGE", "objects")
    assert line["error"]["code"] == "TOO_LARGE"
    assert graph["data"] == {"evaluateAll": [{"error": {"code": "TOO_LARGE"}}]}


def lines(client: TestClient, content: bytes, **parameters: str) -> list[dict[str, Any]]:
    response = client.post(
        "/evaluate/batch",
        content=content,
        params=parameters,
        headers={"content-type": "application/x-ndjson"},
    )
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.content.splitlines()]


def test_a_batch_is_answered_line_by_line(client: TestClient) -> None:
    scenario = json.dumps(SCENARIO).encode()

    found = lines(client, b"\n".join([scenario, b"", b"{", b"\xff", b"x" * 20_000, scenario]))

    assert [each.get("error", {}).get("code") for each in found] == [
        None, "BAD_INPUT", "BAD_INPUT", "TOO_LARGE", None,
    ]  # fmt: skip
    assert found[0] == found[-1]
    assert found[0].keys() == {"verdict"}


def test_a_batch_explains_if_asked(client: TestClient) -> None:
    (found,) = lines(client, json.dumps(SCENARIO).encode(), explain="1")

    assert found["steps"][0]["en"]


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_lines_are_put_together_however_they_arrive(client: TestClient, size: int) -> None:
    content = (json.dumps(SCENARIO) + "\n").encode() * 2
    parts = [content[at : at + size] for at in range(0, len(content), size)]

    response = client.post(
        "/evaluate/batch", content=iter(parts), headers={"content-type": "application/x-ndjson"}
    )

    assert [json.loads(line)["verdict"]["phase"] for line in response.content.splitlines()] == ["Failed"] * 2

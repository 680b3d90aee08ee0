"""Access reviews over HTTP: a List of manifests with a review among them comes back as that review."""

from typing import Any

import pytest
from starlette.testclient import TestClient

RBAC = "rbac.authorization.k8s.io"
OBJECTS: list[dict[str, Any]] = [
    {
        "apiVersion": f"{RBAC}/v1",
        "kind": "Role",
        "metadata": {"name": "r", "namespace": "dev"},
        "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}],
    },
    {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "b", "namespace": "dev"},
        "subjects": [{"kind": "User", "name": "jane"}],
        "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": "r"},
    },
]


def review(verb: str) -> dict[str, Any]:
    attributes = {"verb": verb, "resource": "pods", "namespace": "dev"}
    return {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"user": "jane", "resourceAttributes": attributes},
    }


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        pytest.param(
            "get",
            {"allowed": True, "reason": 'RBAC: allowed by RoleBinding "b/dev" of Role "r" to User "jane"'},
            id="allowed",
        ),
        pytest.param("list", {"allowed": False}, id="no opinion"),
    ],
)
def test_a_review_comes_back_with_its_status(verb: str, status: dict[str, Any], client: TestClient) -> None:
    body = {"apiVersion": "v1", "kind": "List", "items": [*OBJECTS, review(verb)]}

    response = client.post("/evaluate", json=body)

    assert response.status_code == 200
    assert response.json() == {**review(verb), "status": status}


def test_a_review_that_an_api_server_refuses_is_a_problem(client: TestClient) -> None:
    body = {**review("get"), "spec": {"user": "jane"}}

    response = client.post("/evaluate", json=body)

    assert response.status_code in {400, 422}
    assert response.json()["code"] == "INVALID_OBJECT"

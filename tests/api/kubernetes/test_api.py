"""Discovery, and reviews in JSON."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.context import Context
from api.settings import Settings
from ontology.errors import InvalidObjectError

REVIEWS = "/apis/authorization.k8s.io/v1"
ATTRIBUTES = {"verb": "get", "resource": "pods", "namespace": "dev"}


def review(kind: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": spec}


def test_discovery_leads_to_a_resource(client: TestClient) -> None:
    groups = {each["name"]: each for each in client.get("/apis").json()["groups"]}
    apps = client.get("/apis/apps/v1").json()

    assert client.get("/api").json() == {"kind": "APIVersions", "versions": ["v1"]}
    assert groups["apps"]["preferredVersion"] == {"groupVersion": "apps/v1", "version": "v1"}
    assert client.get("/apis/apps").json()["versions"] == groups["apps"]["versions"]
    assert next(each for each in apps["resources"] if each["name"] == "deployments") == {
        "name": "deployments",
        "singularName": "deployment",
        "namespaced": True,
        "kind": "Deployment",
        "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
        "shortNames": ["deploy"],
    }
    assert "pods" in {each["name"] for each in client.get("/api/v1").json()["resources"]}


def test_what_is_only_created_has_no_other_verb(client: TestClient) -> None:
    found = client.get(REVIEWS).json()["resources"]

    assert {(each["name"], *each["verbs"]) for each in found} == {
        ("localsubjectaccessreviews", "create"),
        ("selfsubjectaccessreviews", "create"),
        ("selfsubjectrulesreviews", "create"),
        ("subjectaccessreviews", "create"),
    }


def test_definitions_of_the_cluster_are_discovered(client: TestClient) -> None:
    group = client.get("/apis/shop.example.com").json()

    assert [each["version"] for each in group["versions"]] == ["v1", "v1beta1"]
    assert client.get("/apis/shop.example.com/v1").json()["resources"][0]["shortNames"] == ["od"]


@pytest.mark.parametrize("path", ["/api/v2", "/apis/none", "/apis/none/v1", "/apis/apps/v1beta1"])
def test_what_the_api_does_not_have_is_not_found(path: str, client: TestClient) -> None:
    refused = client.get(path)

    assert refused.status_code == 404
    assert refused.json()["kind"] == "Status"
    assert refused.json()["reason"] == "NotFound"


@pytest.mark.parametrize(
    ("path", "body", "user", "allowed"),
    [
        pytest.param("selfsubjectaccessreviews", review("SelfSubjectAccessReview", resourceAttributes=ATTRIBUTES), "jane", True, id="oneself"),
        pytest.param("selfsubjectaccessreviews", review("SelfSubjectAccessReview", resourceAttributes=ATTRIBUTES), "", False, id="anonymous"),
        pytest.param("subjectaccessreviews", review("SubjectAccessReview", user="jane", resourceAttributes=ATTRIBUTES), "", True, id="another"),
        pytest.param("subjectaccessreviews", review("SubjectAccessReview", groups=["system:masters"], user="x", nonResourceAttributes={"verb": "get", "path": "/"}), "", True, id="master"),
        pytest.param("namespaces/dev/localsubjectaccessreviews", review("LocalSubjectAccessReview", user="jane", resourceAttributes=ATTRIBUTES), "", True, id="local"),
    ],
)  # fmt: skip
def test_a_review_in_json(
    path: str, body: dict[str, Any], user: str, allowed: bool, client: TestClient
) -> None:
    headers = {"impersonate-user": user} if user else {}

    asked = client.post(f"{REVIEWS}/{path}", json=body, headers=headers)

    assert asked.status_code == 201
    assert asked.json()["status"]["allowed"] is allowed
    assert asked.json()["spec"] == body["spec"]


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        pytest.param("subjectaccessreviews", review("SelfSubjectAccessReview"), {}, 422, id="wrong address"),
        pytest.param("subjectaccessreviews", review("SubjectAccessReview", user="x"), {}, 422, id="nothing asked"),
        pytest.param("subjectaccessreviews", ["x"], {}, 400, id="a list"),
        pytest.param("namespaces/prod/localsubjectaccessreviews", {**review("LocalSubjectAccessReview", user="x", resourceAttributes=ATTRIBUTES), "metadata": {"namespace": "dev"}}, {}, 422, id="two namespaces"),
        pytest.param("namespaces/prod/localsubjectaccessreviews", review("LocalSubjectAccessReview", user="x", resourceAttributes=ATTRIBUTES), {}, 422, id="another namespace asked"),
        pytest.param("selfsubjectaccessreviews", review("SelfSubjectAccessReview", resourceAttributes=ATTRIBUTES), {"impersonate-group": "g"}, 400, id="groups of nobody"),
        pytest.param("selfsubjectaccessreviews", review("SelfSubjectAccessReview", resourceAttributes=ATTRIBUTES), {"content-type": "text/csv"}, 415, id="another form"),
    ],
)  # fmt: skip
def test_a_wrong_review_is_refused_as_a_status(path: str, body: Any, headers: dict[str, str], status: int, client: TestClient) -> None:  # fmt: skip
    refused = client.post(f"{REVIEWS}/{path}", json=body, headers=headers)

    assert refused.status_code == status, refused.text
    assert (refused.json()["kind"], refused.json()["code"]) == ("Status", status)


def test_a_binding_that_an_api_server_refuses_stops_the_start(tmp_path: Path) -> None:
    broken = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "r"},
        "ruls": [],
    }

    with pytest.raises(InvalidObjectError, match="rules"):
        create_app(Context(Settings(data=tmp_path)), manifests=[broken])

"""Access reviews become questions, and answers become their status."""

from typing import Any

import pytest

from ontology import evaluators
from ontology.errors import InvalidObjectError, UnknownKindError
from ontology.semantics.rbac import reviews

API = "authorization.k8s.io/v1"
PODS = {"verb": "get", "resource": "pods", "namespace": "dev"}
ROLE = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "Role",
    "metadata": {"name": "r", "namespace": "dev"},
    "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}],
}
BINDING = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "RoleBinding",
    "metadata": {"name": "b", "namespace": "dev"},
    "subjects": [{"kind": "User", "name": "jane"}],
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
}


def review(kind: str, spec: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"apiVersion": API, "kind": kind, "spec": spec, **more}


def answered(asked: dict[str, Any], objects: list[Any], user: str = "") -> dict[str, Any]:
    question = {"review": {"object": asked, "user": user}}
    answer = evaluators.answer({"system": "rbac", "objects": objects, "question": question}).answer
    assert {name: answer[name] for name in asked} == asked
    found: dict[str, Any] = answer["status"]
    return found


def test_a_review_is_answered_in_its_status() -> None:
    asked = review("SubjectAccessReview", {"user": "jane", "resourceAttributes": PODS})

    assert answered(asked, [ROLE, BINDING]) == {
        "allowed": True,
        "reason": 'RBAC: allowed by RoleBinding "b/dev" of Role "r" to User "jane"',
    }


def test_a_plain_denial_has_no_reason() -> None:
    asked = review(
        "SubjectAccessReview", {"groups": ["ops"], "nonResourceAttributes": {"verb": "get", "path": "/"}}
    )

    assert answered(asked, [ROLE, BINDING]) == {"allowed": False}


def test_a_review_about_oneself_is_about_the_caller() -> None:
    asked = review("SelfSubjectAccessReview", {"resourceAttributes": PODS})

    assert answered(asked, [ROLE, BINDING], user="jane")["allowed"] is True


def test_rules_are_listed_for_the_caller() -> None:
    asked = review("SelfSubjectRulesReview", {"namespace": "dev"})

    assert answered(asked, [ROLE, BINDING], user="jane") == {
        "resourceRules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"], "resourceNames": []}],
        "nonResourceRules": [],
        "incomplete": False,
    }


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        pytest.param(review("SubjectAccessReview", {"user": "x"}), InvalidObjectError, id="nothing asked"),
        pytest.param(
            review(
                "SubjectAccessReview",
                {"user": "x", "resourceAttributes": PODS, "nonResourceAttributes": {"path": "/"}},
            ),
            InvalidObjectError,
            id="both asked",
        ),
        pytest.param(
            review("SubjectAccessReview", {"resourceAttributes": PODS}), InvalidObjectError, id="nobody"
        ),
        pytest.param(
            review(
                "LocalSubjectAccessReview",
                {"user": "x", "resourceAttributes": PODS},
                metadata={"namespace": "a"},
            ),
            InvalidObjectError,
            id="another namespace",
        ),
        pytest.param(
            review("LocalSubjectAccessReview", {"user": "x", "nonResourceAttributes": {"path": "/"}}),
            InvalidObjectError,
            id="a URL of a namespace",
        ),
        pytest.param(
            review("SelfSubjectAccessReview", {"resourceAttributes": PODS}), InvalidObjectError, id="who asks"
        ),
        pytest.param(review("SelfSubjectRulesReview", {}), InvalidObjectError, id="no namespace"),
        pytest.param(
            review("SubjectAccessReview", {"usr": "x"}), InvalidObjectError, id="a field that there is not"
        ),
        pytest.param(review("PodReview", {}), UnknownKindError, id="no review"),
    ],
)
def test_a_review_that_an_api_server_refuses_is_refused(
    asked: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        reviews.asked(asked)


def test_a_scenario_is_no_review() -> None:
    assert not reviews.is_review({"system": "rbac", "question": {}})
    assert reviews.is_review(review("SubjectAccessReview", {}))


def test_a_review_among_manifests_is_what_is_asked_of_them() -> None:
    asked = review("SubjectAccessReview", {"user": "jane", "resourceAttributes": PODS})
    listed = {"apiVersion": "v1", "kind": "List", "items": [ROLE, asked, BINDING]}

    found = reviews.as_scenario([listed])

    assert found is not None
    assert evaluators.answer(found).answer["status"]["allowed"] is True
    assert reviews.as_scenario([ROLE, BINDING]) is None
    assert reviews.as_scenario([asked, asked]) is None

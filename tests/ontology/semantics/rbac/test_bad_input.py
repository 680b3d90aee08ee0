"""What the API server would refuse is refused at its path; what it would not is answered."""

from typing import Any

import pytest

from ontology.errors import InvalidObjectError, InvalidQuestionError, OntologyError, TooCostlyError
from ontology.evaluators import answer

API = "rbac.authorization.k8s.io/v1"
ASKED = {"authorize": {"user": "jane", "verb": "get", "resource": "pods", "namespace": "dev"}}


def role(**members: Any) -> dict[str, Any]:
    metadata = {"name": "r", "namespace": "dev"}
    rule = {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"], **members.pop("rule", {})}
    return {"apiVersion": API, "kind": "Role", "metadata": metadata, "rules": [rule], **members}


def binding(kind: str = "RoleBinding", *subjects: dict[str, Any], **members: Any) -> dict[str, Any]:
    metadata = {"name": "b", "namespace": "dev"} if kind == "RoleBinding" else {"name": "b"}
    reference = {"kind": "ClusterRole", "name": "r"}
    return {
        "apiVersion": API,
        "kind": kind,
        "metadata": metadata,
        "subjects": list(subjects),
        "roleRef": reference,
        **members,
    }


@pytest.mark.parametrize(
    ("manifest", "path"),
    [
        pytest.param(role(rule={"verbs": []}), "rules[0].verbs", id="no verb"),
        pytest.param(role(rule={"apiGroups": []}), "rules[0].apiGroups", id="no group"),
        pytest.param(role(rule={"resources": []}), "rules[0].resources", id="no resource"),
        pytest.param(role(rule={"nonResourceURLs": ["/"]}), "rules[0].nonResourceURLs", id="URLs in a Role"),
        pytest.param(role(metadata={"name": "a/b"}), "metadata.name", id="a slash in a name"),
        pytest.param(role(metadata={}), "metadata.name", id="no name"),
        pytest.param(binding(roleRef={"kind": "Rolle", "name": "r"}), "roleRef.kind", id="a kind of role"),
        pytest.param(binding(roleRef={"kind": "Role"}), "roleRef.name", id="a role without name"),
        pytest.param(
            binding("ClusterRoleBinding", roleRef={"kind": "Role", "name": "r"}),
            "roleRef.kind",
            id="a Role everywhere",
        ),
        pytest.param(
            binding(roleRef={"apiGroup": "v1", "kind": "Role", "name": "r"}),
            "roleRef.apiGroup",
            id="a wrong group",
        ),
        pytest.param(
            binding("RoleBinding", {"kind": "User", "name": ""}), "subjects[0].name", id="an empty subject"
        ),
        pytest.param(
            binding("RoleBinding", {"kind": "Usr", "name": "x"}), "subjects[0].kind", id="a kind of subject"
        ),
        pytest.param(
            binding("RoleBinding", {"kind": "User", "name": "x", "apiGroup": "v1"}),
            "subjects[0].apiGroup",
            id="its group",
        ),
        pytest.param(
            binding("ClusterRoleBinding", {"kind": "ServiceAccount", "name": "x"}),
            "subjects[0].namespace",
            id="an account of no namespace",
        ),
        pytest.param(
            {"apiVersion": API, "kind": "ClusterRole", "metadata": {"name": "x"}, "aggregationRule": {}},
            "aggregationRule.clusterRoleSelectors",
            id="no selector",
        ),
        pytest.param(
            {
                "apiVersion": API,
                "kind": "ClusterRole",
                "metadata": {"name": "x"},
                "aggregationRule": {
                    "clusterRoleSelectors": [{"matchExpressions": [{"key": "a", "operator": "Has"}]}]
                },
            },
            "aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator",
            id="an operator that there is not",
        ),
        pytest.param(
            {
                "apiVersion": API,
                "kind": "ClusterRole",
                "metadata": {"name": "x"},
                "aggregationRule": {
                    "clusterRoleSelectors": [{"matchExpressions": [{"key": "a", "operator": "In"}]}]
                },
            },
            "aggregationRule.clusterRoleSelectors[0].matchExpressions[0].values",
            id="an operator without its values",
        ),
    ],
)
def test_what_the_api_server_refuses_is_refused_at_its_path(manifest: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidObjectError) as refused:
        answer({"system": "rbac", "objects": [manifest], "question": ASKED})

    assert refused.value.path == f"objects[0].{path}"


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(binding(subjects=None), id="subjects are null"),
        pytest.param(role(rules=None), id="rules are null"),
        pytest.param(binding("RoleBinding", {"kind": "User", "name": "jane"}), id="a role that is not there"),
        pytest.param(
            {"apiVersion": API, "kind": "ClusterRole", "metadata": {"name": "x"}, "rules": []}, id="no rules"
        ),
    ],
)
def test_what_the_api_server_takes_is_answered(manifest: dict[str, Any]) -> None:
    found = answer({"system": "rbac", "objects": [manifest], "question": ASKED})

    assert found.answer["allowed"] is False


@pytest.mark.parametrize(
    "question",
    [
        pytest.param({"authorize": {"verb": "get", "resource": "pods"}}, id="nobody"),
        pytest.param({"authorize": {"user": "x", "verb": "get"}}, id="nothing"),
        pytest.param({"authorize": {"user": "x", "verb": "get", "path": "/", "resource": "pods"}}, id="both"),
        pytest.param(
            {"authorize": {"user": "x", "verb": "get", "resource": "pods", "ns": "a"}}, id="unknown"
        ),
        pytest.param({"escalation": {"user": "x", "verb": "delete", "object": {}}}, id="a verb of no write"),
    ],
)
def test_a_question_of_another_shape_is_refused(question: dict[str, Any]) -> None:
    with pytest.raises(InvalidQuestionError):
        answer({"system": "rbac", "objects": [], "question": question})


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({}, id="empty"),
        pytest.param({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}}, id="a pod"),
        pytest.param({"apiVersion": API, "kind": "Role", "metadata": {"name": "x"}, "ruls": []}, id="a slip"),
    ],
)
def test_an_object_to_write_must_be_a_role_or_binding(written: dict[str, Any]) -> None:
    asked = {"escalation": {"user": "x", "verb": "create", "object": written}}

    with pytest.raises(OntologyError) as refused:
        answer({"system": "rbac", "objects": [], "question": asked})

    assert refused.value.path.startswith("question.escalation.object")


def test_a_changed_manifest_is_seen() -> None:
    held = role()
    objects = [
        held,
        binding("RoleBinding", {"kind": "User", "name": "jane"}, roleRef={"kind": "Role", "name": "r"}),
    ]
    asked = {"system": "rbac", "objects": objects, "question": ASKED}
    assert answer(asked).answer["allowed"] is True

    held["rules"][0]["verbs"] = ["list"]

    assert answer(asked).answer["allowed"] is False


def test_what_no_text_holds_is_answered_all_the_same() -> None:
    manifest = {**role(), "metadata": {"name": "r", "namespace": "dev", "labels": {"a": "\ud800"}}}

    assert answer({"system": "rbac", "objects": [manifest], "question": ASKED}).answer["allowed"] is False


MANY = [f"x{number}" for number in range(400)]


def test_a_rule_of_many_million_rights_is_answered_without_spelling_them() -> None:
    huge = role(rule={"verbs": [*MANY, "get"], "apiGroups": [*MANY, ""], "resources": [*MANY, "pods"]})
    bound = binding("RoleBinding", {"kind": "User", "name": "jane"}, roleRef={"kind": "Role", "name": "r"})

    found = answer({"system": "rbac", "objects": [huge, bound], "question": ASKED})

    assert found.answer["allowed"] is True
    assert found.steps


def test_a_check_of_many_million_rights_is_refused() -> None:
    huge = role(rule={"verbs": MANY, "apiGroups": MANY, "resources": MANY})
    asked = {"escalation": {"user": "x", "verb": "create", "object": huge}}

    with pytest.raises(TooCostlyError):
        answer({"system": "rbac", "objects": [], "question": asked})


def test_too_many_roles_that_aggregate_are_refused() -> None:
    roles = [
        {
            "apiVersion": API,
            "kind": "ClusterRole",
            "metadata": {"name": f"r{number}"},
            "aggregationRule": {"clusterRoleSelectors": [{}]},
        }
        for number in range(1001)
    ]

    with pytest.raises(TooCostlyError):
        answer({"system": "rbac", "objects": roles, "question": ASKED})

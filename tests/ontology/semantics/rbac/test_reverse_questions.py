"""Questions the other way round: who can, what is unused, who could become admin."""

from typing import Any

import pytest

from ontology.documents import read_yaml
from ontology.evaluators import answer
from ontology.verdict import Outcome, Verdict

OBJECTS = next(
    read_yaml("""
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: all}, rules: [
    {apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: deployer}, rules: [
    {apiGroups: [apps], resources: [deployments], verbs: [create]}]}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: root},
   subjects: [{kind: ServiceAccount, name: ci, namespace: build}],
   roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all}}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: deploy, namespace: build},
   subjects: [{kind: User, name: bob}],
   roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: deployer}}
""")
)
GROUP = "rbac.authorization.k8s.io"


def bound(name: str, *rules: dict[str, Any], user: str = "eve", namespace: str = "") -> list[dict[str, Any]]:
    """A ClusterRole of these rules, bound to a user."""
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return [
        {
            "apiVersion": f"{GROUP}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": name},
            "rules": list(rules),
        },
        {
            "apiVersion": f"{GROUP}/v1",
            "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
            "metadata": metadata,
            "subjects": [{"kind": "User", "name": user}],
            "roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": name},
        },
    ]


def right(verbs: str, resources: str, group: str = "", *names: str) -> dict[str, Any]:
    return {
        "verbs": verbs.split(),
        "apiGroups": [group],
        "resources": resources.split(),
        "resourceNames": list(names),
    }


def ask(question: str, more: list[dict[str, Any]] = [], **members: Any) -> Verdict:  # noqa: B006 - never changed
    return answer({"system": "rbac", "objects": [*OBJECTS, *more], "question": {question: members}})


def test_who_can_gives_the_chain_from_subject_to_rule() -> None:
    verdict = ask("whoCan", verb="create", apiGroup="apps", resource="deployments", namespace="build")

    assert [subject["name"] for subject in verdict.answer["subjects"]] == ["ci", "bob"]
    assert verdict.answer["subjects"][1]["via"] == [
        {
            "binding": {"kind": "RoleBinding", "name": "deploy", "namespace": "build"},
            "role": {"kind": "ClusterRole", "name": "deployer"},
            "rule": {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["create"]},
        }
    ]


def test_nobody_can_what_no_rule_allows() -> None:
    assert ask("whoCan", verb="get", path="/logs").outcome is Outcome.NO


def test_access_of_a_subject_is_told_by_namespace() -> None:
    verdict = ask("accessOf", user="bob")

    assert verdict.answer["clusterWide"]["resourceRules"] == []
    assert list(verdict.answer["namespaces"]) == ["build"]


def test_healthy_bindings_have_no_findings() -> None:
    verdict = ask("bindingHealth")

    assert verdict.answer == {"findings": []}
    assert verdict.outcome is Outcome.YES


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param({"roleRef": {"kind": "Role", "name": "gone"}}, "dangling", id="a role that is gone"),
        pytest.param({"subjects": []}, "noSubjects", id="nobody"),
        pytest.param({"metadata": {"name": "twin", "namespace": "build"}}, "shadowed", id="granted already"),
    ],
)
def test_a_binding_that_does_nothing_is_found(change: dict[str, Any], problem: str) -> None:
    more = {**OBJECTS[3], "metadata": {"name": "more", "namespace": "build"}, **change}

    assert problem in [each["problem"] for each in ask("bindingHealth", [more]).answer["findings"]]


def test_a_role_binding_of_urls_grants_nothing() -> None:
    more = bound("web", {"nonResourceURLs": ["/"], "verbs": ["get"]}, namespace="dev")

    assert [each["problem"] for each in ask("bindingHealth", more).answer["findings"]] == ["grantsNothing"]


def test_an_unbound_role_and_a_missing_account_are_found() -> None:
    more = [
        bound("spare", right("get", "pods"))[0],
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "other", "namespace": "build"}},
    ]

    problems = [each["problem"] for each in ask("bindingHealth", more).answer["findings"]]

    assert problems == ["missingAccount", "unboundRole"]


@pytest.mark.parametrize(
    ("more", "ways"),
    [
        pytest.param(
            bound("x", right("create", "clusterrolebindings", GROUP), right("bind", "clusterroles", GROUP)),
            ["bind"],
            id="bind",
        ),
        pytest.param(
            bound("x", right("update escalate", "clusterroles", GROUP, "x")), ["escalate"], id="escalate"
        ),
        pytest.param(bound("x", right("impersonate", "users groups")), ["masters"], id="masters"),
        pytest.param(
            bound("x", right("impersonate", "users", "", "bob")), ["impersonate", "pods"], id="by way of bob"
        ),
        pytest.param(
            bound("x", right("impersonate", "serviceaccounts", "", "ci"), namespace="build"),
            ["impersonate"],
            id="an account",
        ),
        pytest.param(
            bound("x", right("create", "serviceaccounts/token", "", "ci"), namespace="build"),
            ["token"],
            id="a token",
        ),
        pytest.param(bound("x", right("create", "pods"), namespace="build"), ["pods"], id="pods"),
        pytest.param(
            bound("x", right("create get", "secrets"), namespace="build"), ["newsecret"], id="a new Secret"
        ),
        pytest.param(
            [
                *bound("x", right("list", "secrets"), namespace="build"),
                {
                    "apiVersion": "v1",
                    "kind": "Secret",
                    "type": "kubernetes.io/service-account-token",
                    "metadata": {
                        "name": "ci-token",
                        "namespace": "build",
                        "annotations": {"kubernetes.io/service-account.name": "ci"},
                    },
                },
            ],
            ["secret"],
            id="a Secret that is there",
        ),
        pytest.param(
            [
                *bound("x", right("create", "pods/exec"), namespace="build"),
                {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "metadata": {"name": "runner", "namespace": "build"},
                    "spec": {"serviceAccountName": "ci"},
                },
            ],
            ["exec"],
            id="a running pod",
        ),
    ],
)
def test_a_way_to_every_right_is_found(more: list[dict[str, Any]], ways: list[str]) -> None:
    verdict = ask("escalationPaths", more)

    (path,) = [each for each in verdict.answer["paths"] if each["subject"]["name"] == "eve"]
    assert [step["by"] for step in path["steps"]] == ways
    assert path["sentence"]["en"].startswith("User `eve` may ")
    assert path["sentence"]["ko"].startswith("User `eve`는 ")


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(bound("x", right("bind", "clusterroles", GROUP)), id="bind without a binding to write"),
        pytest.param(bound("x", right("escalate", "clusterroles", GROUP)), id="escalate without a write"),
        pytest.param(bound("x", right("impersonate", "groups")), id="a group without a user"),
        pytest.param(bound("x", right("create", "pods"), namespace="dev"), id="pods elsewhere"),
        pytest.param(bound("x", right("get", "secrets"), namespace="build"), id="no token to read"),
    ],
)
def test_half_a_way_is_none(more: list[dict[str, Any]]) -> None:
    paths = ask("escalationPaths", more).answer["paths"]

    assert "eve" not in [each["subject"]["name"] for each in paths]

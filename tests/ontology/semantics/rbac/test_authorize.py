"""Cases written from the RBAC documentation; recorded verdicts stand in tests/conformance."""

from typing import Any

import pytest

from ontology.documents import read_yaml
from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Outcome, Role, Step, Verdict
from ontology.vocabulary import rules

OBJECTS = next(
    read_yaml("""
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: reader}, rules: [
    {apiGroups: [""], resources: [pods], verbs: [get, list]},
    {apiGroups: [apps], resources: ["*/scale"], verbs: [update]},
    {apiGroups: [""], resources: [configmaps], verbs: [get, list], resourceNames: [app]},
    {apiGroups: [""], resources: ["secrets/*"], verbs: [get]}]}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: health}, rules: [
    {nonResourceURLs: [/healthz, "/metrics/*"], verbs: [get]}]}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: operator, namespace: prod}, rules: [
    {apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: read, namespace: dev},
   subjects: [{kind: User, name: jane}, {kind: Group, name: devs}, {kind: ServiceAccount, name: ci}],
   roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: urls, namespace: dev},
   subjects: [{kind: User, name: jane}],
   roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: health}}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: ops, namespace: prod},
   subjects: [{kind: Group, name: ops}, {kind: User, name: "*"}],
   roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: operator}}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: ghost, namespace: stage},
   subjects: [{kind: User, name: jane}],
   roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: operator}}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: health},
   subjects: [{kind: Group, name: "system:authenticated"}],
   roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: health}}
""")
)


def ask(user: str, what: str, groups: tuple[str, ...] = (), **members: Any) -> Verdict:
    verb, _, resource = what.partition(" ")
    target = {"path": resource} if resource.startswith("/") else {"resource": resource}
    question = {"user": user, "groups": list(groups), "verb": verb, **target, **members}
    return answer({"system": "rbac", "objects": OBJECTS, "question": {"authorize": question}})


def steps(verdict: Verdict, role: Role) -> list[Step]:
    return [step for step in verdict.steps if step.role is role]


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        pytest.param(
            ask("jane", "get pods", namespace="dev"),
            'RBAC: allowed by RoleBinding "read/dev" of ClusterRole "reader" to User "jane"',
            id="by a RoleBinding to a ClusterRole",
        ),
        pytest.param(
            ask("jane", "get pods", ("devs",), namespace="dev"),
            'RBAC: allowed by RoleBinding "read/dev" of ClusterRole "reader" to User "jane"',
            id="the first subject that applies",
        ),
        pytest.param(
            ask("system:serviceaccount:dev:ci", "get pods", namespace="dev"),
            'RBAC: allowed by RoleBinding "read/dev" of ClusterRole "reader" to ServiceAccount "ci/dev"',
            id="a service account of the binding's namespace",
        ),
        pytest.param(
            ask("x", "update deployments", ("devs",), namespace="dev", apiGroup="apps", subresource="scale"),
            'RBAC: allowed by RoleBinding "read/dev" of ClusterRole "reader" to Group "devs"',
            id="a subresource of every resource",
        ),
        pytest.param(
            ask("x", "get /metrics/cadvisor", ("system:authenticated",)),
            'RBAC: allowed by ClusterRoleBinding "health" of ClusterRole "health" to Group "system:authenticated"',
            id="a URL by its prefix",
        ),
    ],
)
def test_a_request_is_allowed(verdict: Verdict, reason: str) -> None:
    assert verdict.answer == {"allowed": True, "reason": reason}
    assert verdict.outcome is Outcome.YES


@pytest.mark.parametrize(
    ("verdict", "rule"),
    [
        pytest.param(
            ask("jane", "get pods", namespace="prod"), "rbac.roleBindingToClusterRole", id="namespace"
        ),
        pytest.param(ask("jane", "get pods"), "rbac.clusterScope", id="the whole cluster"),
        pytest.param(ask("jane", "delete pods", namespace="dev"), "rbac.verb", id="verb"),
        pytest.param(ask("jane", "get pod", namespace="dev"), "rbac.resource", id="singular"),
        pytest.param(ask("jane", "get pods", namespace="dev", apiGroup="v1"), "rbac.apiGroup", id="group"),
        pytest.param(
            ask("jane", "get pods", namespace="dev", subresource="log", name="web"),
            "rbac.subresource",
            id="subresource",
        ),
        pytest.param(ask("jane", "get secrets", namespace="dev"), "rbac.subresourceOnly", id="its resource"),
        pytest.param(
            ask("jane", "get secrets", namespace="dev", subresource="x"), "rbac.subresourceWildcard", id="x/*"
        ),
        pytest.param(
            ask("jane", "get configmaps", namespace="dev", name="db"), "rbac.resourceName", id="another name"
        ),
        pytest.param(ask("jane", "list configmaps", namespace="dev"), "rbac.unnamedRequest", id="no name"),
        pytest.param(ask("jane", "get /healthz"), "rbac.urlsNeedClusterRoleBinding", id="URL by RoleBinding"),
        pytest.param(ask("x", "get /metrics", ("system:authenticated",)), "rbac.url", id="URL not covered"),
        pytest.param(ask("Jane", "get pods", namespace="dev"), "rbac.subjectCase", id="upper case"),
        pytest.param(ask("devs", "get pods", namespace="dev"), "rbac.subjectKind", id="a group's name"),
        pytest.param(
            ask("system:serviceaccount:prod:ci", "get pods", namespace="dev"),
            "rbac.subjectNamespace",
            id="an account of another namespace",
        ),
        pytest.param(ask("bob", "get pods", namespace="prod"), "rbac.subjectWildcard", id="a star is a name"),
        pytest.param(ask("jane", "get jobs", namespace="stage"), "rbac.missingRole", id="a role elsewhere"),
    ],
)
def test_a_denial_says_what_came_near(verdict: Verdict, rule: str) -> None:
    assert verdict.outcome is Outcome.NO
    assert rule in [step.rule for step in steps(verdict, Role.NEAR_MISS)]


def test_a_missing_role_is_the_reason_of_a_denial() -> None:
    verdict = ask("jane", "get pods", namespace="stage")

    assert verdict.answer["reason"] == 'RBAC: role.rbac.authorization.k8s.io "operator" not found'


def test_two_missing_roles_are_told_once_each_in_brackets() -> None:
    ghosts = [
        {
            **OBJECTS[6],
            "metadata": {"name": f"b{number}", "namespace": "stage"},
            "roleRef": {"kind": kind, "name": "a"},
        }
        for number, kind in enumerate(("Role", "ClusterRole", "Role"))
    ]
    question = {"authorize": {"user": "jane", "verb": "get", "resource": "pods", "namespace": "stage"}}

    found = answer({"system": "rbac", "objects": ghosts, "question": question}).answer["reason"]

    assert found == (
        'RBAC: [role.rbac.authorization.k8s.io "a" not found, clusterrole.rbac.authorization.k8s.io "a" not found]'
    )


def test_a_role_binding_to_a_cluster_role_is_a_rule_of_its_own() -> None:
    step = next(
        each
        for each in ask("jane", "get pods", namespace="dev").steps
        if each.rule == "rbac.roleBindingToClusterRole"
    )

    assert {"RoleBinding", "ClusterRole"} <= {*step.concepts, *rules()[step.rule].decides}
    assert "inside its own namespace `dev` only" in render(step, Lang.EN)
    assert "`dev` 안에서만" in render(step, Lang.KO)


def test_the_smallest_grant_comes_as_manifests() -> None:
    verdict = ask("system:serviceaccount:dev:ci", "get pods", namespace="dev", subresource="log", name="web")

    change = steps(verdict, Role.CHANGE)[0].change
    assert change is not None
    role, binding = change["create"]
    assert role["rules"] == [
        {"verbs": ["get"], "apiGroups": [""], "resources": ["pods/log"], "resourceNames": ["web"]}
    ]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "ci", "namespace": "dev"}]
    assert binding["metadata"]["namespace"] == "dev"


def test_nobody_is_offered_no_grant() -> None:
    assert steps(ask("", "get pods", namespace="dev"), Role.CHANGE) == []


def test_an_allowed_request_names_all_bindings_to_take_away() -> None:
    verdict = ask("jane", "get pods", ("devs",), namespace="dev")

    (step,) = steps(verdict, Role.CHANGE)
    assert step.change == {
        "delete": [
            {
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "RoleBinding",
                "metadata": {"name": "read", "namespace": "dev"},
            }
        ]
    }


def test_names_are_quoted_as_the_api_server_quotes_them() -> None:
    user = 'ja"ne\\\n김'
    binding = {**OBJECTS[3], "subjects": [{"kind": "User", "name": user}]}
    question = {"authorize": {"user": user, "verb": "get", "resource": "pods", "namespace": "dev"}}

    found = answer({"system": "rbac", "objects": [OBJECTS[0], binding], "question": question}).answer[
        "reason"
    ]

    assert found.endswith(r'to User "ja\"ne\\\n김"')

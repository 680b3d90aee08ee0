"""One request from credentials to admission: where it ends, with which sentence."""

from typing import Any

import pytest

from ontology.errors import InvalidQuestionError
from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Verdict

ISSUER, NOW = "https://kubernetes", "2026-03-01T12:00:00Z"
RBAC = "rbac.authorization.k8s.io"
ACCOUNT = {
    "apiVersion": "v1",
    "kind": "ServiceAccount",
    "metadata": {"name": "ci", "namespace": "dev", "uid": "a"},
}
NAMESPACES = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "dev"}},
    {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "old"},
        "status": {"phase": "Terminating"},
    },
]


def granted(*rules: dict[str, Any], subject: str = "system:serviceaccounts") -> list[dict[str, Any]]:
    return [
        {"apiVersion": f"{RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": "r"}, "rules": list(rules)},
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": "b"},
            "subjects": [{"kind": "Group", "name": subject}],
            "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "r"},
        },
    ]


def right(verbs: str, resources: str, group: str = "") -> dict[str, Any]:
    return {"verbs": verbs.split(), "resources": resources.split(), "apiGroups": [group]}


def token(issuer: str = ISSUER) -> dict[str, Any]:
    own = {"namespace": "dev", "serviceaccount": {"name": "ci", "uid": "a"}}
    claims = {"iss": issuer, "aud": ["api"], "kubernetes.io": own}
    return {"claims": claims, "issuer": ISSUER, "audiences": ["api"], "now": NOW}


def ask(*objects: dict[str, Any], **members: Any) -> Verdict:
    return answer({"system": "access", "objects": list(objects), "question": {"request": members}})


PODS = {"verb": "create", "resource": "pods", "namespace": "dev"}
MAY = granted(right("create", "pods"), right("delete", "namespaces"), right("create", "roles", RBAC))


@pytest.mark.parametrize(
    ("verdict", "status", "stage", "message"),
    [
        pytest.param(
            ask(**PODS, anonymous=False),
            401,
            "authentication",
            "Unauthorized",
            id="nobody, and nobody is let in",
        ),
        pytest.param(
            ask(ACCOUNT, **PODS, serviceAccountToken=token("x")),
            401,
            "authentication",
            "Unauthorized",
            id="a bad token",
        ),
        pytest.param(
            ask(**PODS),
            403,
            "authorization",
            'pods is forbidden: User "system:anonymous" cannot create resource "pods" in API group "" '
            'in the namespace "dev"',
            id="anonymous",
        ),
        pytest.param(
            ask(
                ACCOUNT,
                verb="get",
                resource="deployments",
                apiGroup="apps",
                name="w",
                serviceAccountToken=token(),
            ),
            403,
            "authorization",
            'deployments.apps "w" is forbidden: User "system:serviceaccount:dev:ci" cannot get resource '
            '"deployments" in API group "apps" at the cluster scope',
            id="known, but not allowed",
        ),
        pytest.param(
            ask(verb="get", path="/metrics"),
            403,
            "authorization",
            'forbidden: User "system:anonymous" cannot get path "/metrics"',
            id="a URL",
        ),
        pytest.param(
            ask(ACCOUNT, *MAY, **PODS, serviceAccountToken=token(), impersonate={"user": "bob"}),
            403,
            "authorization",
            'users "bob" is forbidden: User "system:serviceaccount:dev:ci" cannot impersonate resource "users" '
            'in API group "" at the cluster scope',
            id="impersonation",
        ),
        pytest.param(
            ask(ACCOUNT, *MAY, *NAMESPACES, **{**PODS, "namespace": "new"}, serviceAccountToken=token()),
            404,
            "admission",
            'namespaces "new" not found',
            id="a namespace that is not there",
        ),
        pytest.param(
            ask(
                ACCOUNT,
                *MAY,
                *NAMESPACES,
                **{**PODS, "namespace": "old"},
                serviceAccountToken=token(),
                object={"metadata": {"name": "w"}},
            ),
            403,
            "admission",
            'pods "w" is forbidden: unable to create new content in namespace old because it is being terminated',
            id="a namespace that goes",
        ),
        pytest.param(
            ask(
                ACCOUNT,
                *MAY,
                **PODS,
                serviceAccountToken=token(),
                object={"metadata": {"name": "w"}, "spec": {"serviceAccountName": "x"}},
            ),
            403,
            "admission",
            'pods "w" is forbidden: error looking up service account dev/x: serviceaccount "x" not found',
            id="an account that is not there",
        ),
        pytest.param(
            ask(
                ACCOUNT,
                *MAY,
                verb="delete",
                resource="namespaces",
                name="default",
                serviceAccountToken=token(),
            ),
            403,
            "admission",
            'namespaces "default" is forbidden: this namespace may not be deleted',
            id="a namespace for ever",
        ),
        pytest.param(
            ask(ACCOUNT, *MAY, *NAMESPACES, **PODS, serviceAccountToken=token()), 200, None, "", id="let in"
        ),
    ],
)
def test_a_request_ends(verdict: Verdict, status: int, stage: str | None, message: str) -> None:
    found = verdict.answer

    assert (found["status"], found["stage"], found["message"]) == (status, stage, message)


def test_writing_a_role_is_checked_for_escalation() -> None:
    role = {
        "apiVersion": f"{RBAC}/v1",
        "kind": "Role",
        "metadata": {"name": "x", "namespace": "dev"},
        "rules": [right("get", "secrets")],
    }
    verdict = ask(
        ACCOUNT,
        *MAY,
        verb="create",
        resource="roles",
        apiGroup=RBAC,
        namespace="dev",
        object=role,
        serviceAccountToken=token(),
    )

    assert verdict.answer["stage"] == "admission"
    assert "is attempting to grant RBAC permissions not currently held" in verdict.answer["message"]


def test_an_impersonated_account_has_its_groups() -> None:
    objects = [*granted(right("impersonate", "serviceaccounts"), right("create", "pods")), ACCOUNT]

    verdict = ask(
        *objects, **PODS, serviceAccountToken=token(), impersonate={"user": "system:serviceaccount:prod:web"}
    )

    assert verdict.answer["groups"] == [
        "system:serviceaccounts",
        "system:serviceaccounts:prod",
        "system:authenticated",
    ]
    assert verdict.answer["status"] == 200


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        pytest.param(
            {"uid": "u-1"},
            'uids.authentication.k8s.io "u-1" is forbidden: User "system:serviceaccount:dev:ci" cannot impersonate '
            'resource "uids" in API group "authentication.k8s.io" at the cluster scope',
            id="a uid",
        ),
        pytest.param(
            {"extra": {"Scopes": ["view"]}},
            'userextras.authentication.k8s.io "view" is forbidden: User "system:serviceaccount:dev:ci" cannot '
            'impersonate resource "userextras/scopes" in API group "authentication.k8s.io" at the cluster scope',
            id="an extra attribute",
        ),
        pytest.param(
            {"groups": ["ops"]},
            'groups "ops" is forbidden: User "system:serviceaccount:dev:ci" cannot impersonate resource "groups" '
            'in API group "" at the cluster scope',
            id="a group",
        ),
    ],
)
def test_all_that_is_impersonated_must_be_allowed(more: dict[str, Any], sentence: str) -> None:
    objects = [*granted(right("impersonate", "users")), ACCOUNT]

    verdict = ask(*objects, **PODS, serviceAccountToken=token(), impersonate={"user": "bob", **more})

    assert (verdict.answer["status"], verdict.answer["message"]) == (403, sentence)


def test_a_role_that_is_missing_is_told_with_the_denial() -> None:
    dangling = granted()[1]

    message = ask(ACCOUNT, dangling, **PODS, serviceAccountToken=token()).answer["message"]

    assert message.endswith(
        'in the namespace "dev": RBAC: clusterrole.rbac.authorization.k8s.io "r" not found'
    )


def test_masters_pass_before_any_authorizer() -> None:
    objects = [*granted(right("impersonate", "users groups")), ACCOUNT]
    root = {"user": "root", "groups": ["system:masters"]}

    verdict = ask(
        *objects, verb="delete", resource="nodes", name="n1", serviceAccountToken=token(), impersonate=root
    )

    assert verdict.answer["status"] == 200
    assert "access.masters" in {step.rule for step in verdict.steps}


def test_every_stage_tells_its_steps_in_both_languages() -> None:
    verdict = ask(ACCOUNT, *MAY, *NAMESPACES, **PODS, serviceAccountToken=token())

    rules = [step.rule for step in verdict.steps]
    assert rules.index("access.authenticated") < rules.index("rbac.rule") < rules.index("access.admitted")
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)


def test_two_kinds_of_credentials_are_refused() -> None:
    certificate = {"pem": "", "caPem": "", "now": NOW}

    with pytest.raises(InvalidQuestionError):
        ask(**PODS, serviceAccountToken=token(), clientCertificate=certificate)

"""Bound tokens of service accounts, and the tokens of pods."""

from typing import Any

import pytest

from ontology.errors import InvalidQuestionError
from ontology.evaluators import answer
from ontology.verdict import Role, Verdict

ISSUER, NOW, SECONDS = "https://kubernetes", "2026-03-01T12:00:00Z", 1772366400
ACCOUNT = {
    "apiVersion": "v1",
    "kind": "ServiceAccount",
    "metadata": {"name": "ci", "namespace": "dev", "uid": "a"},
}
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "dev", "uid": "p"}}
NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", "uid": "n"}}
EXTRA = "authentication.kubernetes.io/"


def ask(*objects: dict[str, Any], bound: dict[str, Any] | None = None, **claims: Any) -> Verdict:
    own = {"namespace": "dev", "serviceaccount": {"name": "ci", "uid": "a"}, **(bound or {})}
    payload = {"iss": ISSUER, "aud": ["api"], "jti": "j", "kubernetes.io": own, **claims}
    question = {"claims": payload, "issuer": ISSUER, "audiences": ["api", ISSUER], "now": NOW}
    return answer(
        {"system": "access", "objects": list(objects), "question": {"serviceAccountToken": question}}
    )


def gone(manifest: dict[str, Any], moment: str) -> dict[str, Any]:
    return {**manifest, "metadata": {**manifest["metadata"], "deletionTimestamp": moment}}


def test_a_token_stands_for_its_account() -> None:
    assert ask(ACCOUNT).answer == {
        "authenticated": True,
        "user": "system:serviceaccount:dev:ci",
        "groups": ["system:serviceaccounts", "system:serviceaccounts:dev"],
        "uid": "a",
        "extra": {f"{EXTRA}credential-id": ["JTI=j"]},
        "reason": "",
    }


def test_a_token_of_a_pod_carries_pod_and_node_without_looking_for_the_node() -> None:
    bound = {"pod": {"name": "web", "uid": "p"}, "node": {"name": "elsewhere", "uid": "x"}}

    extra = ask(ACCOUNT, POD, bound=bound).answer["extra"]

    assert extra[f"{EXTRA}pod-name"] == ["web"]
    assert extra[f"{EXTRA}node-name"] == ["elsewhere"]


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"aud": "api"}, id="one audience as text"),
        pytest.param({"aud": []}, id="no audience"),
        pytest.param({"exp": SECONDS - 60}, id="expired within the grace"),
        pytest.param({"nbf": SECONDS + 60}, id="not yet valid within the grace"),
        pytest.param({"iat": SECONDS + 60}, id="issued in the future within the grace"),
        pytest.param({"jti": ""}, id="without an id"),
        pytest.param({"sub": "system:serviceaccount:other:x"}, id="whatever `sub` says"),
    ],
)
def test_a_token_is_accepted(claims: dict[str, Any]) -> None:
    assert ask(ACCOUNT, **claims).answer["reason"] == ""


@pytest.mark.parametrize(
    ("objects", "claims", "reason"),
    [
        pytest.param((ACCOUNT,), {"iss": "x"}, "issuer", id="another issuer"),
        pytest.param((ACCOUNT,), {"aud": ["vault"]}, "audience", id="another audience"),
        pytest.param((ACCOUNT,), {"exp": SECONDS - 61}, "expired", id="expired"),
        pytest.param((ACCOUNT,), {"nbf": SECONDS + 61}, "not-yet-valid", id="not yet valid"),
        pytest.param((ACCOUNT,), {"iat": SECONDS + 61}, "issued-in-the-future", id="issued in the future"),
        pytest.param((ACCOUNT,), {"nbf": 10**30}, "not-yet-valid", id="not before the end of calendars"),
        pytest.param((), {}, "service-account-not-found", id="no account"),
        pytest.param(
            (POD,), {"bound": {"pod": {"name": "web"}}}, "service-account-not-found", id="account first"
        ),
        pytest.param(
            ({**ACCOUNT, "metadata": {**ACCOUNT["metadata"], "uid": "b"}},),
            {},
            "uid-mismatch",
            id="made anew",
        ),
        pytest.param((gone(ACCOUNT, "2026-03-01T11:58:00Z"),), {}, "service-account-deleted", id="deleted"),
        pytest.param((ACCOUNT,), {"bound": {"pod": {"name": "web", "uid": "p"}}}, "invalidated", id="no pod"),
        pytest.param(
            (ACCOUNT, POD), {"bound": {"pod": {"name": "web", "uid": "q"}}}, "uid-mismatch", id="its uid"
        ),
        pytest.param(
            (ACCOUNT, gone(POD, "2026-03-01T11:58:59Z")),
            {"bound": {"pod": {"name": "web", "uid": "p"}}},
            "invalidated",
            id="a pod deleted a minute and a second ago",
        ),
        pytest.param(
            (ACCOUNT,), {"bound": {"secret": {"name": "s", "uid": "s"}}}, "invalidated", id="no Secret"
        ),
        pytest.param(
            (ACCOUNT, NODE), {"bound": {"node": {"name": "n1", "uid": "x"}}}, "uid-mismatch", id="a node"
        ),
    ],
)
def test_a_token_is_refused(objects: tuple[dict[str, Any], ...], claims: dict[str, Any], reason: str) -> None:
    verdict = ask(*objects, **claims)

    assert verdict.answer["reason"] == reason
    assert verdict.answer["user"] is None
    assert [step for step in verdict.steps if step.holds is False]


def test_a_time_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidQuestionError):
        ask(ACCOUNT, exp=float("nan"))


def test_an_object_deleted_a_minute_ago_still_counts() -> None:
    assert ask(gone(ACCOUNT, "2026-03-01T11:59:00Z")).answer["reason"] == ""


def test_an_account_of_another_namespace_came_near() -> None:
    other = {**ACCOUNT, "metadata": {"name": "ci", "namespace": "prod", "uid": "a"}}

    (step,) = [step for step in ask(other).steps if step.role is Role.NEAR_MISS]
    assert step.facts["found"] == "prod/ci"


def pod_token(spec: dict[str, Any], *objects: dict[str, Any], **members: Any) -> dict[str, Any]:
    manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "dev"},
        "spec": spec,
    }
    question = {"podToken": {"pod": "web"} | members}
    found = answer({"system": "access", "objects": [manifest, *objects], "question": question})
    return dict(found.answer)


def test_a_pod_gets_a_token_that_ends_with_it() -> None:
    found = pod_token({})

    assert found["account"] == "dev/default"
    (token,) = found["tokens"]
    assert (token["expirationSeconds"], token["audience"], token["endsWithPod"]) == (3607, None, True)
    assert found["secrets"] == []


def test_before_1_21_a_pod_got_the_token_of_a_secret() -> None:
    found = pod_token({"serviceAccountName": "ci"}, version="1.20")

    (token,) = found["tokens"]
    assert (token["source"], token["expirationSeconds"], token["endsWithPod"]) == ("secret", None, False)
    assert len(found["secrets"]) == 1


def test_until_1_23_a_secret_was_made_beside_the_bound_token() -> None:
    found = pod_token({}, version="1.23")

    assert found["tokens"][0]["source"] == "projected"
    assert len(found["secrets"]) == 1


@pytest.mark.parametrize(
    ("pod", "account", "automount"),
    [
        pytest.param(None, None, True, id="nobody says"),
        pytest.param(None, False, False, id="the account says no"),
        pytest.param(True, False, True, id="the pod has the last word"),
        pytest.param(False, True, False, id="also for no"),
    ],
)
def test_the_pod_decides_before_its_account(pod: bool | None, account: bool | None, automount: bool) -> None:
    own = {**ACCOUNT, "automountServiceAccountToken": account}

    found = pod_token({"serviceAccountName": "ci", "automountServiceAccountToken": pod}, own)

    assert found["automount"] is automount
    assert bool(found["tokens"]) is automount


def test_a_projected_token_has_its_own_audience_and_lifetime() -> None:
    volume = {
        "name": "v",
        "projected": {
            "sources": [{"serviceAccountToken": {"audience": "vault", "path": "t", "expirationSeconds": 600}}]
        },
    }
    container = {"name": "c", "image": "x", "volumeMounts": [{"name": "v", "mountPath": "/vault/"}]}

    found = pod_token({"containers": [container], "volumes": [volume], "automountServiceAccountToken": False})

    assert found["tokens"] == [
        {
            "source": "projected",
            "volume": "v",
            "path": "/vault/t",
            "audience": "vault",
            "expirationSeconds": 600,
            "endsWithPod": True,
        }
    ]


@pytest.mark.parametrize("members", [{"pod": "other"}, {"version": "latest"}, {"namespace": "prod"}])
def test_a_question_about_no_pod_or_version_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(InvalidQuestionError):
        pod_token({}, **members)

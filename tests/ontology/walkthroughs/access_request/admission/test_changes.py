"""Changes that let a refused write in: each is small, worded, and does what it says."""

from typing import Any

import pytest

from ontology import patches
from ontology.evaluators import evaluate
from ontology.lang import Lang
from ontology.messages import render
from ontology.scenario import Scenario, decode
from ontology.verdict import Outcome, Role, Step

Manifest = dict[str, Any]
GROUP = "rbac.authorization.k8s.io"
# Whoever asks may write anything, so that only admission can refuse.
ADMIN: list[Manifest] = [
    {
        "apiVersion": f"{GROUP}/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "all"},
        "rules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
    },
    {
        "apiVersion": f"{GROUP}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "all"},
        "subjects": [{"kind": "Group", "name": "system:unauthenticated"}],
        "roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": "all"},
    },
]


def thing(kind: str, name: str, *, api: str = "v1", namespace: str = "dev", **members: Any) -> Manifest:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": namespace}, **members}


def labelled(**labels: str) -> Manifest:
    named = {f"pod-security.kubernetes.io/{key}": each for key, each in labels.items()}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "dev", "labels": named}}


def pod(*containers: Manifest, **spec: Any) -> Manifest:
    return {"metadata": {"name": "w"}, "spec": {"containers": list(containers) or [container()], **spec}}


def container(name: str = "c", **members: Any) -> Manifest:
    return {"name": name, "image": "nginx", **members}


def sized(**resources: Manifest) -> Manifest:
    return container(resources=resources)


def limits(kind: str = "Container", **item: Any) -> Manifest:
    return thing("LimitRange", "lr", spec={"limits": [{"type": kind, **item}]})


def quota(hard: Manifest, /, **status: Any) -> Manifest:
    return thing("ResourceQuota", "q", spec={"hard": hard}, **({"status": status} if status else {}))


def asked(written: Manifest, *objects: Manifest, resource: str = "pods", **members: Any) -> Scenario:
    request = {"verb": "create", "resource": resource, "namespace": "dev", "object": written} | members
    return decode({"system": "access", "objects": [*ADMIN, *objects], "question": {"request": request}})


def offered(scenario: Scenario) -> list[Step]:
    return [each for each in evaluate(scenario).steps if each.role is Role.CHANGE]


def sent(**spec: Any) -> Manifest:
    return {"question": {"object": {"spec": spec}}}


def hard(**amounts: str) -> Manifest:
    return thing("ResourceQuota", "q", spec={"hard": amounts})


CLAIM = {"resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "std"}
GROWN = CLAIM | {"resources": {"requests": {"storage": "2Gi"}}}
STANDARD: Manifest = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "std"},
    "provisioner": "p",
}


@pytest.mark.parametrize(
    ("scenario", "change"),
    [
        pytest.param(
            asked(pod(), labelled(), namespace="prod"),
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "prod"}},
            id="a namespace that is missing",
        ),
        pytest.param(
            asked(pod(serviceAccountName="ci")),
            thing("ServiceAccount", "ci"),
            id="an account that is missing",
        ),
        pytest.param(asked(pod(priority=5)), sent(priority=None), id="a priority of one's own"),
        pytest.param(
            asked(pod(priorityClassName="high")), sent(priorityClassName=None), id="a missing class"
        ),
        pytest.param(
            asked(pod(runtimeClassName="kata")), sent(runtimeClassName=None), id="a missing runtime"
        ),
        pytest.param(
            asked(pod(sized(limits={"cpu": "2"})), limits(max={"cpu": "1"})),
            sent(containers=[sized(limits={"cpu": "1"}, requests={"cpu": "1"})]),
            id="a limit over the maximum",
        ),
        pytest.param(
            asked(
                pod(sized(requests={"cpu": "100m"}, limits={"cpu": "1"})),
                limits(maxLimitRequestRatio={"cpu": "3"}),
            ),
            sent(containers=[sized(requests={"cpu": "334m"}, limits={"cpu": "1"})]),
            id="a limit too far from its request",
        ),
        pytest.param(
            asked(pod(), limits("Pod", max={"memory": "1Gi"})),
            sent(containers=[sized(limits={"memory": "1Gi"})]),
            id="no limit where a pod has a maximum",
        ),
        pytest.param(
            asked(
                {"metadata": {"name": "d"}, "spec": CLAIM},
                limits("PersistentVolumeClaim", min={"storage": "5Gi"}),
                resource="persistentvolumeclaims",
            ),
            sent(resources={"requests": {"storage": "5Gi"}}),
            id="a claim too small",
        ),
        pytest.param(
            asked(pod(), quota({"pods": "0", "services": "1"})), hard(pods="1"), id="a quota that is used up"
        ),
        pytest.param(
            asked(pod(), quota({"pods": "2"}, hard={"pods": "2"}, used={"pods": "2"})),
            hard(pods="3") | {"status": {"hard": {"pods": "3"}}},
            id="one whose status counts",
        ),
        pytest.param(
            asked(pod(), quota({"limits.cpu": "1", "requests.memory": "1Gi"})),
            sent(containers=[sized(limits={"cpu": "100m"}, requests={"memory": "128Mi"})]),
            id="a quota that makes pods say what they need",
        ),
        pytest.param(
            asked(pod(hostNetwork=True), labelled(enforce="baseline")),
            sent(hostNetwork=None),
            id="a pod against the baseline",
        ),
        pytest.param(
            asked(pod(), labelled(enforce="restricted")),
            sent(
                securityContext={"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
                containers=[
                    container(
                        securityContext={"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
                    )
                ],
            ),
            id="a pod that is not hardened",
        ),
        pytest.param(
            asked(pod(volumes=[{"name": "v", "hostPath": {"path": "/"}}]), labelled(enforce="baseline")),
            {
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {"name": "dev", "labels": {"pod-security.kubernetes.io/enforce": "privileged"}},
            },
            id="a pod that needs its node",
        ),
        pytest.param(
            asked(
                {"metadata": {"name": "d"}, "spec": GROWN},
                thing("PersistentVolumeClaim", "d", spec=CLAIM),
                STANDARD,
                resource="persistentvolumeclaims",
                verb="update",
                name="d",
            ),
            {
                "apiVersion": "storage.k8s.io/v1",
                "kind": "StorageClass",
                "metadata": {"name": "std"},
                "allowVolumeExpansion": True,
            },
            id="a claim that may not grow",
        ),
    ],
)
def test_a_refused_write_is_let_in_with(scenario: Scenario, change: Manifest) -> None:
    (step,) = offered(scenario)

    assert step.change == change
    assert evaluate(patches.apply(scenario, change)).outcome is Outcome.YES
    assert all(render(step, lang) for lang in Lang)


def test_changes_that_are_needed_together_are_offered_together() -> None:
    scenario = asked(
        pod(serviceAccountName="ci", hostPID=True), quota({"pods": "0"}), labelled(enforce="baseline")
    )

    found = offered(scenario)

    assert [step.rule for step in found] == ["access.podAccountExists", "access.podSecurity", "access.quota"]
    assert all(evaluate(patches.apply(scenario, step.change or {})).outcome is Outcome.YES for step in found)


def test_a_change_that_is_not_enough_is_not_offered() -> None:
    hook = {
        "name": "check.example.com",
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "clientConfig": {"url": "https://hook"},
        "rules": [{"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"]}],
    }
    api = "admissionregistration.k8s.io/v1"
    refusing = thing("ValidatingWebhookConfiguration", "hooks", api=api, webhooks=[hook])
    answers = {"check.example.com": {"allowed": False}}

    assert not offered(asked(pod(serviceAccountName="ci"), refusing, webhooks=answers))


@pytest.mark.parametrize(
    "context",
    [
        {"privileged": True},
        {"procMount": "Unmasked"},
        {"seLinuxOptions": {"user": "u"}},
        {"seccompProfile": {"type": "Unconfined"}},
        {"appArmorProfile": {"type": "Unconfined"}},
        {"capabilities": {"add": ["SYS_ADMIN", "NET_BIND_SERVICE"]}},
        {"runAsUser": 0},
        {"runAsNonRoot": False},
        {"allowPrivilegeEscalation": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("level", ["baseline", "restricted"])
def test_whatever_a_container_says_of_its_security_can_be_mended(context: Manifest, level: str) -> None:
    written = pod(container(securityContext=context), container("b"), securityContext={"sysctls": []})
    scenario = asked(written, labelled(enforce=level))

    if evaluate(scenario).outcome is Outcome.NO:
        (step,) = offered(scenario)
        assert step.rule == "access.podSecurity"
    else:
        assert level == "baseline"


def test_who_grants_more_than_they_hold_is_told_what_would_let_them() -> None:
    binder = {
        "apiVersion": f"{GROUP}/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "all"},
        "rules": [
            {"verbs": ["*"], "apiGroups": [GROUP], "resources": ["roles"], "resourceNames": ["r"]},
            {"verbs": ["create"], "apiGroups": [GROUP], "resources": ["roles"]},
        ],
    }
    role = {
        "metadata": {"name": "r"},
        "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}],
    }
    request = {"verb": "create", "resource": "roles", "apiGroup": GROUP, "namespace": "dev", "object": role}
    scenario = decode({"system": "access", "objects": [binder, ADMIN[1]], "question": {"request": request}})

    (step,) = offered(scenario)

    assert evaluate(scenario).answer["stage"] == "admission"
    assert step.rule == "rbac.grant"
    assert [each["kind"] for each in step.change["create"]] == ["Role", "RoleBinding"]

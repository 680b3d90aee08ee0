"""Admission: what each plugin changes and refuses, in the API server's own words."""

from typing import Any

import pytest

from ontology.errors import OntologyError
from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Outcome, Verdict

GROUP = "rbac.authorization.k8s.io"
Manifest = dict[str, Any]
ADMIN = [
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
        "subjects": [
            {"kind": "Group", "name": "system:unauthenticated"},
            {"kind": "Group", "name": "system:nodes"},
        ],
        "roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": "all"},
    },
]


def thing(api: str, kind: str, name: str, namespace: str = "", **members: Any) -> Manifest:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {}) | members.pop("metadata", {})
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **members}


def pod(*containers: Manifest, **spec: Any) -> Manifest:
    return {"metadata": {"name": "w"}, "spec": {"containers": list(containers) or [container()], **spec}}


def container(name: str = "c", **members: Any) -> Manifest:
    return {"name": name, "image": "nginx", **members}


def sized(requests: Manifest | None = None, limits: Manifest | None = None) -> Manifest:
    given = {"requests": requests, "limits": limits}
    return container(resources={key: each for key, each in given.items() if each})


def create(written: Manifest, *objects: Manifest, resource: str = "pods", **members: Any) -> Verdict:
    asked = {"verb": "create", "resource": resource, "namespace": "dev", "object": written} | members
    question = {"request": {name: each for name, each in asked.items() if each is not None}}
    return answer({"system": "access", "objects": [*ADMIN, *objects], "question": question})


def limits(**item: Any) -> Manifest:
    return thing("v1", "LimitRange", "lr", "dev", spec={"limits": [{"type": "Container", **item}]})


def quota(hard: Manifest, used: Manifest | None = None, **spec: Any) -> Manifest:
    status = {} if used is None else {"status": {"hard": hard, "used": used}}
    return thing("v1", "ResourceQuota", "q", "dev", spec={"hard": hard, **spec}, **status)


def namespace(**labels: str) -> Manifest:
    named = {f"pod-security.kubernetes.io/{key.replace('_', '-')}": each for key, each in labels.items()}
    return thing("v1", "Namespace", "dev", metadata={"labels": named})


def running(name: str, **members: Any) -> Manifest:
    return thing("v1", "Pod", name, "dev", spec={"containers": [container()]}, **members)


PRIVILEGED = container(securityContext={"privileged": True})
RESTRICTED = container(
    securityContext={
        "allowPrivilegeEscalation": False,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
)
SC, IC = "storageclass.kubernetes.io/is-default-class", "ingressclass.kubernetes.io/is-default-class"


@pytest.mark.parametrize(
    ("verdict", "why"),
    [
        pytest.param(
            create(pod(sized(limits={"cpu": "2"})), limits(max={"cpu": "1"})),
            "maximum cpu usage per Container is 1, but limit is 2",
            id="limit over the maximum",
        ),
        pytest.param(
            create(pod(sized({"memory": "64Mi"}, {"memory": "1024Mi"})), limits(min={"memory": "128Mi"})),
            "minimum memory usage per Container is 128Mi, but request is 64Mi",
            id="request under the minimum",
        ),
        pytest.param(
            create(
                pod(sized({"cpu": "100m"}, {"cpu": "1"})),
                limits(maxLimitRequestRatio={"cpu": "4"}, max={"cpu": "500m"}),
            ),
            "[cpu max limit to request ratio per Container is 4, but provided ratio is 10.000000, "
            "maximum cpu usage per Container is 500m, but limit is 1]",
            id="two bounds at once",
        ),
        pytest.param(
            create(
                pod(),
                thing(
                    "v1", "LimitRange", "p", "dev", spec={"limits": [{"type": "Pod", "max": {"cpu": "1"}}]}
                ),
            ),
            "maximum cpu usage per Pod is 1.  No limit is specified",
            id="a pod without a limit",
        ),
        pytest.param(
            create(pod(), quota({"pods": "2"}), running("a"), running("b")),
            "exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2",
            id="too many pods, counted",
        ),
        pytest.param(
            create(
                pod(sized({"memory": "700Mi"}, {"memory": "1Gi"})),
                quota({"requests.memory": "1Gi", "pods": "9"}, {"requests.memory": "600Mi", "pods": "1"}),
            ),
            "exceeded quota: q, requested: requests.memory=700Mi, used: requests.memory=600Mi, "
            "limited: requests.memory=1Gi",
            id="too much memory, by the status",
        ),
        pytest.param(
            create(pod(container("a"), container("b")), quota({"limits.cpu": "1", "requests.memory": "1Gi"})),
            "failed quota: q: must specify limits.cpu for: a,b; requests.memory for: a,b",
            id="a quota demands limits",
        ),
        pytest.param(
            create(pod(priorityClassName="high")),
            "no PriorityClass with name high was found",
            id="no such PriorityClass",
        ),
        pytest.param(
            create(pod(priority=5)),
            "the integer value of priority (5) must not be provided in pod spec; "
            "priority admission controller computed 0 from the given PriorityClass name",
            id="a priority of one's own",
        ),
        pytest.param(
            create(pod(runtimeClassName="gvisor")),
            'pod rejected: RuntimeClass "gvisor" not found',
            id="no such RuntimeClass",
        ),
        pytest.param(
            create(pod(serviceAccountName="ci")),
            'error looking up service account dev/ci: serviceaccount "ci" not found',
            id="no such account",
        ),
        pytest.param(
            create(pod(PRIVILEGED, hostNetwork=True), namespace(enforce="baseline")),
            'violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true), '
            'privileged (container "c" must not set securityContext.privileged=true)',
            id="baseline",
        ),
        pytest.param(
            create(pod(), namespace(enforce="restricted", enforce_version="v1.30")),
            'violates PodSecurity "restricted:v1.30": allowPrivilegeEscalation != false (container "c" must set '
            "securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "
            '"c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container '
            '"c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set '
            'securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
            id="restricted",
        ),
        pytest.param(
            create(
                pod(
                    RESTRICTED,
                    volumes=[{"name": "host", "hostPath": {"path": "/"}}, {"name": "nfs", "nfs": {}}],
                ),
                namespace(enforce="restricted"),
            ),
            'violates PodSecurity "restricted:latest": restricted volume types '
            '(volumes "host", "nfs" use restricted volume types "hostPath", "nfs")',
            id="volumes",
        ),
    ],
)
def test_a_pod_is_forbidden(verdict: Verdict, why: str) -> None:
    assert verdict.answer["message"] == f'pods "w" is forbidden: {why}'
    assert (verdict.answer["status"], verdict.answer["stage"]) == (403, "admission")
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)


@pytest.mark.parametrize(
    ("verdict", "path", "value"),
    [
        pytest.param(
            create(pod(), limits(default={"cpu": "1"}, defaultRequest={"cpu": "500m"})),
            ("spec", "containers", 0, "resources"),
            {"limits": {"cpu": "1"}, "requests": {"cpu": "500m"}},
            id="limits and requests",
        ),
        pytest.param(
            create(pod(sized(limits={"cpu": "800m"})), limits(default={"cpu": "1"})),
            ("spec", "containers", 0, "resources"),
            {"limits": {"cpu": "800m"}},
            id="a limit of its own is its request, too",
        ),
        pytest.param(create(pod()), ("spec", "serviceAccountName"), "default", id="the account"),
        pytest.param(create(pod()), ("spec", "priority"), 0, id="the priority"),
        pytest.param(
            create(pod(priorityClassName="system-node-critical")),
            ("spec", "priority"),
            2_000_001_000,
            id="a priority that is built in",
        ),
        pytest.param(
            create(
                pod(), thing("scheduling.k8s.io/v1", "PriorityClass", "usual", value=7, globalDefault=True)
            ),
            ("spec", "priorityClassName"),
            "usual",
            id="the default PriorityClass",
        ),
        pytest.param(
            create(pod()),
            ("spec", "tolerations", 0),
            {
                "key": "node.kubernetes.io/not-ready",
                "operator": "Exists",
                "effect": "NoExecute",
                "tolerationSeconds": 300,
            },
            id="five minutes of patience",
        ),
        pytest.param(
            create(pod()),
            ("spec", "containers", 0, "volumeMounts", 0, "mountPath"),
            "/var/run/secrets/kubernetes.io/serviceaccount",
            id="the token",
        ),
        pytest.param(
            create(
                pod(runtimeClassName="kata"),
                thing(
                    "node.k8s.io/v1",
                    "RuntimeClass",
                    "kata",
                    handler="k",
                    overhead={"podFixed": {"cpu": "250m"}},
                    scheduling={"nodeSelector": {"kata": "yes"}},
                ),
            ),
            ("spec", "overhead"),
            {"cpu": "250m"},
            id="the overhead of a RuntimeClass",
        ),
        pytest.param(
            create(
                {"metadata": {"name": "data"}, "spec": {}},
                thing(
                    "storage.k8s.io/v1",
                    "StorageClass",
                    "std",
                    provisioner="p",
                    metadata={"annotations": {SC: "true"}},
                ),
                resource="persistentvolumeclaims",
            ),
            ("spec", "storageClassName"),
            "std",
            id="the default StorageClass",
        ),
        pytest.param(
            create({"metadata": {"name": "data"}, "spec": {}}, resource="persistentvolumeclaims"),
            ("metadata", "finalizers"),
            ["kubernetes.io/pvc-protection"],
            id="the finalizer of a claim",
        ),
        pytest.param(
            create(
                {"metadata": {"name": "web"}, "spec": {}},
                thing(
                    "networking.k8s.io/v1", "IngressClass", "nginx", metadata={"annotations": {IC: "true"}}
                ),
                resource="ingresses",
                apiGroup="networking.k8s.io",
            ),
            ("spec", "ingressClassName"),
            "nginx",
            id="the default IngressClass",
        ),
        pytest.param(
            create({"metadata": {"name": "n1"}}, resource="nodes", namespace=None),
            ("spec", "taints"),
            [{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}],
            id="a new node is not ready",
        ),
    ],
)
def test_a_write_is_stored_with(verdict: Verdict, path: tuple[str | int, ...], value: object) -> None:
    found = verdict.answer["object"]
    for key in path:
        found = found[key]

    assert found == value
    assert verdict.outcome is Outcome.YES
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(pod(automountServiceAccountToken=False), id="the pod says no"),
        pytest.param(pod(serviceAccountName="quiet"), id="the account says no"),
    ],
)
def test_no_token_is_mounted_where(spec: Manifest) -> None:
    quiet = thing("v1", "ServiceAccount", "quiet", "dev", automountServiceAccountToken=False)

    assert "volumes" not in create(spec, quiet).answer["object"]["spec"]


@pytest.mark.parametrize(
    ("found", "let_in"),
    [
        pytest.param(quota({"pods": "1"}), True, id="room for one"),
        pytest.param(quota({"pods": "0"}), False, id="no room"),
        pytest.param(quota({"pods": "0"}, scopes=["NotBestEffort"]), True, id="of another scope"),
        pytest.param(quota({"pods": "0"}, scopes=["BestEffort"]), False, id="of its scope"),
        pytest.param(quota({"count/pods": "0"}), False, id="counted by its resource"),
        pytest.param(quota({"services": "0"}), True, id="of other things"),
    ],
)
def test_a_quota_decides(found: Manifest, let_in: bool) -> None:
    assert create(pod(), found).outcome is Outcome.of(let_in)


def test_a_finished_pod_takes_nothing_of_a_quota() -> None:
    done = running("a", status={"phase": "Succeeded"})

    assert create(pod(), quota({"pods": "1"}), done).outcome is Outcome.YES


def update(written: Manifest, *objects: Manifest, resource: str, **members: Any) -> Verdict:
    return create(
        written, *objects, resource=resource, verb="update", name=written["metadata"]["name"], **members
    )


def claim(size: str, **spec: Any) -> Manifest:
    asked = {"resources": {"requests": {"storage": size}}, **spec}
    return thing("v1", "PersistentVolumeClaim", "data", "dev", spec=asked)


GROWING = thing("storage.k8s.io/v1", "StorageClass", "std", provisioner="p", allowVolumeExpansion=True)


@pytest.mark.parametrize(
    ("size", "why"),
    [
        pytest.param("6Gi", "", id="within the quota"),
        pytest.param(
            "8Gi",
            "exceeded quota: q, requested: requests.storage=3Gi, used: requests.storage=5Gi, "
            "limited: requests.storage=7Gi",
            id="beyond the quota",
        ),
    ],
)
def test_an_update_is_charged_for_what_it_adds(size: str, why: str) -> None:
    before, after = (claim(each, storageClassName="std") for each in ("5Gi", size))

    verdict = update(
        after, before, GROWING, quota({"requests.storage": "7Gi"}), resource="persistentvolumeclaims"
    )

    assert verdict.answer["message"] == (f'persistentvolumeclaims "data" is forbidden: {why}' if why else "")


def test_a_resized_pod_is_charged_and_bounded_like_a_new_one() -> None:
    before, after = running("w"), pod(sized({"cpu": "3"}, {"cpu": "3"}))

    charged = update(after, before, quota({"requests.cpu": "2"}), resource="pods", subresource="resize")
    bounded = update(after, before, limits(max={"cpu": "2"}), resource="pods", subresource="resize")

    assert "exceeded quota" in charged.answer["message"]
    assert "maximum cpu usage per Container is 2, but limit is 3" in bounded.answer["message"]


def test_what_quotas_demand_comes_before_what_they_allow() -> None:
    demanding = quota({"limits.cpu": "1"}) | {"metadata": {"name": "z", "namespace": "dev"}}

    found = create(pod(), quota({"pods": "0"}), demanding).answer

    assert found["message"] == 'pods "w" is forbidden: failed quota: z: must specify limits.cpu for: c'


def test_a_quota_with_a_scope_is_about_nothing_that_has_none() -> None:
    scoped = quota({"services": "0", "requests.storage": "0"}, scopes=["BestEffort"])
    service = {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}}

    assert create(service, scoped, resource="services").outcome is Outcome.YES
    assert create(claim("1Gi"), scoped, resource="persistentvolumeclaims").outcome is Outcome.YES


def test_a_finished_pod_is_still_counted_as_an_object() -> None:
    done = running("a", status={"phase": "Failed"})

    assert create(pod(), quota({"count/pods": "1"}), done).outcome is Outcome.NO


def test_overhead_is_no_part_of_what_a_limit_range_bounds() -> None:
    bound = thing("v1", "LimitRange", "p", "dev", spec={"limits": [{"type": "Pod", "max": {"cpu": "1"}}]})
    kata = thing("node.k8s.io/v1", "RuntimeClass", "kata", handler="k", overhead={"podFixed": {"cpu": "1"}})
    asked = pod(sized({"cpu": "1"}, {"cpu": "1"}), runtimeClassName="kata")

    assert create(asked, bound, kata).outcome is Outcome.YES


def test_a_label_on_a_pod_does_not_ask_the_standards_again() -> None:
    before = running("w") | {"spec": pod(PRIVILEGED)["spec"]}
    labelled = {"metadata": {"name": "w", "labels": {"a": "b"}}, "spec": pod(PRIVILEGED)["spec"]}
    newer = {"metadata": {"name": "w"}, "spec": {"containers": [PRIVILEGED | {"image": "nginx:2"}]}}
    baseline = namespace(enforce="baseline")

    assert update(labelled, before, baseline, resource="pods").outcome is Outcome.YES
    assert update(newer, before, baseline, resource="pods").outcome is Outcome.NO


def test_services_claims_and_counts_take_of_a_quota() -> None:
    service = {"metadata": {"name": "s"}, "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}}
    claim = {
        "metadata": {"name": "c"},
        "spec": {"storageClassName": "fast", "resources": {"requests": {"storage": "5Gi"}}},
    }
    hard = {
        "services.loadbalancers": "0",
        "fast.storageclass.storage.k8s.io/requests.storage": "1Gi",
    }

    assert create(service, quota(hard), resource="services").answer["message"] == (
        'services "s" is forbidden: exceeded quota: q, requested: services.loadbalancers=1, '
        "used: services.loadbalancers=0, limited: services.loadbalancers=0"
    )
    assert create(claim, quota(hard), resource="persistentvolumeclaims").answer["status"] == 403


def test_levels_that_warn_and_record_let_in() -> None:
    verdict = create(pod(PRIVILEGED), namespace(warn="baseline", audit="baseline"))

    assert verdict.outcome is Outcome.YES
    assert verdict.answer["warnings"] == [
        (
            'would violate PodSecurity "baseline:latest": '
            'privileged (container "c" must not set securityContext.privileged=true)'
        )
    ]
    assert {"access.podSecurityWarning", "access.podSecurityAudit"} <= {step.rule for step in verdict.steps}


def test_a_template_is_warned_of_but_never_refused() -> None:
    deployment = {"metadata": {"name": "w"}, "spec": {"template": {"spec": pod(PRIVILEGED)["spec"]}}}

    verdict = create(
        deployment,
        namespace(enforce="baseline"),
        resource="deployments",
        apiGroup="apps",
    )

    assert verdict.outcome is Outcome.YES
    assert len(verdict.answer["warnings"]) == 1


def test_windows_pods_need_no_linux_settings() -> None:
    windows = pod(container(securityContext={"runAsNonRoot": True}), os={"name": "windows"})

    assert create(windows, namespace(enforce="restricted")).outcome is Outcome.YES


HOOK = thing(
    "admissionregistration.k8s.io/v1",
    "ValidatingWebhookConfiguration",
    "hooks",
    webhooks=[
        {
            "name": "check.example.com",
            "admissionReviewVersions": ["v1"],
            "sideEffects": "None",
            "clientConfig": {"url": "https://hook"},
            "rules": [
                {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}
            ],
            "namespaceSelector": {"matchExpressions": [{"key": "quiet", "operator": "DoesNotExist"}]},
        }
    ],
)


def ignoring(hook: Manifest) -> Manifest:
    return hook | {"webhooks": [hook["webhooks"][0] | {"failurePolicy": "Ignore"}]}


@pytest.mark.parametrize(
    ("hook", "told", "status", "message"),
    [
        pytest.param(HOOK, {"allowed": True}, 200, "", id="lets in"),
        pytest.param(
            HOOK,
            {"allowed": False, "message": "no latest tags", "code": 403},
            403,
            'admission webhook "check.example.com" denied the request: no latest tags',
            id="refuses",
        ),
        pytest.param(
            HOOK,
            {"allowed": False},
            400,
            'admission webhook "check.example.com" denied the request without explanation',
            id="refuses and says nothing",
        ),
        pytest.param(
            HOOK,
            {"error": "context deadline exceeded"},
            500,
            'Internal error occurred: failed calling webhook "check.example.com": context deadline exceeded',
            id="fails",
        ),
        pytest.param(ignoring(HOOK), {"error": "no route"}, 200, "", id="fails, and may"),
    ],
)
def test_a_webhook(hook: Manifest, told: Manifest, status: int, message: str) -> None:
    found = create(pod(), hook, webhooks={"check.example.com": told}).answer

    assert (found["status"], found["message"]) == (status, message)


def test_what_a_webhook_would_say_is_not_guessed() -> None:
    verdict = create(pod(), HOOK)

    assert verdict.outcome is Outcome.UNKNOWN
    assert (verdict.answer["status"], verdict.answer["stage"]) == (None, "admission")
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)


def test_a_webhook_for_other_namespaces_is_not_asked() -> None:
    quiet = thing("v1", "Namespace", "dev", metadata={"labels": {"quiet": "yes"}})

    assert create(pod(), HOOK, quiet).outcome is Outcome.YES


def test_a_policy_that_is_bound_is_named_and_not_evaluated() -> None:
    api = "admissionregistration.k8s.io/v1"
    rules = HOOK["webhooks"][0]["rules"]
    policy = thing(api, "ValidatingAdmissionPolicy", "p", spec={"matchConstraints": {"resourceRules": rules}})
    binding = thing(api, "ValidatingAdmissionPolicyBinding", "b", spec={"policyName": "p"})

    assert create(pod(), policy).outcome is Outcome.YES
    assert create(pod(), policy, binding).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({"metadata": {"name": "w"}, "spec": {"containers": "many"}}, id="another type"),
        pytest.param({"metadata": {"name": "w"}, "spec": {"container": []}}, id="an unknown field"),
        pytest.param(pod(sized({"cpu": "plenty"})), id="no quantity"),
        pytest.param({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "w"}}, id="another kind"),
    ],
)
def test_an_object_that_the_api_server_would_not_decode_is_refused_at_its_path(written: Manifest) -> None:
    with pytest.raises(OntologyError):
        create(written, quota({"requests.cpu": "1"}))


@pytest.mark.parametrize(
    ("written", "objects"),
    [
        pytest.param({"metadata": {"name": "w"}, "spec": None}, [], id="no spec"),
        pytest.param({"spec": {"containers": [{"image": "nginx"}]}}, [], id="no names"),
        pytest.param(
            {"metadata": {"name": "w"}, "spec": {"containers": [{"name": "c", "resources": None}]}},
            [],
            id="nothing where there could be something",
        ),
        pytest.param(
            pod(),
            [
                {"apiVersion": "v1", "kind": "LimitRange", "spec": {"limits": None}},
                {"apiVersion": "v1", "kind": "ResourceQuota", "spec": {"hard": None}},
                {"apiVersion": "v1", "kind": "Pod"},
            ],
            id="objects without metadata",
        ),
    ],
)
def test_what_is_left_out_is_no_error(written: Manifest, objects: list[Manifest]) -> None:
    verdict = create(written, *objects)

    assert verdict.outcome is Outcome.YES
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)


def test_a_custom_resource_is_admitted_as_it_is() -> None:
    written = {"apiVersion": "acme.io/v1", "kind": "Gizmo", "metadata": {"name": "g"}, "spec": {"any": 1}}

    verdict = create(written, resource="gizmos", apiGroup="acme.io")

    assert verdict.answer["object"] == written | {"metadata": {"name": "g", "namespace": "dev"}}


def test_a_custom_resource_has_metadata_as_every_object() -> None:
    with pytest.raises(OntologyError):
        create({"kind": "Gizmo", "metadata": []}, resource="gizmos", apiGroup="acme.io")


@pytest.mark.parametrize(
    ("subresource", "status"),
    [pytest.param("eviction", 403, id="an eviction is new"), pytest.param("exec", 200, id="a stream is not")],
)
def test_in_a_namespace_that_goes(subresource: str, status: int) -> None:
    going = thing("v1", "Namespace", "dev", status={"phase": "Terminating"})

    assert create({}, going, subresource=subresource, name="w").answer["status"] == status

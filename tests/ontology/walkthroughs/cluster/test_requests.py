"""What users ask the API server for, and what it answers."""

import pytest

from tests.ontology.walkthroughs.cluster.stories import Json, deployment, holds, pod, story, told

RBAC = "rbac.authorization.k8s.io"
ROLE = {
    "apiVersion": f"{RBAC}/v1",
    "kind": "Role",
    "metadata": {"name": "maker", "namespace": "default"},
    "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["create"]}],
}
BINDING = {
    "apiVersion": f"{RBAC}/v1",
    "kind": "RoleBinding",
    "metadata": {"name": "jane", "namespace": "default"},
    "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": "maker"},
    "subjects": [{"kind": "User", "name": "jane", "apiGroup": RBAC}],
}


def test_a_user_may_do_what_rbac_allows_and_nothing_else() -> None:
    raw = story(
        ROLE,
        BINDING,
        when=[
            {"at": 1, "name": "create", "as": "jane", "apply": pod("web")},
            {"at": 2, "name": "delete", "as": "jane", "delete": "Pod/web"},
            {"at": 3, "name": "stranger", "as": "joe", "apply": pod("other")},
        ],
        until=30,
    )

    holds(
        raw,
        {"request": "create", "refused": False},
        {
            "request": "delete",
            "refused": '^pods "web" is forbidden: User "jane" cannot delete resource "pods" in API group ""',
        },
        {"request": "stranger", "refused": "cannot create"},
        {"object": "Pod/*", "count": 1},
    )


@pytest.mark.parametrize(
    ("manifest", "status", "message"),
    [
        pytest.param(
            {
                **deployment("web"),
                "spec": {**deployment("web")["spec"], "selector": {"matchLabels": {"app": "other"}}},
            },
            422,
            "`selector` does not match template `labels`",
            id="a selector that does not select its own pods",
        ),
        pytest.param(
            {**pod("web"), "metadata": {"name": "web", "namespace": "nowhere"}},
            404,
            'namespaces "nowhere" not found',
            id="no such namespace",
        ),
        pytest.param(
            pod("web", priorityClassName="vip"),
            403,
            "no PriorityClass with name vip was found",
            id="no such priority class",
        ),
    ],
)
def test_the_api_server_refuses(manifest: Json, status: int, message: str) -> None:
    (answer,) = told(story(when=[{"at": 1, "apply": manifest}], until=5)).answer["requests"]

    assert answer["status"] == status
    assert message in answer["message"]


def test_what_may_not_change_is_refused() -> None:
    patch = {
        "spec": {
            "selector": {"matchLabels": {"app": "b"}},
            "template": {"metadata": {"labels": {"app": "b"}}},
        }
    }
    raw = story(
        deployment("web"),
        when=[{"at": 1, "name": "p", "patch": {"object": "Deployment/web", "patch": patch}}],
        until=5,
    )

    holds(raw, {"request": "p", "refused": "spec.selector: Invalid value: field is immutable"})


def test_apply_merges_and_forgets_what_is_no_longer_said() -> None:
    before = {**pod("web"), "metadata": {"name": "web", "labels": {"app": "web", "old": "yes"}}}
    after = {**pod("web"), "metadata": {"name": "web", "labels": {"app": "web", "new": "yes"}}}
    raw = story(before, when=[{"at": 10, "apply": after}], until=20)

    holds(
        raw,
        {"object": "Pod/web", "path": "metadata.labels", "equals": {"app": "web", "new": "yes"}},
        {"object": "Pod/web", "path": "status.phase", "equals": "Running"},
    )


def test_apply_without_replicas_leaves_the_size_to_others() -> None:
    sized, unsized = deployment("web", 1), deployment("web", 1)
    del unsized["spec"]["replicas"], sized["spec"]["replicas"]
    raw = story(
        sized,
        when=[
            {"at": 10, "scale": {"object": "Deployment/web", "replicas": 3}},
            {"at": 20, "apply": {**unsized, "metadata": {"name": "web", "labels": {"touched": "yes"}}}},
        ],
        until=60,
    )

    holds(
        raw,
        {"object": "Deployment/web", "path": "spec.replicas", "equals": 3},
        {"object": "Pod/web-*", "count": 3},
    )


def test_what_no_rule_reads_stays_in_the_manifests() -> None:
    web = deployment("web", 1, container={"env": [{"name": "MODE", "value": "fast"}]})
    raw = story(web, when=[{"at": 10, "setImage": {"object": "deploy/web", "image": "app:2"}}], until=60)

    holds(
        raw,
        {"object": "Pod/web-*", "path": "spec.containers[0].env[0].value", "equals": "fast"},
        {"object": "Pod/web-*", "path": "spec.containers[0].image", "equals": "app:2"},
    )


def test_a_drained_node_keeps_its_daemons_and_gets_nothing_new() -> None:
    raw = story(deployment("web", 4), when=[{"at": 30, "drain": "node-1"}], until=120)

    holds(
        raw,
        {"object": "Pod/web-*", "where": {"spec": {"nodeName": "node-1"}}, "count": 0},
        {"object": "Pod/web-*", "where": {"spec": {"nodeName": "node-2"}}, "count": 4},
        {"object": "Node/node-1", "path": "spec.taints[0].key", "equals": "node.kubernetes.io/unschedulable"},
    )


def test_a_quota_holds_back_pods_until_it_is_raised() -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "few"},
        "spec": {"hard": {"pods": "2"}},
    }
    raw = story(
        quota,
        deployment("web", 3),
        when=[
            {"at": 60, "patch": {"object": "ResourceQuota/few", "patch": {"spec": {"hard": {"pods": "5"}}}}}
        ],
    )

    holds(
        raw,
        {"at": 59, "object": "Pod/web-*", "count": 2},
        {"event": {"reason": "FailedCreate", "object": "ReplicaSet/web-*", "message": "exceeded quota: few"}},
        {"object": "Deployment/web", "path": "status.readyReplicas", "equals": 3},
    )


def test_a_limit_range_fills_in_what_a_pod_does_not_ask_for() -> None:
    limits = {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "usual"},
        "spec": {
            "limits": [{"type": "Container", "defaultRequest": {"cpu": "250m"}, "default": {"cpu": "500m"}}]
        },
    }

    holds(
        story(limits, deployment("web")),
        {"object": "Pod/web-*", "path": "spec.containers[0].resources.requests.cpu", "equals": "250m"},
        {"object": "Pod/web-*", "path": "spec.containers[0].resources.limits.cpu", "equals": "500m"},
    )


def test_a_namespace_keeps_out_what_its_pod_security_standard_forbids() -> None:
    shop = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "shop", "labels": {"pod-security.kubernetes.io/enforce": "baseline"}},
    }
    root = {
        **pod("root", container={"securityContext": {"privileged": True}}),
        "metadata": {"name": "root", "namespace": "shop"},
    }

    holds(
        story(shop, when=[{"at": 1, "name": "p", "apply": root}], until=5),
        {"request": "p", "refused": "violates PodSecurity"},
        {"object": "Pod/shop/*", "count": 0},
    )


def test_a_pod_of_an_account_that_is_missing_is_refused() -> None:
    raw = story(when=[{"at": 1, "name": "p", "apply": pod("web", serviceAccountName="robot")}], until=5)

    holds(raw, {"request": "p", "refused": 'serviceaccount "robot" not found'})


def _budget(**spec: object) -> Json:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, **spec},
    }


def test_a_drain_waits_while_a_budget_has_no_room() -> None:
    raw = story(
        deployment("web", 4),
        _budget(minAvailable=3),
        apps=[{"pods": {"app": "web"}, "starts": 20}],
        when=[{"at": 60, "drain": "node-1"}],
    )

    holds(
        raw,
        {
            "at": 59,
            "object": "PodDisruptionBudget/web",
            "is": {"status": {"disruptionsAllowed": 1, "currentHealthy": 4, "desiredHealthy": 3}},
        },
        {"at": 61, "object": "Pod/web-*", "where": {"spec": {"nodeName": "node-1"}}, "atLeast": 1},
        {"event": {"who": "kubectl drain", "did": "would violate the pod's disruption budget"}},
        {
            "from": 60,
            "object": "Deployment/web",
            "where": {"status": {"readyReplicas": 2}},
            "count": 0,
            "always": True,
        },
        {"object": "Pod/web-*", "where": {"spec": {"nodeName": "node-1"}}, "count": 0},
        {"object": "Deployment/web", "path": "status.readyReplicas", "equals": 4},
    )


def test_an_eviction_that_breaks_a_budget_is_refused() -> None:
    raw = story(
        deployment("web", 2, container={"readinessProbe": {"tcpSocket": {"port": 80}}}),
        _budget(maxUnavailable=0),
        when=[{"at": 30, "name": "e", "evict": "Pod/web-*"}, {"at": 40, "name": "d", "delete": "Pod/web-*"}],
    )

    holds(
        raw,
        {"request": "e", "refused": "Cannot evict pod as it would violate"},
        {"request": "d", "refused": False},
    )


def test_an_object_that_went_meanwhile_is_not_found() -> None:
    raw = story(
        pod("web"),
        when=[{"at": 5, "delete": "Pod/web"}, {"at": 60, "name": "again", "delete": "Pod/web"}],
        until=90,
    )

    holds(raw, {"request": "again", "refused": 'pods "web" not found'})

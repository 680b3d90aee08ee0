"""What goes on and what stalls while a component is down, and how long everything takes."""

import pytest

from tests.ontology.walkthroughs.cluster.stories import (
    Json,
    daemon_set,
    deployment,
    holds,
    pod,
    service,
    stateful_set,
    story,
    told,
)

UP = {"at": 20, "object": "Pod/*", "where": {"status": {"phase": "Running"}}, "atLeast": 1}


def test_without_a_scheduler_new_pods_wait_and_old_ones_run_on() -> None:
    raw = story(
        pod("old"),
        when=[
            {"at": 30, "stop": "scheduler"},
            {"at": 40, "apply": pod("new")},
            {"at": 400, "start": "scheduler"},
        ],
    )

    holds(
        raw,
        {"at": 399, "object": "Pod/new", "is": {"status": {"phase": "Pending"}}},
        {"at": 399, "object": "Pod/new", "path": "spec.nodeName", "absent": True},
        {"from": 5, "object": "Pod/old", "path": "status.phase", "equals": "Running", "always": True},
        {"at": 405, "object": "Pod/new", "path": "status.phase", "equals": "Running"},
    )


def test_without_controllers_nothing_is_replaced_and_nothing_evicted() -> None:
    raw = story(
        deployment("web", 2),
        when=[
            {"at": 30, "stop": "kube-controller-manager"},
            {"at": 40, "delete": "Pod/web-*"},
            {"at": 50, "loseNode": "node-1"},
            {"at": 1000, "start": "kube-controller-manager"},
        ],
        until="30m",
    )

    holds(
        raw,
        {"from": 45, "to": 999, "object": "Pod/web-*", "count": 1, "always": True},
        {
            "from": 1,
            "to": 1049,
            "object": "Node/node-1",
            "path": "status.conditions[type=Ready].status",
            "equals": "True",
            "always": True,
        },
        {"at": 1005, "object": "Pod/web-*", "count": 2},
        # the grace period begins when somebody watches again
        {
            "at": 1050,
            "object": "Node/node-1",
            "path": "status.conditions[type=Ready].status",
            "equals": "Unknown",
        },
    )


@pytest.mark.parametrize("component", ["etcd", "kube-apiserver"])
def test_without_api_server_or_etcd_nothing_changes_and_containers_run_on(component: str) -> None:
    raw = story(
        deployment("web", 2),
        when=[
            {"at": 30, "stop": component},
            {"at": 40, "name": "scale", "scale": {"object": "Deployment/web", "replicas": 5}},
            {"at": 50, "crash": "web-*"},
            {"at": 500, "start": component},
        ],
    )

    holds(
        raw,
        {"request": "scale", "refused": "connection to the server"},
        {"from": 31, "to": 499, "object": "Pod/web-*", "count": 2, "always": True},
        {
            "at": 499,
            "object": "Pod/web-*",
            "where": {"status": {"containerStatuses": [{"restartCount": 0}]}},
            "count": 2,
        },
        # the kubelet had restarted the container, and says so when it can
        {
            "at": 500,
            "object": "Pod/web-*",
            "where": {"status": {"containerStatuses": [{"restartCount": 1}]}},
            "count": 1,
        },
        {
            "never": True,
            "object": "Node/*",
            "where": {"spec": {"taints": [{"key": "node.kubernetes.io/unreachable"}]}},
            "atLeast": 1,
        },
    )


def _ready(node: str) -> Json:
    return {"object": f"Node/{node}", "path": "status.conditions[type=Ready].status"}


@pytest.mark.parametrize("how", [{"stop": "kubelet/node-1"}, {"loseNode": "node-1"}], ids=["kubelet", "node"])
def test_a_silent_node_is_unknown_after_50_s_and_loses_its_pods_300_s_later(how: Json) -> None:
    raw = story(deployment("web", 2), service("web"), nodes=2, when=[{"at": 100, **how}], until="20m")

    holds(
        raw,
        {"at": 149, **_ready("node-1"), "equals": "True"},
        {"at": 150, **_ready("node-1"), "equals": "Unknown"},
        {
            "at": 150,
            "object": "Node/node-1",
            "path": "spec.taints[effect=NoExecute].key",
            "equals": "node.kubernetes.io/unreachable",
        },
        {
            "at": 150,
            "object": "EndpointSlice/*",
            "where": {"endpoints": [{"conditions": {"ready": True}}, {"conditions": {"ready": False}}]},
            "count": 1,
        },
        {"at": 449, "object": "Pod/web-*", "count": 2},
        {"at": 450, "object": "Pod/web-*", "count": 3},
        {"at": 455, "object": "Deployment/web", "path": "status.availableReplicas", "equals": 2},
        {
            "event": {
                "reason": "TaintManagerEviction",
                "object": "Pod/web-*",
                "message": "Marking for deletion",
            }
        },
        {
            "order": [
                {"reason": "NodeNotReady", "object": "Node/node-1"},
                {"reason": "TaintManagerEviction", "object": "Pod/*"},
            ]
        },
    )


def test_a_stateful_pod_of_a_lost_node_is_not_replaced_until_the_node_is_back() -> None:
    raw = story(
        stateful_set("db", 2),
        when=[{"at": 60, "loseNode": "node-1"}, {"at": 1500, "recoverNode": "node-1"}],
        until="40m",
    )

    holds(
        raw,
        {
            "at": 1499,
            "object": "Pod/db-*",
            "where": {"spec": {"nodeName": "node-1"}},
            "path": "metadata.deletionTimestamp",
        },
        {"from": 60, "object": "Pod/db-*", "atMost": 2, "always": True},
        {"at": 1510, "object": "StatefulSet/db", "path": "status.readyReplicas", "equals": 2},
        {"at": 1510, "object": "Pod/db-*", "path": "metadata.deletionTimestamp", "absent": True},
    )


def test_a_node_that_is_back_in_time_keeps_its_pods() -> None:
    raw = story(
        deployment("web", 2),
        when=[{"at": 60, "loseNode": "node-1"}, {"at": 300, "recoverNode": "node-1"}],
        until="20m",
    )

    holds(
        raw,
        {"at": 299, **_ready("node-1"), "equals": "Unknown"},
        {"at": 300, **_ready("node-1"), "equals": "True"},
        {"at": 301, "object": "Node/node-1", "path": "spec.taints[0]", "absent": True},
        {"from": 5, "object": "Pod/web-*", "count": 2, "always": True},
        {"at": 305, "object": "Deployment/web", "path": "status.readyReplicas", "equals": 2},
    )


def test_daemons_stay_on_a_silent_node() -> None:
    raw = story(daemon_set("agent"), when=[{"at": 60, "loseNode": "node-1"}], until="30m")

    holds(
        raw,
        {"object": "Pod/agent-*", "count": 2},
        {"object": "Pod/agent-*", "path": "metadata.deletionTimestamp", "absent": True},
    )


def test_nothing_is_evicted_when_every_node_is_silent() -> None:
    raw = story(
        deployment("web", 2),
        when=[{"at": 60, "loseNode": "node-1"}, {"at": 60, "loseNode": "node-2"}],
        until="30m",
    )

    holds(
        raw,
        {"object": "Pod/web-*", "path": "metadata.deletionTimestamp", "absent": True},
        {"object": "Node/*", "path": "spec.taints[effect=NoExecute]", "absent": True},
        {
            "object": "Node/*",
            "path": "spec.taints[effect=NoSchedule].key",
            "equals": "node.kubernetes.io/unreachable",
        },
    )


def test_a_kubelet_that_is_down_restarts_nothing() -> None:
    raw = story(
        pod("web"),
        nodes=1,
        when=[
            {"at": 30, "stop": "kubelet/node-1"},
            {"at": 40, "crash": "web"},
            {"at": 60, "start": "kubelet/node-1"},
        ],
    )

    holds(
        raw,
        {"never": True, "from": 41, "to": 59, "event": {"who": "kubelet/*", "did": "Running .restart"}},
        {"at": 61, "object": "Pod/web", "path": "status.containerStatuses[0].restartCount", "equals": 1},
    )


def test_pods_of_a_deleted_node_are_removed_after_40_s() -> None:
    raw = story(deployment("web", 2), when=[{"at": 60, "delete": "Node/node-1"}])

    holds(
        raw,
        {"at": 99, "object": "Pod/web-*", "where": {"spec": {"nodeName": "node-1"}}, "count": 1},
        {"at": 100, "object": "Pod/web-*", "where": {"spec": {"nodeName": "node-1"}}, "count": 0},
        {"at": 105, "object": "Deployment/web", "path": "status.readyReplicas", "equals": 2},
    )


def test_a_node_out_of_service_lets_its_stateful_pod_go() -> None:
    taint = {"key": "node.kubernetes.io/out-of-service", "value": "nodeshutdown", "effect": "NoExecute"}
    line = told(story(stateful_set("db", 1), until=30)).answer["objects"]["Pod/default/db-0"]
    node = line.partition(" on ")[2].partition(",")[0]
    raw = story(
        stateful_set("db", 1),
        when=[
            {"at": 60, "loseNode": node},
            {"at": 500, "patch": {"object": f"Node/{node}", "patch": {"spec": {"taints": [taint]}}}},
        ],
    )

    holds(
        raw,
        {"at": 499, "object": "Pod/db-0", "path": "metadata.deletionTimestamp"},
        {"at": 510, "object": "Pod/db-0", "path": "status.phase", "equals": "Running"},
        {"at": 510, "object": "Pod/db-0", "where": {"spec": {"nodeName": node}}, "count": 0},
    )

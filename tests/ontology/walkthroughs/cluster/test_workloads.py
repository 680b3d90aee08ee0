"""Controllers, scheduler and kubelets together: what becomes of each kind of workload."""

import pytest

from tests.ontology.walkthroughs.cluster.stories import (
    CLAIM,
    CLASS,
    Json,
    daemon_set,
    deployment,
    holds,
    job,
    pod,
    service,
    stateful_set,
    story,
    told,
)

CPU = {"resources": {"requests": {"cpu": "800m"}}}


def test_a_deployment_comes_up_and_says_so() -> None:
    holds(
        story(deployment("web", 3), service("web")),
        {
            "at": 5,
            "object": "Deployment/web",
            "is": {"status": {"readyReplicas": 3, "availableReplicas": 3, "updatedReplicas": 3}},
        },
        {"object": "ReplicaSet/web-*", "count": 1},
        {"at": 5, "object": "EndpointSlice/*", "path": "endpoints[2].conditions.ready", "equals": True},
        {
            "order": [
                {"reason": "ScalingReplicaSet", "object": "Deployment/web", "message": "from 0 to 3"},
                {"reason": "SuccessfulCreate", "object": "ReplicaSet/web-*", "message": "Created pod: web-"},
                {"reason": "Scheduled", "object": "Pod/web-*"},
                {"reason": "Pulling", "object": "Pod/web-*"},
                {"reason": "Pulled", "object": "Pod/web-*"},
                {"reason": "Created", "object": "Pod/web-*"},
                {"reason": "Started", "object": "Pod/web-*"},
            ]
        },
        {
            "order": [
                {"who": "deployment-controller", "did": "create ReplicaSet"},
                {"who": "replicaset-controller", "did": "create Pod"},
                {"who": "default-scheduler", "did": "bind Pod"},
                {"who": "kubelet/*", "did": "Running"},
                {"who": "endpointslice-controller", "did": "update EndpointSlice"},
                {"who": "kube-proxy", "did": "to 3 endpoints"},
            ]
        },
    )


def test_a_rollout_keeps_enough_pods_available_all_the_time() -> None:
    raw = story(
        deployment("web", 4, strategy={"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}),
        apps=[{"pods": {"app": "web"}, "starts": 5}],
        when=[{"at": 60, "setImage": {"object": "Deployment/web", "image": "app:2"}}],
    )

    holds(
        raw,
        {
            "from": 30,
            "object": "Deployment/web",
            "where": {"status": {"availableReplicas": 3}},
            "count": 0,
            "always": True,
        },
        {"object": "Pod/web-*", "path": "spec.containers[0].image", "equals": "app:2"},
        {"object": "ReplicaSet/web-*", "count": 2},
    )


def test_a_rollout_to_an_image_that_is_not_there_stalls_and_can_be_undone() -> None:
    raw = story(
        deployment("web", 4),
        apps=[{"image": "app:2", "pullFails": True}],
        when=[
            {"at": 60, "setImage": {"object": "Deployment/web", "image": "app:2"}},
            {"at": "15m", "undo": "Deployment/web"},
        ],
        until="20m",
    )

    holds(
        raw,
        {"at": "14m", "object": "Deployment/web", "path": "status.availableReplicas", "equals": 3},
        {
            "at": "14m",
            "object": "Deployment/web",
            "path": "status.conditions[type=Progressing].reason",
            "equals": "ProgressDeadlineExceeded",
        },
        {"event": {"reason": "BackOff", "message": 'Back-off pulling image "app:2"'}},
        {"event": {"reason": "Failed", "message": "Error: ErrImagePull"}},
        {"object": "Deployment/web", "path": "status.updatedReplicas", "equals": 4},
        {"object": "Pod/web-*", "path": "spec.containers[0].image", "equals": "app:1"},
    )


def test_stateful_pods_come_one_after_the_other_and_keep_their_claims() -> None:
    claims = [{"metadata": {"name": "data"}, "spec": CLAIM}]
    raw = story(
        CLASS,
        stateful_set("db", 3, volumeClaimTemplates=claims),
        when=[
            {"at": 60, "scale": {"object": "StatefulSet/db", "replicas": 1}},
            {"at": 120, "scale": {"object": "StatefulSet/db", "replicas": 2}},
        ],
    )
    volume = next(
        each["spec"]["volumeName"]
        for each in told({**raw, "until": 50}).answer["manifests"]
        if each["metadata"]["name"] == "data-db-1"
    )

    holds(
        raw,
        {
            "order": [
                {"reason": "Started", "object": "Pod/db-0"},
                {"reason": "Scheduled", "object": "Pod/db-1"},
                {"reason": "Started", "object": "Pod/db-1"},
            ]
        },
        {"at": 100, "object": "Pod/db-*", "count": 1},
        {"at": 100, "object": "PersistentVolumeClaim/data-db-*", "count": 3},
        {"object": "PersistentVolumeClaim/data-db-1", "path": "spec.volumeName", "equals": volume},
        {"object": "Pod/db-1", "path": "status.phase", "equals": "Running"},
        {"event": {"reason": "ProvisioningSucceeded", "object": "PersistentVolumeClaim/data-db-0"}},
    )


def test_events_of_namesakes_are_counted_apart() -> None:
    raw = story(stateful_set("db"), when=[{"at": 60, "delete": "Pod/db-0"}], until=120)

    counts = [
        (each["firstSeen"], each["count"])
        for each in told(raw).answer["events"]
        if (each["object"], each["reason"]) == ("pod/db-0", "Scheduled")
    ]

    assert counts == [(0, 1), (61, 1)]


def test_endpoints_made_by_hand_get_traffic_as_well() -> None:
    raw = story(
        service("db", selector=None),
        service("peers", selector=None, clusterIP="None"),
        *(
            {
                "apiVersion": "discovery.k8s.io/v1",
                "kind": "EndpointSlice",
                "metadata": {"name": f"{name}-1", "labels": {"kubernetes.io/service-name": name}},
                "addressType": "IPv4",
                "ports": [{"port": 80}],
                "endpoints": [
                    {"addresses": ["192.0.2.10"]},
                    {"addresses": ["192.0.2.11"], "conditions": {"ready": False}},
                ],
            }
            for name in ("db", "peers")
        ),
        until=60,
    )

    holds(
        raw,
        {"event": {"who": "kube-proxy", "object": "Service/db", "did": "to 1 endpoints$"}},
        {"event": {"who": "coredns", "object": "Service/peers", "did": "with 192.0.2.10$"}},
    )
    assert told(raw).answer["objects"]["EndpointSlice/default/db-1"] == "1/2 endpoints ready"


def test_a_daemon_comes_with_each_node() -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "extra"}}
    raw = story(daemon_set("agent"), when=[{"at": 30, "cordon": "node-1"}, {"at": 60, "apply": node}])

    holds(
        raw,
        {"at": 59, "object": "Pod/agent-*", "count": 2},
        {"object": "Pod/agent-*", "count": 3},
        {"object": "DaemonSet/agent", "is": {"status": {"desiredNumberScheduled": 3, "numberReady": 3}}},
        {
            "object": "Pod/agent-*",
            "where": {"spec": {"nodeName": "extra"}, "status": {"phase": "Running"}},
            "count": 1,
        },
    )


def test_a_job_that_fails_waits_longer_each_time_and_gives_up() -> None:
    raw = story(
        job("bad", backoffLimit=2), nodes=1, apps=[{"pods": {"job": "bad"}, "exits": {"code": 1, "after": 2}}]
    )
    begun = [each["at"] for each in told(raw).answer["trace"] if each["did"].startswith("create Pod")]

    # a pull of 1 s and a run of 2 s, then a wait of 10 s; the second time the image is there: 2 s, then 20 s
    assert begun == [0, 13, 35]
    holds(
        raw,
        {
            "object": "Job/bad",
            "path": "status.conditions[type=Failed].reason",
            "equals": "BackoffLimitExceeded",
        },
        {"object": "Pod/bad-*", "where": {"status": {"phase": "Failed"}}, "count": 3},
        {"event": {"reason": "BackoffLimitExceeded", "object": "Job/bad"}},
    )


def test_a_finished_job_goes_with_its_pods_when_its_time_is_over() -> None:
    raw = story(job("good", completions=3, parallelism=2, ttlSecondsAfterFinished=60))

    holds(
        raw,
        {"at": 30, "object": "Job/good", "path": "status.succeeded", "equals": 3},
        {"event": {"reason": "Completed", "object": "Job/good", "message": "Job completed"}},
        {"object": "Job/good", "absent": True},
        {"object": "Pod/good-*", "count": 0},
    )


def test_a_cron_job_starts_a_job_at_each_time_and_keeps_its_history() -> None:
    spec = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "app"}]}}}
    cron = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "tick"},
        "spec": {"schedule": "*/2 * * * *", "successfulJobsHistoryLimit": 2, "jobTemplate": {"spec": spec}},
    }

    holds(
        story(cron, until="11m"),
        {"at": 119, "object": "Job/tick-*", "count": 0},
        {"at": 121, "object": "Job/tick-*", "count": 1},
        {"object": "Job/tick-*", "count": 2},
        {"object": "CronJob/tick", "path": "status.lastScheduleTime", "equals": "2026-01-01T00:10:00Z"},
        {"event": {"reason": "SawCompletedJob", "object": "CronJob/tick", "message": "condition: Complete"}},
    )


@pytest.mark.parametrize(
    ("propagation", "left"),
    [
        pytest.param("Background", {}, id="background: dependents follow"),
        pytest.param("Foreground", {}, id="foreground: dependents go first"),
        pytest.param("Orphan", {"ReplicaSet": 1, "Pod": 2}, id="orphan: dependents stay"),
    ],
)
def test_what_goes_with_a_deployment(propagation: str, left: dict[str, int]) -> None:
    raw = story(
        deployment("web", 2),
        when=[{"at": 30, "delete": {"object": "Deployment/web", "propagation": propagation}}],
    )

    holds(
        raw,
        {"object": "Deployment/web", "absent": True},
        *({"object": f"{kind}/web-*", "count": left.get(kind, 0)} for kind in ("ReplicaSet", "Pod")),
        {"at": 30, "object": "Deployment/web", "absent": propagation != "Foreground"},
    )


def test_a_namespace_goes_when_all_in_it_is_gone() -> None:
    inside = [
        {**each, "metadata": {**each["metadata"], "namespace": "shop"}}
        for each in (deployment("web", 2), service("web"))
    ]
    raw = story(
        *inside,
        apps=[{"stops": 20}],
        when=[
            {"at": 30, "delete": "Namespace/shop"},
            {
                "at": 31,
                "name": "late",
                "apply": {
                    "apiVersion": "v1",
                    "kind": "ConfigMap",
                    "metadata": {"name": "c", "namespace": "shop"},
                },
            },
        ],
    )

    holds(
        raw,
        {"at": 49, "object": "Namespace/shop", "path": "status.phase", "equals": "Terminating"},
        {"at": 51, "object": "Namespace/shop", "absent": True},
        {"object": "Pod/shop/*", "count": 0},
        {"request": "late", "refused": "because it is being terminated"},
    )


def test_an_important_pod_sends_a_less_important_one_away() -> None:
    high = {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": "high"},
        "value": 1000,
    }
    raw = story(
        high,
        pod("low", container=CPU),
        nodes={"count": 1, "cpu": "1"},
        when=[{"at": 30, "apply": pod("urgent", container=CPU, priorityClassName="high")}],
    )

    holds(
        raw,
        {"event": {"reason": "Preempted", "object": "Pod/low"}},
        {
            "event": {
                "reason": "FailedScheduling",
                "object": "Pod/urgent",
                "message": "0/1 nodes are available: 1 Insufficient cpu",
            }
        },
        {"object": "Pod/low", "absent": True},
        {"object": "Pod/urgent", "path": "status.phase", "equals": "Running"},
    )


def test_a_pod_that_fits_nowhere_waits_until_it_does() -> None:
    raw = story(
        pod("big", container={"resources": {"requests": {"cpu": "8"}}}),
        when=[{"at": 60, "apply": _node("large", "16")}],
    )

    holds(
        raw,
        {
            "at": 59,
            "object": "Pod/big",
            "path": "status.conditions[type=PodScheduled].reason",
            "equals": "Unschedulable",
        },
        {"event": {"reason": "FailedScheduling", "message": "0/2 nodes are available: 2 Insufficient cpu"}},
        {"object": "Pod/big", "path": "spec.nodeName", "equals": "large"},
    )


def _node(name: str, cpu: str) -> Json:
    amounts = {"cpu": cpu, "memory": "64Gi", "pods": "110"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name},
        "status": {"capacity": amounts, "allocatable": amounts},
    }


def test_a_crashing_container_waits_longer_and_longer() -> None:
    raw = story(
        pod("web"), service("web"), nodes=1, apps=[{"pods": {"app": "web"}, "exits": {"code": 1, "after": 5}}]
    )
    begun = [
        each["at"]
        for each in told(raw).answer["trace"]
        if "Running" in each["did"] and each["who"].startswith("kubelet/")
    ]

    assert begun[:6] == [1, 6, 21, 46, 91, 176]
    holds(
        raw,
        {
            "at": 100,
            "object": "Pod/web",
            "path": "status.containerStatuses[0].state.waiting.reason",
            "equals": "CrashLoopBackOff",
        },
        {"at": 100, "object": "EndpointSlice/*", "path": "endpoints[0].conditions.ready", "equals": False},
        {
            "event": {
                "reason": "BackOff",
                "message": "Back-off restarting failed container c in pod web_default",
            }
        },
    )


def test_a_pod_that_does_not_answer_gets_no_traffic_and_is_restarted() -> None:
    probes = {
        "readinessProbe": {
            "httpGet": {"path": "/ready", "port": 80},
            "periodSeconds": 5,
            "failureThreshold": 1,
        },
        "livenessProbe": {
            "httpGet": {"path": "/live", "port": 80},
            "periodSeconds": 10,
            "failureThreshold": 3,
        },
    }
    raw = story(
        pod("web", container=probes),
        service("web"),
        nodes=1,
        when=[{"at": 100, "app": {"pods": {"app": "web"}, "answers": False}}],
    )

    holds(
        raw,
        {"at": 99, "object": "EndpointSlice/*", "path": "endpoints[0].conditions.ready", "equals": True},
        {"at": 106, "object": "EndpointSlice/*", "path": "endpoints[0].conditions.ready", "equals": False},
        {"at": 106, "object": "Pod/web", "path": "status.phase", "equals": "Running"},
        {"event": {"reason": "Unhealthy", "object": "Pod/web", "message": "Readiness probe failed"}},
        {"event": {"reason": "Killing", "message": "Container c failed liveness probe, will be restarted"}},
    )


def test_a_claim_in_use_goes_only_after_its_pod() -> None:
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": CLAIM}
    user = pod("user", volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}])
    raw = story(
        CLASS,
        claim,
        when=[
            {"at": 10, "apply": user},
            {"at": 60, "delete": "PersistentVolumeClaim/data"},
            {"at": 120, "delete": "Pod/user"},
        ],
    )

    holds(
        raw,
        {"at": 9, "object": "PersistentVolumeClaim/data", "path": "status.phase", "equals": "Pending"},
        {"at": 9, "object": "PersistentVolume/*", "count": 0},
        {"at": 50, "object": "PersistentVolumeClaim/data", "path": "status.phase", "equals": "Bound"},
        {"at": 119, "object": "PersistentVolumeClaim/data", "path": "metadata.deletionTimestamp"},
        {"object": "PersistentVolumeClaim/data", "absent": True},
        {"object": "PersistentVolume/*", "count": 0},
    )


def test_an_autoscaler_follows_the_load_up_at_once_and_down_after_five_minutes() -> None:
    hpa = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": 1,
            "maxReplicas": 5,
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}},
                }
            ],
        },
    }
    raw = story(
        deployment("web", 1, container={"resources": {"requests": {"cpu": "200m"}}}),
        hpa,
        when=[
            {"at": 600, "load": {"object": "Deployment/web", "cpu": "400m"}},
            {"at": 1200, "load": {"object": "Deployment/web", "cpu": "50m"}},
        ],
        until="30m",
    )

    holds(
        raw,
        {"at": 620, "object": "Deployment/web", "path": "spec.replicas", "equals": 4},
        {"at": 1485, "object": "Deployment/web", "path": "spec.replicas", "equals": 4},
        {"at": 1520, "object": "Deployment/web", "path": "spec.replicas", "equals": 1},
        {"event": {"reason": "SuccessfulRescale", "message": "New size: 4"}},
    )
    blind = {**raw, "when": [{"at": 590, "stop": "metrics-server"}, *raw["when"]]}
    holds(
        blind,
        {"object": "Deployment/web", "path": "spec.replicas", "equals": 1},
        {
            "object": "HorizontalPodAutoscaler/web",
            "path": "status.conditions[type=ScalingActive].reason",
            "equals": "FailedGetResourceMetric",
        },
    )


def test_a_pod_waits_for_the_config_map_that_it_mounts() -> None:
    raw = story(
        pod("web", volumes=[{"name": "v", "configMap": {"name": "settings"}}]),
        when=[
            {"at": 60, "apply": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}}
        ],
    )

    holds(
        raw,
        {
            "at": 59,
            "object": "Pod/web",
            "path": "status.containerStatuses[0].state.waiting.reason",
            "equals": "ContainerCreating",
        },
        {"event": {"reason": "FailedMount", "message": 'configmap "settings" not found'}},
        {"object": "Pod/web", "path": "status.phase", "equals": "Running"},
    )

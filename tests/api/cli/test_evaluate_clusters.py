"""`kubelore evaluate` on what `kubectl get nodes,pods -A -o json` prints, exactly as it is."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Kubelore = Callable[..., subprocess.CompletedProcess[str]]


def managed(manager: str, fields: dict[str, Any], *, subresource: str = "") -> dict[str, Any]:
    entry = {
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
        "manager": manager,
        "operation": "Update",
        "time": "2026-05-04T08:12:31Z",
    }
    return entry | ({"subresource": subresource} if subresource else {})


def condition(type_: str, status: str = "True", **members: Any) -> dict[str, Any]:
    return {"lastTransitionTime": "2026-05-04T08:12:31Z", "status": status, "type": type_, **members}


def node(name: str, *, role: str = "", **spec: Any) -> dict[str, Any]:
    labels = {"beta.kubernetes.io/arch": "amd64", "kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}
    amounts = {
        "cpu": "4", "ephemeral-storage": "61202244Ki", "hugepages-1Gi": "0", "hugepages-2Mi": "0",
        "memory": "8133404Ki", "pods": "110",
    }  # fmt: skip
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "annotations": {
                "node.alpha.kubernetes.io/ttl": "0",
                "volumes.kubernetes.io/controller-managed-attach-detach": "true",
            },
            "creationTimestamp": "2026-05-04T08:10:00Z",
            "labels": labels | ({f"node-role.kubernetes.io/{role}": ""} if role else {}),
            "managedFields": [
                managed("kubelet", {"f:metadata": {"f:labels": {".": {}, "f:kubernetes.io/os": {}}}}),
                managed(
                    "kubelet",
                    {"f:status": {"f:conditions": {'k:{"type":"Ready"}': {"f:status": {}}}}},
                    subresource="status",
                ),
            ],
            "name": name,
            "resourceVersion": "81234",
            "uid": f"6f0c6a3e-{name}",
        },
        "spec": {
            "podCIDR": "10.244.1.0/24", "podCIDRs": ["10.244.1.0/24"], "providerID": f"kind://docker/kind/{name}",
            **spec,
        },
        "status": {
            "addresses": [{"address": "172.18.0.3", "type": "InternalIP"}, {"address": name, "type": "Hostname"}],
            "allocatable": amounts,
            "capacity": amounts,
            "conditions": [
                condition(
                    "Ready", lastHeartbeatTime="2026-05-04T09:00:00Z", message="kubelet is posting ready status",
                    reason="KubeletReady",
                )
            ],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "features": {"supplementalGroupsPolicy": True},
            "images": [{"names": ["registry.k8s.io/pause:3.10"], "sizeBytes": 320368}],
            "nodeInfo": {
                "architecture": "amd64", "bootID": "b", "containerRuntimeVersion": "containerd://2.1.4",
                "kernelVersion": "6.8.0", "kubeProxyVersion": "", "kubeletVersion": "v1.36.0", "machineID": "m",
                "operatingSystem": "linux", "osImage": "Debian GNU/Linux 12", "swap": {"capacity": 0},
                "systemUUID": "s",
            },
            "runtimeHandlers": [{"features": {"recursiveReadOnlyMounts": True, "userNamespaces": True}, "name": ""}],
        },
    }  # fmt: skip


def pod(name: str, on: str, *, cpu: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "creationTimestamp": "2026-05-04T08:20:00Z",
            "generateName": "web-7c9b-",
            "generation": 1,
            "labels": {"app": "web", "pod-template-hash": "7c9b"},
            "managedFields": [managed("kube-controller-manager", {"f:spec": {"f:containers": {}}})],
            "name": name,
            "namespace": "shop",
            "ownerReferences": [
                {"apiVersion": "apps/v1", "blockOwnerDeletion": True, "controller": True, "kind": "ReplicaSet",
                 "name": "web-7c9b", "uid": "rs-1"}
            ],
            "resourceVersion": "90001",
            "uid": f"uid-{name}",
        },
        "spec": {
            "containers": [
                {
                    "image": "nginx:1.29", "imagePullPolicy": "IfNotPresent", "name": "web",
                    "resources": {"requests": {"cpu": cpu, "memory": "64Mi"}},
                    "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                    "volumeMounts": [{
                        "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": "kube-api-access-x",
                        "readOnly": True,
                    }],
                }
            ],
            "dnsPolicy": "ClusterFirst", "enableServiceLinks": True, "nodeName": on,
            "preemptionPolicy": "PreemptLowerPriority", "priority": 0, "restartPolicy": "Always",
            "schedulerName": "default-scheduler", "securityContext": {}, "serviceAccount": "default",
            "serviceAccountName": "default", "terminationGracePeriodSeconds": 30,
            "tolerations": [{
                "effect": "NoExecute", "key": "node.kubernetes.io/not-ready", "operator": "Exists",
                "tolerationSeconds": 300,
            }],
            "volumes": [{
                "name": "kube-api-access-x",
                "projected": {
                    "defaultMode": 420,
                    "sources": [
                        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                        {"downwardAPI": {"items": [
                            {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}, "path": "namespace"}
                        ]}},
                    ],
                },
            }],
        },
        "status": {
            "conditions": [condition("Ready", lastProbeTime=None, observedGeneration=1)],
            "containerStatuses": [{
                "allocatedResources": {"cpu": cpu, "memory": "64Mi"}, "containerID": "containerd://c",
                "image": "docker.io/library/nginx:1.29", "imageID": "docker.io/library/nginx@sha256:0",
                "lastState": {}, "name": "web", "ready": True,
                "resources": {"requests": {"cpu": cpu, "memory": "64Mi"}}, "restartCount": 0, "started": True,
                "state": {"running": {"startedAt": "2026-05-04T08:20:03Z"}},
                "user": {"linux": {"gid": 0, "supplementalGroups": [0], "uid": 0}},
            }],
            "hostIP": "172.18.0.3", "hostIPs": [{"ip": "172.18.0.3"}], "observedGeneration": 1, "phase": "Running",
            "podIP": "10.244.1.5", "podIPs": [{"ip": "10.244.1.5"}], "qosClass": "Burstable",
            "startTime": "2026-05-04T08:20:00Z",
        },
    }  # fmt: skip


CLUSTER = {
    "apiVersion": "v1",
    "items": [
        node(
            "control-plane",
            role="control-plane",
            taints=[{"effect": "NoSchedule", "key": "node-role.kubernetes.io/control-plane"}],
        ),
        node("worker"),
        pod("web-7c9b-1", "worker", cpu="3500m"),
    ],
    "kind": "List",
    "metadata": {"resourceVersion": ""},
}
WEB = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "c", "image": "nginx", "resources": {"requests": {"cpu": "1"}}}]},
}


@pytest.fixture
def cluster(tmp_path: Path) -> Path:
    file = tmp_path / "cluster.json"
    file.write_text(json.dumps(CLUSTER, indent=4))  # as kubectl indents
    return file


def test_what_kubectl_prints_is_a_cluster_as_it_is(kubelore: Kubelore, cluster: Path) -> None:
    options = ("-f", str(cluster), "--system", "scheduling")

    done = kubelore("evaluate", *options, "--question", json.dumps({"schedule": WEB}), "-o", "json")

    assert done.stderr == ""
    assert done.returncode == 1
    verdict = json.loads(done.stdout)["verdict"]
    assert verdict["message"] == (
        "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s)."
    )


def test_the_table_names_every_node_and_the_fix(kubelore: Kubelore, cluster: Path) -> None:
    options = ("-f", str(cluster), "--system", "scheduling", "--lang", "ko")

    lines = kubelore("evaluate", *options, "--question", json.dumps({"schedule": WEB})).stdout.splitlines()

    assert lines[1].split() == ["노드", "배치", "가능", "플러그인", "이유", "점수"]
    assert [line.split()[0] for line in lines[2:4]] == ["control-plane", "worker"]
    assert "requests.cpu=500m" in "\n".join(lines[lines.index("결과를 바꾸는 방법") :])


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        pytest.param({"KUBELORE_MAX_SCENARIO_BYTES": "100"}, "more than 100 bytes", id="bytes"),
        pytest.param({"KUBELORE_MAX_SCENARIO_OBJECTS": "2"}, "more than 2 objects", id="objects"),
        pytest.param({"KUBELORE_MAX_SCENARIO_PODS": "1"}, "more than 1 pods to place", id="pods"),
        pytest.param({"KUBELORE_MAX_SCENARIO_LOOKS": "3"}, "at most 1 pods on 2 nodes, got 2", id="work"),
    ],
)
def test_a_budget_is_a_setting(
    kubelore: Kubelore, cluster: Path, setting: dict[str, str], message: str
) -> None:
    question = json.dumps({"place": {"pods": [WEB, WEB]}})

    done = kubelore(
        "evaluate", "-f", str(cluster), "--system", "scheduling", "--question", question, **setting
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_long_line_of_a_batch_is_refused_and_the_next_is_answered(kubelore: Kubelore) -> None:
    fits = json.dumps({"system": "scheduling", "question": {"stuck": {}}})
    lines = [fits, json.dumps({"system": "scheduling", "objects": [CLUSTER], "question": {}}), "", fits]

    done = kubelore("evaluate", "--batch", stdin="\n".join(lines), KUBELORE_MAX_SCENARIO_BYTES=str(len(fits)))

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each.get("error", {}).get("code") for each in answers] == [None, "TOO_LARGE", None]

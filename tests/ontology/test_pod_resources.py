"""What a pod requests of its node, added up as the scheduler does."""

from typing import Any

import pytest

from ontology.cluster import manifests
from ontology.cluster.pods import Pod
from ontology.pod_resources import billionths, pod_requests, whole


def container(cpu: str = "", *, limit: str = "", always: bool = False, name: str = "c") -> dict[str, Any]:
    resources = {"requests": {"cpu": cpu} if cpu else {}, "limits": {"cpu": limit} if limit else {}}
    return {"name": name, "resources": resources} | ({"restartPolicy": "Always"} if always else {})


def cpu(spec: dict[str, Any], status: dict[str, Any] | None = None) -> int:
    manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": spec,
        "status": status or {},
    }
    return whole("cpu", pod_requests(manifests.decode(manifest, Pod)).get("cpu", 0))


@pytest.mark.parametrize(
    ("spec", "millis"),
    [
        pytest.param({"containers": [container("1"), container("500m")]}, 1500, id="containers add up"),
        pytest.param({"containers": [container(limit="2")]}, 2000, id="a missing request takes the limit"),
        pytest.param({"containers": [container("1", limit="2")]}, 1000, id="a request is not the limit"),
        pytest.param(
            {"containers": [container("0.4m"), container("0.4m")]}, 1, id="sums are rounded, not parts"
        ),
        pytest.param(
            {"containers": [container("1")], "initContainers": [container("3"), container("2")]},
            3000,
            id="init containers run one by one",
        ),
        pytest.param(
            {"containers": [container("1")], "initContainers": [container("1", always=True)]},
            2000,
            id="a sidecar runs beside the containers",
        ),
        pytest.param(
            {
                "containers": [container("1")],
                "initContainers": [container("1", always=True), container("2"), container("1", always=True)],
            },
            3000,
            id="an init container runs beside the sidecars before it",
        ),
        pytest.param(
            {"containers": [container("1")], "overhead": {"cpu": "250m"}}, 1250, id="overhead on top"
        ),
        pytest.param(
            {"containers": [container("1")], "resources": {"requests": {"cpu": "4"}}},
            4000,
            id="the pod's own request takes the place of the sum",
        ),
        pytest.param(
            {"containers": [container("1")], "resources": {"limits": {"cpu": "4"}}},
            1000,
            id="the pod's own limit does not, where containers request",
        ),
        pytest.param(
            {"containers": [container()], "resources": {"limits": {"cpu": "4"}}},
            4000,
            id="it does where they do not",
        ),
    ],
)
def test_cpu_of_a_pod(spec: dict[str, Any], millis: int) -> None:
    assert cpu(spec) == millis


@pytest.mark.parametrize(
    ("conditions", "millis"),
    [
        pytest.param([], 3000, id="asked for more than it has: what it asks for"),
        pytest.param(
            [{"type": "PodResizePending", "status": "True", "reason": "Infeasible"}],
            2000,
            id="never to be had: what it has",
        ),
    ],
)
def test_a_container_that_is_resized_in_place(conditions: list[dict[str, Any]], millis: int) -> None:
    running = {"name": "c", "resources": {"requests": {"cpu": "1"}}, "allocatedResources": {"cpu": "2"}}

    status = {"containerStatuses": [running], "conditions": conditions}

    assert cpu({"containers": [container("3")]}, status) == millis


def test_units_round_up() -> None:
    assert whole("cpu", billionths("1u")) == 1
    assert whole("memory", billionths("1500m")) == 2

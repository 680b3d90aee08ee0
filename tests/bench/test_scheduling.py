"""Pods a second on clusters of 1,000 and 5,000 nodes, and how soon a large cluster is ready.

Rates are of processor time, since machines are shared. Each placement filters and scores all nodes, keeps the reasons, and changes the cluster for the next.
"""

# ruff: noqa: S311 - drawn clusters are no secrets

import gzip
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ontology.cluster import manifests
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.semantics.scheduling import pods as scheduled
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.place import place
from ontology.semantics.scheduling.storage import Storage

RECORDED = Path(__file__).parents[1] / "conformance" / "scheduling.ndjson.gz"
ROOT = Path(__file__).parents[2]
CLASSES, APPS, ZONES, PODS_A_NODE = 400, 200, 6, 30
VALUES = [f"t{i}" for i in range(6)]
HOSTNAME, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
NOTHING = Storage(volumes={}, claims={}, classes={}, nodes={}, drivers={})
Manifest = dict[str, Any]


def node(i: int, draw: random.Random) -> Manifest:
    effect = draw.choice(["NoSchedule", "PreferNoSchedule"])
    taint = {"key": "dedicated", "value": draw.choice(VALUES), "effect": effect}
    labels = {HOSTNAME: f"n{i}", ZONE: f"z{i % ZONES}", "arch": draw.choice(["amd64", "amd64", "arm64"])}
    labels["disk"] = draw.choice(["ssd", "hdd", "nvme"])
    allocatable = {
        "cpu": draw.choice(["8", "16", "32"]),
        "memory": draw.choice(["32Gi", "64Gi"]),
        "pods": "110",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": f"n{i}", "labels": labels},
        "spec": {"taints": [taint] if draw.random() < 0.2 else []},
        "status": {"allocatable": allocatable},
    }


def affine(draw: random.Random, _: str) -> Manifest:
    disks = {"key": "disk", "operator": "In", "values": draw.sample(["ssd", "hdd", "nvme"], 2)}
    zone = {"key": ZONE, "operator": "In", "values": [f"z{draw.randrange(ZONES)}"]}
    return {
        "nodeSelector": {"arch": "amd64"} if draw.random() < 0.5 else {},
        "affinity": {
            "nodeAffinity": {
                REQUIRED: {"nodeSelectorTerms": [{"matchExpressions": [disks]}]},
                PREFERRED: [{"weight": draw.choice([10, 50]), "preference": {"matchExpressions": [zone]}}],
            }
        },
        "tolerations": [
            {"key": "dedicated", "operator": "Equal", "value": value} for value in draw.sample(VALUES, 2)
        ],
    }


def spread(_: random.Random, app: str) -> Manifest:
    same = {"matchLabels": {"app": app}}
    apart = {"weight": 100, "podAffinityTerm": {"topologyKey": HOSTNAME, "labelSelector": same}}
    constraint = {"maxSkew": 5, "topologyKey": ZONE, "whenUnsatisfiable": "DoNotSchedule"}
    return {
        "affinity": {"podAntiAffinity": {PREFERRED: [apart]}},
        "topologySpreadConstraints": [{**constraint, "labelSelector": same}],
    }


WORKLOADS: dict[str, Callable[[random.Random, str], Manifest]] = {
    "resources": lambda *_: {},
    "affinity": affine,
    "spread": spread,
}


def pod(kind: str, class_: int, name: str, on: str = "") -> Manifest:
    draw, app = random.Random(class_), f"a{class_ % APPS}"
    requests = {
        "cpu": f"{draw.choice([50, 100, 200, 250])}m",
        "memory": f"{draw.choice([64, 128, 256, 512])}Mi",
    }
    container = {"name": "c", "image": "nginx", "resources": {"requests": requests}}
    spec = {"containers": [container], **WORKLOADS[kind](draw, app)} | ({"nodeName": on} if on else {})
    metadata = {"name": name, "namespace": "default", "labels": {"app": app}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def cluster(kind: str, size: int) -> Cluster:
    draw = random.Random(1)
    nodes = [manifests.decode(node(i, draw), Node) for i in range(size)]
    found = Cluster(nodes, namespaces={"default": {}}, storage=NOTHING)
    for i in range(size):
        for j in range(PODS_A_NODE):
            running = manifests.decode(pod(kind, draw.randrange(CLASSES), f"{i}-{j}", f"n{i}"), Pod)
            found.place(scheduled.seated(running, found.demand(running)), i)
    return found


@pytest.mark.parametrize(
    ("size", "kind", "floor"),
    [
        (1000, "resources", 8000),
        (1000, "affinity", 8000),
        (1000, "spread", 4000),
        (5000, "resources", 2000),
        (5000, "affinity", 2000),
        (5000, "spread", 1000),
    ],
)
def test_pods_a_second(report: Callable[[str], None], size: int, kind: str, floor: int) -> None:
    found, draw, seed = cluster(kind, size), random.Random(9), random.Random(0)
    rates = []
    for round_ in range(5):
        waiting = [
            manifests.decode(pod(kind, draw.randrange(CLASSES), f"{round_}-{i}"), Pod) for i in range(1500)
        ]
        began = time.process_time()
        placed = [place(found, found.incoming(each), seed).node for each in waiting]
        rates.append(len(waiting) / (time.process_time() - began))
        assert None not in placed
    rate = statistics.median(rates)

    report(f"{size} nodes, {kind}: {rate:,.0f} pods/s ({min(rates):,.0f}-{max(rates):,.0f}, floor {floor:,})")
    assert max(rates) >= floor


READY = """
import pathlib, sys, time
text = sys.stdin.buffer.read()
began = time.process_time()
from ontology import scenario
from ontology.semantics.scheduling import snapshot
snapshot.read(scenario.read(text))
peak = pathlib.Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
print(time.process_time() - began, int(peak) / 1024)
"""


def test_a_cluster_of_150_000_pods_is_ready(report: Callable[[str], None]) -> None:
    draw = random.Random(1)
    objects = [node(i, draw) for i in range(5000)]
    objects += [
        pod("affinity", draw.randrange(CLASSES), f"{i}-{j}", f"n{i}") for i in range(5000) for j in range(30)
    ]
    scenario = {"system": "scheduling", "objects": objects, "question": {"stuck": {}}}
    text = json.dumps(scenario).encode()
    del objects, scenario

    done = subprocess.run(
        [sys.executable, "-c", READY], input=text, capture_output=True, cwd=ROOT, check=True
    )
    seconds, megabytes = map(float, done.stdout.split())

    report(f"5,000 nodes, 150,000 pods ({len(text) >> 20} MiB): {seconds:.1f} s, {megabytes:.0f} MB")
    assert seconds < 6
    assert megabytes < 1000


def test_the_recorded_scenarios_as_a_batch(report: Callable[[str], None]) -> None:
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        sent = "".join(json.dumps(json.loads(line)["scenario"]) + "\n" for line in lines).encode()
    command = [sys.executable, "-c", "import sys; from api.cli import main; sys.exit(main())"]

    began = time.perf_counter()
    done = subprocess.run(
        [*command, "evaluate", "--batch"], input=sent, capture_output=True, cwd=ROOT, check=True
    )
    seconds = time.perf_counter() - began

    report(f"{len(done.stdout.splitlines())} recorded scenarios: {seconds:.1f} s")
    assert seconds < 6

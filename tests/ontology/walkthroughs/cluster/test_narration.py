"""The story in words: every rule is told by some story, in both languages, and none too long."""

from functools import cache

import pytest

from ontology.lang import Lang
from ontology.messages import render, wordings
from ontology.verdict import Step
from tests.ontology.walkthroughs.cluster.stories import (
    CLAIM,
    CLASS,
    Json,
    daemon_set,
    deployment,
    job,
    pod,
    service,
    stateful_set,
    story,
    told,
    workload,
)

LOCAL = {**CLASS, "metadata": {"name": "local"}, "provisioner": "kubernetes.io/no-provisioner"}
DISK = {
    "apiVersion": "v1",
    "kind": "PersistentVolume",
    "metadata": {"name": "disk"},
    "spec": {
        "capacity": {"storage": "5Gi"},
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "local",
        "local": {"path": "/disk"},
    },
}
CLAIMS = [{"metadata": {"name": "data"}, "spec": CLAIM}]
BATCH = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "app:1"}]}}}
HPA = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "web"},
    "spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "maxReplicas": 5,
    },
}
CPU = {"resources": {"requests": {"cpu": "800m"}}}
HIGH = {
    "apiVersion": "scheduling.k8s.io/v1",
    "kind": "PriorityClass",
    "metadata": {"name": "high"},
    "value": 1000,
}
BUDGET = {
    "apiVersion": "policy/v1",
    "kind": "PodDisruptionBudget",
    "metadata": {"name": "web"},
    "spec": {"selector": {"matchLabels": {"app": "web"}}, "minAvailable": 1},
}
ALONE = {**pod("stray"), "metadata": {"name": "stray", "labels": {"app": "set"}}}
OUT_OF_SERVICE = {
    "spec": {"taints": [{"key": "node.kubernetes.io/out-of-service", "value": "x", "effect": "NoExecute"}]}
}
PROBED = {
    "livenessProbe": {"tcpSocket": {"port": 80}, "failureThreshold": 1},
    "readinessProbe": {"tcpSocket": {"port": 80}},
}

STORIES: dict[str, Json] = {
    "nothing": story(nodes=0),
    "a Deployment, from its first ReplicaSet to its history": story(
        ALONE,
        workload("ReplicaSet", "set", 2),
        deployment("web", 2, revisionHistoryLimit=0),
        service("web"),
        BUDGET,
        when=[
            {"at": 20, "setImage": {"object": "Deployment/web", "image": "app:2"}},
            {"at": 60, "scale": {"object": "Deployment/web", "replicas": 1}},
            {"at": 90, "drain": "node-1"},
            {"at": 90, "drain": "node-2"},
            {
                "at": 70,
                "patch": {"object": "Pod/web-*", "patch": {"metadata": {"labels": {"app": "debug"}}}},
            },
            {"at": 120, "uncordon": "node-1"},
        ],
    ),
    "what goes with an owner": story(
        deployment("back"),
        deployment("fore"),
        deployment("gone"),
        when=[
            {"at": 30, "delete": "Deployment/back"},
            {"at": 30, "delete": {"object": "Deployment/fore", "propagation": "Foreground"}},
            {"at": 30, "delete": {"object": "Deployment/gone", "propagation": "Orphan"}},
        ],
    ),
    "a namespace goes": story(
        {**deployment("web"), "metadata": {"name": "web", "namespace": "shop"}},
        when=[
            {"at": 30, "delete": "Namespace/shop"},
            {"at": 30, "apply": {**pod("late"), "metadata": {"name": "late", "namespace": "shop"}}},
        ],
    ),
    "volumes": story(
        CLASS,
        LOCAL,
        DISK,
        stateful_set("db", 2, volumeClaimTemplates=CLAIMS),
        stateful_set(
            "old",
            1,
            volumeClaimTemplates=[
                {"metadata": {"name": "disk"}, "spec": {**CLAIM, "storageClassName": "local"}}
            ],
        ),
        when=[
            {"at": 30, "scale": {"object": "StatefulSet/db", "replicas": 0}},
            {"at": 60, "delete": {"object": "PersistentVolumeClaim/data-*", "every": True}},
        ],
    ),
    "daemons, Jobs and CronJobs": story(
        daemon_set("agent"),
        job("good", ttlSecondsAfterFinished=5),
        job("bad", backoffLimit=0),
        job("late", activeDeadlineSeconds=5),
        {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "metadata": {"name": "tick"},
            "spec": {
                "schedule": "* * * * *",
                "successfulJobsHistoryLimit": 1,
                "jobTemplate": {"spec": BATCH},
            },
        },
        apps=[{"pods": {"job": "bad"}, "exits": {"code": 1}}],
        when=[{"at": 60, "setImage": {"object": "DaemonSet/agent", "image": "app:2"}}],
    ),
    "a pod in trouble": story(
        pod("web", container=PROBED),
        service("web"),
        nodes=1,
        apps=[{"name": "web", "starts": 5}],
        when=[
            {"at": 60, "crash": "web"},
            {"at": 120, "app": {"answers": False}},
            {"at": 130, "apply": pod("big", container={"resources": {"requests": {"cpu": "99"}}})},
        ],
    ),
    "an important pod": story(
        HIGH,
        pod("low", container=CPU),
        nodes={"count": 1, "cpu": "1"},
        when=[{"at": 9, "apply": pod("top", container=CPU, priorityClassName="high")}],
    ),
    "load": story(
        deployment("web", container=CPU),
        HPA,
        when=[{"at": 30, "load": {"object": "Deployment/web", "cpu": "2"}}],
        until=120,
    ),
    "nodes that are lost": story(
        deployment("web", 3),
        nodes=3,
        when=[
            {"at": 30, "loseNode": "node-1"},
            {"at": 600, "recoverNode": "node-1"},
            {"at": 700, "delete": "Node/node-2"},
            {"at": 800, "loseNode": "node-3"},
            {"at": 1200, "patch": {"object": "Node/node-3", "patch": OUT_OF_SERVICE}},
        ],
        until="30m",
    ),
    "components that stop": story(
        deployment("web"),
        when=[
            {"at": 10, "stop": "etcd"},
            {"at": 20, "delete": "Deployment/web"},
            {"at": 30, "start": "etcd"},
        ],
        then=[{"object": "Deployment/web", "absent": True}],
    ),
    "what a controller may not": story(
        deployment(
            "web",
            template={
                "metadata": {"labels": {"app": "web"}},
                "spec": {"priorityClassName": "vip", "containers": [{"name": "c", "image": "a"}]},
            },
        )
    ),
    "a long story": story(pod("web"), nodes=1, apps=[{"exits": {"code": 1, "after": 1}}], until="160h"),
}


@cache
def steps(name: str) -> tuple[Step, ...]:
    return told(STORIES[name]).steps


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("lang", Lang)
def test_every_step_is_worded(name: str, lang: Lang) -> None:
    texts = [render(step, lang) for step in steps(name)]

    assert texts
    assert not [text for text in texts if "{" in text or "}" in text]


def test_every_rule_is_told_by_some_story() -> None:
    told_rules = {step.rule for name in STORIES for step in steps(name)}

    assert {rule for rule in wordings(Lang.EN) if rule.startswith("cluster.")} - told_rules == set()


def test_a_long_story_is_cut_and_says_by_how_much() -> None:
    found = steps("a long story")

    assert found[-1].rule == "cluster.more"
    assert found[-1].facts["count"] > 1000
    assert len(found) < 2500


def test_acts_that_are_alike_are_told_together() -> None:
    found = [
        step
        for step in told(story(deployment("web", 20), nodes=5, until=5)).steps
        if step.rule == "cluster.replicaset.create"
    ]

    assert [(step.facts["number"], step.facts["wanted"]) for step in found] == [(20, 20)]


def test_the_rules_that_led_to_an_act_follow_it() -> None:
    names = [step.rule for step in told(story(deployment("web"), until=5)).steps]

    assert names[: names.index("cluster.replicaset.create")][1] == "workloads.newReplicaSet"
    assert names[names.index("cluster.replicaset.create") + 1] == "workloads.replicaCount"

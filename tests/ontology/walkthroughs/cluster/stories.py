"""Manifests and stories in short forms, and how they are played."""

from collections.abc import Callable
from typing import Any

from ontology import evaluators, scenario
from ontology.scenario import convert_question
from ontology.verdict import Outcome, Verdict
from ontology.walkthroughs.cluster.question import Played, play
from ontology.walkthroughs.cluster.story import Story
from ontology.walkthroughs.cluster.world import World

Json = dict[str, Any]


def template(
    labels: dict[str, str], *, image: str = "app:1", container: Json | None = None, **spec: Any
) -> Json:
    containers = [{"name": "c", "image": image, **(container or {})}]
    return {"metadata": {"labels": labels}, "spec": {"containers": containers, **spec}}


def pod(name: str, *, container: Json | None = None, **spec: Any) -> Json:
    made = template({"app": name}, container=container, **spec)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, **made["metadata"]},
        "spec": made["spec"],
    }


def workload(
    kind: str, name: str, replicas: int | None = 1, *, container: Json | None = None, **spec: Any
) -> Json:
    own: Json = {
        "selector": {"matchLabels": {"app": name}},
        "template": template({"app": name}, container=container),
    }
    if replicas is not None:
        own["replicas"] = replicas
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": {**own, **spec}}


def deployment(name: str, replicas: int = 1, **more: Any) -> Json:
    return workload("Deployment", name, replicas, **more)


def stateful_set(name: str, replicas: int = 1, **more: Any) -> Json:
    return workload("StatefulSet", name, replicas, serviceName=name, **more)


def daemon_set(name: str, **more: Any) -> Json:
    return workload("DaemonSet", name, None, **more)


def job(name: str, **spec: Any) -> Json:
    made = template({"job": name}, restartPolicy="Never")
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"template": made, **spec},
    }


def service(name: str, **spec: Any) -> Json:
    own = {"selector": {"app": name}, "ports": [{"port": 80}], **spec}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": own}


CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
CLASS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "fast", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    "provisioner": "csi.example.com",
    "volumeBindingMode": "WaitForFirstConsumer",
}


def story(*objects: Json, nodes: Any = 2, apps: list[Json] | None = None, **more: Any) -> Json:
    given = {"nodes": nodes, "objects": list(objects), "apps": apps or []}
    return {"system": "cluster", "given": given, "until": "10m", **more}


def told(raw: Json) -> Verdict:
    return evaluators.answer(raw)


def unmet(raw: Json) -> list[str]:
    """The expectations of a story that do not hold, with why."""
    answer = told(raw).answer
    return [f"{each['name']}: {each['why']}" for each in answer["expectations"] if not each["holds"]]


def holds(raw: Json, *expected: Json) -> None:
    """Assert that everything expected of a story is so."""
    assert expected
    found = unmet({**raw, "then": list(expected)})
    assert not found, "\n".join(found)


def played(raw: Json, observe: Callable[[World], None] = lambda _: None) -> Played:
    """Play a story without asking for its answer."""
    found = scenario.decode(raw)
    asked = convert_question(found.asked, Story, found.question)
    return play(found, asked, evaluators.evaluate, observe)


def is_yes(raw: Json) -> bool:
    return told(raw).outcome is Outcome.YES

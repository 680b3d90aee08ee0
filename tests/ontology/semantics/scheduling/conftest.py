"""Manifests in short, for the tests of the scheduler."""

from collections.abc import Mapping
from typing import Any

import pytest

from ontology import evaluators
from ontology.verdict import Verdict

Manifest = dict[str, Any]


def node(name: str, *, cpu: str = "4", memory: str = "8Gi", pods: str = "110", **parts: Any) -> Manifest:
    labels = {"kubernetes.io/hostname": name, **parts.pop("labels", {})}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": parts,
        "status": {"allocatable": {"cpu": cpu, "memory": memory, "pods": pods}},
    }


def pod(
    name: str, *, on: str = "", labels: Mapping[str, str] | None = None, cpu: str = "100m", **spec: Any
) -> Manifest:
    container = {"name": "c", "image": "nginx", "resources": {"requests": {"cpu": cpu, "memory": "64Mi"}}}
    made: Manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "uid": name, "labels": dict(labels or {})},
        "spec": {"containers": [container], **spec},
    }
    if on:
        made["spec"]["nodeName"] = on
        made["status"] = {"phase": "Running"}
    return made


def ask(objects: list[Manifest], **question: Any) -> Verdict:
    return evaluators.answer({"system": "scheduling", "objects": objects, "question": question})


class Manifests:
    node = staticmethod(node)
    pod = staticmethod(pod)
    ask = staticmethod(ask)


@pytest.fixture(scope="session")
def make() -> Manifests:
    """`make.node`, `make.pod` and `make.ask`: manifests in short, and the question to ask of them."""
    return Manifests()

"""A small cluster, and packets through it."""

from typing import Any

from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Verdict

Json = dict[str, Any]
ZONE = "topology.kubernetes.io/zone"


def node(name: str, zone: str, ip: str) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {ZONE: zone}},
        "status": {"addresses": [{"type": "InternalIP", "address": ip}]},
    }


def pod(name: str, ip: str, on: str, *, ready: str = "True", deleted: bool = False, **labels: str) -> Json:
    meta: Json = {"name": name, "namespace": "shop", "labels": labels}
    if deleted:
        meta["deletionTimestamp"] = "2026-03-01T12:00:00Z"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": {"nodeName": on, "containers": [{"name": "c", "image": "x"}]},
        "status": {"phase": "Running", "podIP": ip, "conditions": [{"type": "Ready", "status": ready}]},
    }


def service(name: str = "web", **spec: Any) -> Json:
    ports = [{"port": 80, "targetPort": 8080, "nodePort": 30080}]
    given = {"clusterIP": "10.96.1.1", "selector": {"app": "web"}, "ports": ports} | spec
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": given,
        "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.5"}]}},
    }


NODES = [node("n1", "a", "192.0.2.1"), node("n2", "b", "192.0.2.2"), node("n3", "c", "192.0.2.3")]
CLIENT = pod("client", "10.0.1.9", "n1", app="client")
WEB1, WEB2 = pod("web-1", "10.0.1.1", "n1", app="web"), pod("web-2", "10.0.2.1", "n2", app="web")
CLUSTER = [*NODES, CLIENT, WEB1, WEB2]


def route(
    to: str, *extra: Json, source: str = "shop/client", base: list[Json] = CLUSTER, **asked: Any
) -> Verdict:
    question = {"from": source, "to": to} | asked
    verdict = answer({"system": "services", "objects": [*base, *extra], "question": {"route": question}})
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)
    return verdict


BOTH = ["10.0.1.1:8080", "10.0.2.1:8080"]
PLAIN = service(ports=[{"port": 80, "targetPort": 8080}])


def deny(**spec: Any) -> Json:
    meta = {"name": "deny", "namespace": "shop"}
    given = {"podSelector": {"matchLabels": {"app": "web"}}} | spec
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta, "spec": given}

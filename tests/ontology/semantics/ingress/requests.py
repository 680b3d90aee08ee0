"""Ingresses, what stands behind them, and requests to them."""

from typing import Any

from ontology.evaluators import answer
from ontology.verdict import Verdict

NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}}
TLS = [{"hosts": ["x.test"], "secretName": "cert"}]
CANARY = "nginx.ingress.kubernetes.io/canary"


def backend(service: str) -> dict[str, Any]:
    return {"service": {"name": service, "port": {"number": 80}}}


def path(path: str, service: str = "web", path_type: str = "Prefix") -> dict[str, Any]:
    return {"path": path, "pathType": path_type, "backend": backend(service)}


def ingress(
    name: str, *paths: dict[str, Any], host: str = "", marks: Any = None, **spec: Any
) -> dict[str, Any]:
    rule = {"http": {"paths": list(paths)}} | ({"host": host} if host else {})
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": name, "annotations": marks or {}},
        "spec": ({"rules": [rule]} if paths else {}) | spec,
    }


def running(name: str, ip: str = "10.0.0.1", *, ready: str = "True") -> list[dict[str, Any]]:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}]},
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"{name}-1", "labels": {"app": name}},
        "spec": {"nodeName": "n1", "containers": [{"name": "c", "image": "x"}]},
        "status": {"phase": "Running", "podIP": ip, "conditions": [{"type": "Ready", "status": ready}]},
    }
    return [service, pod]


def send(*objects: dict[str, Any], **request: Any) -> Verdict:
    every = [NODE, *running("web"), *running("api", "10.0.0.2"), *objects]
    return answer({"system": "ingress", "objects": every, "question": {"request": request}})


def service_of(verdict: Verdict) -> str | None:
    chosen = verdict.answer["backend"]
    return chosen and chosen["service"].removeprefix("default/")


def class_(name: str, *, default: bool = False) -> dict[str, Any]:
    marks = {"ingressclass.kubernetes.io/is-default-class": "true"} if default else {}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {"name": name, "annotations": marks},
        "spec": {"controller": "k8s.io/ingress-nginx"},
    }

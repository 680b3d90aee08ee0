"""What an object says of itself that changes its way: a node of its own, volumes, the type of a Service."""

from collections.abc import Callable, Mapping
from typing import Any

_VIRTUAL = frozenset({None, "", "ClusterIP", "NodePort", "LoadBalancer"})


def traits(kind: str, manifest: Mapping[str, Any] | None) -> frozenset[str]:
    """Return the names of all traits of an object; none without one."""
    spec = (manifest or {}).get("spec") or {}
    return frozenset(name for name, holds in _TRAITS.get(kind, _OF_PODS).items() if holds(_read(kind, spec)))


def _read(kind: str, spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the specification that a kind's traits are read from: of controllers that of their pods."""
    if kind == "CronJob":
        spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    if kind not in _TRAITS and kind != "Pod":
        claims = spec.get("volumeClaimTemplates")
        pod = (spec.get("template") or {}).get("spec") or {}
        return {**pod, "volumeClaimTemplates": claims}
    return spec


def _volumes(spec: Mapping[str, Any], *sources: str) -> bool:
    return any(source in volume for volume in spec.get("volumes") or () for source in sources)


_Traits = Mapping[str, Callable[[Mapping[str, Any]], bool]]

_OF_PODS: _Traits = {
    "nodeName": lambda spec: bool(spec.get("nodeName")),
    "hostNetwork": lambda spec: bool(spec.get("hostNetwork")),
    "volume": lambda spec: (
        _volumes(spec, "persistentVolumeClaim", "csi", "ephemeral") or bool(spec.get("volumeClaimTemplates"))
    ),
    "configuration": lambda spec: _volumes(spec, "configMap", "secret", "projected"),
}
_TRAITS: Mapping[str, _Traits] = {
    "Service": {
        "loadBalancer": lambda spec: spec.get("type") == "LoadBalancer",
        "external": lambda spec: spec.get("type") == "ExternalName",
        "virtualIPMissing": lambda spec: spec.get("clusterIP") == "None" or spec.get("type") not in _VIRTUAL,
    },
    "PersistentVolumeClaim": {"volumeNamed": lambda spec: bool(spec.get("volumeName"))},
}

"""Defaults: what plugins fill in so that nobody need say it, tolerations, classes and finalizers.

Source: kubernetes.io/docs/reference/access-authn-authz/admission-controllers (v1.36).
"""

from collections.abc import Iterator

from ontology.semantics.rbac.quoting import quote
from ontology.walkthroughs.access_request.admission.write import (
    Plain,
    Ruling,
    Write,
    changed,
    metadata,
    refusal,
)

_NODE_TROUBLES = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
_SECONDS = 300
_STORAGE_DEFAULT = "storageclass.kubernetes.io/is-default-class"
_STORAGE_DEFAULTS = (_STORAGE_DEFAULT, "storageclass.beta.kubernetes.io/is-default-class")
_INGRESS_DEFAULTS = ("ingressclass.kubernetes.io/is-default-class",)
_INGRESS_ANNOTATION = "kubernetes.io/ingress.class"
_STORAGE_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
_FINALIZERS = {
    "persistentvolumeclaims": "kubernetes.io/pvc-protection",
    "persistentvolumes": "kubernetes.io/pv-protection",
}


def tolerations(write: Write) -> Iterator[Ruling]:
    """Let a new pod stay for five minutes on a node that is not ready or out of reach."""
    if not write.creates_pod:
        return
    spec = write.spec
    own = spec.get("tolerations") or []
    added = [
        {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _SECONDS}
        for key in _NODE_TROUBLES
        if not any(_tolerates(each, key) for each in own)
    ]
    if added:
        keys = tuple(each["key"] for each in added)
        yield changed(
            write,
            "access.defaultTolerations",
            spec | {"tolerations": own + added},
            keys=keys,
            seconds=_SECONDS,
        )


def _tolerates(toleration: Plain, key: str) -> bool:
    about = toleration.get("key") or key
    return about == key and (toleration.get("effect") or "NoExecute") == "NoExecute"


def storage_class(write: Write) -> Iterator[Ruling]:
    """Give a new claim that names no class the default one, the newest of several."""
    if not write.is_on("create", "", "persistentvolumeclaims") or not write.object:
        return
    spec, own = write.spec, metadata(write.object)
    if spec.get("storageClassName") is not None or _STORAGE_ANNOTATION in (own.get("annotations") or {}):
        return
    found = sorted(_defaults(write, "StorageClass", _STORAGE_DEFAULTS), key=_name)
    newest = max(found, key=lambda each: metadata(each).get("creationTimestamp") or "", default=None)
    if newest is None:
        yield Ruling(rule="access.defaultStorageClass", holds=False)
    else:
        name = _name(newest)
        yield changed(write, "access.defaultStorageClass", spec | {"storageClassName": name}, name=name)


def ingress_class(write: Write) -> Iterator[Ruling]:
    """Give a new ingress that names no class the default one; two defaults of the same age are refused."""
    if not write.is_on("create", "networking.k8s.io", "ingresses") or not write.object:
        return
    spec, own = write.spec, metadata(write.object)
    if spec.get("ingressClassName") is not None or _INGRESS_ANNOTATION in (own.get("annotations") or {}):
        return
    found = sorted(_defaults(write, "IngressClass", _INGRESS_DEFAULTS), key=_name)
    newest = max(found, key=lambda each: metadata(each).get("creationTimestamp") or "", default=None)
    if newest is not None:
        name = _name(newest)
        yield changed(write, "access.defaultIngressClass", spec | {"ingressClassName": name}, name=name)


def _defaults(write: Write, kind: str, annotations: tuple[str, ...]) -> Iterator[Plain]:
    for each in write.found(kind, everywhere=True):
        own = metadata(each).get("annotations") or {}
        if any(own.get(key) == "true" for key in annotations):
            yield each


def _name(found: Plain) -> str:
    return str(metadata(found).get("name") or "")


def in_use(write: Write) -> Iterator[Ruling]:
    """Give a new claim or volume the finalizer that keeps it while it is used."""
    finalizer = _FINALIZERS.get(write.request.resource)
    if finalizer is None or not write.is_on("create", "", write.request.resource) or not write.object:
        return
    finalizers = metadata(write.object).get("finalizers") or []
    if finalizer not in finalizers:
        kept = write.object | {"metadata": {**metadata(write.object), "finalizers": [*finalizers, finalizer]}}
        yield Ruling(rule="access.storageInUse", facts={"finalizer": finalizer}, object=kept)


def resize(write: Write) -> Iterator[Ruling]:
    """Refuse to grow a claim whose class does not allow it."""
    asked = write.request
    if (asked.api_group, asked.combined_resource) != ("", "persistentvolumeclaims") or write.old is None:
        return
    before, now = _storage(write.old), _storage(write.object)
    if asked.verb not in {"update", "patch"} or not write.object or before == now:
        return
    name = (write.old.get("spec") or {}).get("storageClassName") or ""
    classes = {_name(each): each for each in write.found("StorageClass", everywhere=True)}
    if name and classes.get(name, {}).get("allowVolumeExpansion"):
        yield Ruling(rule="access.claimResize", facts={"name": name})
    else:
        why = (
            "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc "
            "must support resize"
        )
        yield refusal(write, "access.claimResize", why, name=name)


def _storage(claim: Plain) -> object:
    return (((claim.get("spec") or {}).get("resources") or {}).get("requests") or {}).get("storage")


def node_taint(write: Write) -> Iterator[Ruling]:
    """Taint a new node as not ready, until its kubelet says that it is."""
    if not write.is_on("create", "", "nodes") or not write.object:
        return
    spec = write.spec
    taint = {"key": _NODE_TROUBLES[0], "effect": "NoSchedule"}
    own = spec.get("taints") or []
    if not any((each.get("key"), each.get("effect")) == tuple(taint.values()) for each in own):
        quoted = quote(taint["key"])
        yield changed(write, "access.newNodeTaint", spec | {"taints": [*own, taint]}, taint=quoted)

"""The node authorizer: what a kubelet may do because of the pods on its node.

It stands before RBAC and allows, never denies: what it does not allow RBAC may. What it allows every kubelet
(services, events, its own node) is in the table; secrets, configmaps, claims and volumes are those that a pod
on the node refers to.

Source: kubernetes.io/docs/reference/access-authn-authz/node (v1.36).
"""

from collections.abc import Iterator

from ontology.scenario import Scenario
from ontology.semantics.rbac.requests import Request, User
from ontology.walkthroughs.access_request.admission import containers
from ontology.walkthroughs.access_request.admission.write import (
    Plain,
    metadata,
)

_PREFIX, _GROUP = "system:node:", "system:nodes"
_READ = frozenset({"get", "list", "watch"})
_WRITE = frozenset({"create", "update", "patch", "delete"})

# What every kubelet may do, whatever runs on its node: group, resource, verbs.
_EVERYWHERE: dict[tuple[str, str], frozenset[str]] = {
    ("", "services"): _READ,
    ("", "nodes"): frozenset({"create", "update", "patch"}),  # NodeRestriction keeps it to its own
    ("", "nodes/status"): frozenset({"update", "patch"}),
    ("", "pods"): frozenset({"create", "delete"}),
    ("", "pods/status"): frozenset({"update", "patch"}),
    ("", "pods/eviction"): frozenset({"create"}),
    ("", "events"): frozenset({"create", "update", "patch"}),
    ("events.k8s.io", "events"): frozenset({"create", "update", "patch"}),
    ("authentication.k8s.io", "tokenreviews"): frozenset({"create"}),
    ("authorization.k8s.io", "subjectaccessreviews"): frozenset({"create"}),
    ("authorization.k8s.io", "localsubjectaccessreviews"): frozenset({"create"}),
    ("certificates.k8s.io", "certificatesigningrequests"): frozenset({"create", "get", "list", "watch"}),
    ("storage.k8s.io", "csidrivers"): _READ,
    ("storage.k8s.io", "volumeattachments"): frozenset({"get"}),
    ("node.k8s.io", "runtimeclasses"): _READ,
}
# What is the kubelet's own, by the name of its node: the verbs, and why it may do no more.
_OWN: dict[tuple[str, str], tuple[frozenset[str], str]] = {
    ("", "nodes"): (_READ, "node '{node}' cannot read {other}, only its own Node object"),
    ("coordination.k8s.io", "leases"): (
        frozenset({"get", *_WRITE}),
        "can only access node lease with the same name as the requesting node",
    ),
    ("storage.k8s.io", "csinodes"): (
        frozenset({"get", *_WRITE}),
        "can only access CSINode with the same name as the requesting node",
    ),
}
# What it may read because a pod on the node refers to it.
_SINGLE = frozenset({"get"}), "can only get individual resources of this type"
_REFERRED: dict[tuple[str, str], tuple[frozenset[str], str]] = {
    ("", "secrets"): (_READ, "can only read resources of this type"),
    ("", "configmaps"): (_READ, "can only read resources of this type"),
    ("", "persistentvolumeclaims"): _SINGLE,
    ("", "persistentvolumes"): _SINGLE,
    ("", "serviceaccounts/token"): (
        frozenset({"create"}),
        "can only create tokens for individual service accounts",
    ),
    ("", "pods"): (_SINGLE[0], "can only list/watch pods with spec.nodeName field selector"),
}


def node_of(user: User) -> str | None:
    """Return the name of the node whose kubelet this user is, or None."""
    if _GROUP not in user.groups or not user.name.startswith(_PREFIX):
        return None
    return user.name.removeprefix(_PREFIX) or None


def allows(scenario: Scenario, request: Request) -> tuple[bool, str] | None:
    """Return whether the node authorizer allows a request and why not; None for who is no kubelet."""
    node = node_of(request.user)
    if node is None or request.path is not None:
        return None
    key = (request.api_group, request.combined_resource)
    if request.verb in _EVERYWHERE.get(key, ()):
        return True, ""
    if key in _OWN:
        verbs, why = _OWN[key]
        mine = request.verb in verbs and request.name == node
        other = f"'{request.name}'" if request.name else "all nodes"
        return mine, "" if mine else why.format(node=node, other=other)
    return _by_reference(scenario, request, node) if key in _REFERRED else (False, "")


def _by_reference(scenario: Scenario, request: Request, node: str) -> tuple[bool, str]:
    verbs, why = _REFERRED[request.api_group, request.combined_resource]
    if request.verb not in verbs:
        return False, why
    if not request.name:
        return False, "No Object name found"
    wanted = (request.combined_resource, request.namespace, request.name)
    if wanted in set(_references(scenario, node)):
        return True, ""
    return False, f"no relationship found between node '{node}' and this object"


def _references(scenario: Scenario, node: str) -> Iterator[tuple[str, str, str]]:
    """Yield resource, namespace and name of what the pods on a node refer to, the pods too."""
    claims = {
        (metadata(each).get("namespace") or "default", metadata(each).get("name")): each
        for each in scenario.raw("PersistentVolumeClaim")
    }
    for pod in scenario.raw("Pod"):
        spec = pod.get("spec") or {}
        if spec.get("nodeName") != node:
            continue
        namespace = metadata(pod).get("namespace") or "default"
        yield "pods", namespace, metadata(pod).get("name") or ""
        yield "serviceaccounts/token", namespace, spec.get("serviceAccountName") or "default"
        for resource, name in named_by(spec):
            yield resource, namespace, name
            volume = ((claims.get((namespace, name)) or {}).get("spec") or {}).get("volumeName")
            if resource == "persistentvolumeclaims" and volume:
                yield "persistentvolumes", "", volume


def named_by(spec: Plain) -> Iterator[tuple[str, str]]:
    """Yield resource and name of each Secret, ConfigMap and claim of a pod; a name may be empty."""
    for each in spec.get("imagePullSecrets") or ():
        yield "secrets", each.get("name") or ""
    for container in containers.of(spec, "initContainers", "containers", "ephemeralContainers"):
        for variable in container.get("env") or ():
            source = variable.get("valueFrom") or {}
            yield from _keyed(source, "secretKeyRef", "configMapKeyRef")
        for source in container.get("envFrom") or ():
            yield from _keyed(source, "secretRef", "configMapRef")
    for volume in spec.get("volumes") or ():
        yield "persistentvolumeclaims", (volume.get("persistentVolumeClaim") or {}).get("claimName") or ""
        yield "secrets", (volume.get("secret") or {}).get("secretName") or ""
        yield "configmaps", (volume.get("configMap") or {}).get("name") or ""
        for source in (volume.get("projected") or {}).get("sources") or ():
            yield from _keyed(source, "secret", "configMap")


def _keyed(source: Plain, secret: str, configmap: str) -> Iterator[tuple[str, str]]:
    yield "secrets", (source.get(secret) or {}).get("name") or ""
    yield "configmaps", (source.get(configmap) or {}).get("name") or ""

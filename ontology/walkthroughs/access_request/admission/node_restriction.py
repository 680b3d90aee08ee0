"""NodeRestriction: a kubelet writes its own node and its own pods, and nothing else.

Not on by default, but in every cluster that kubeadm sets up; it concerns members of `system:nodes` alone.

Source: kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction (v1.36).
"""

from collections.abc import Callable, Iterator

from ontology.semantics.rbac.quoting import quote
from ontology.walkthroughs.access_request.admission.write import Plain, Ruling, Write, refusal
from ontology.walkthroughs.access_request.nodes import named_by, node_of

_RULE = "access.nodeRestriction"
_MIRROR = "kubernetes.io/config.mirror"
# What a kubelet may do to the pods that are bound to its node, by verb ("" for any) and subresource.
_BOUND_ACTS = {
    ("", "status"): "update pod status for pods",
    ("", "eviction"): "evict pods",
    ("delete", ""): "delete pods",
}
_REFERABLE = ("secrets", "configmaps", "resourceclaims", "persistentvolumeclaims")
# Labels under these that are not among the kubelet's own are the administrator's.
_RESERVED = ("kubernetes.io", "k8s.io")
_KUBELET_PREFIXES = ("kubelet.kubernetes.io/", "node.kubernetes.io/")
_KUBELET_LABELS = frozenset(
    {
        "kubernetes.io/hostname",
        "kubernetes.io/arch",
        "kubernetes.io/os",
        "beta.kubernetes.io/arch",
        "beta.kubernetes.io/os",
        "beta.kubernetes.io/instance-type",
        "node.kubernetes.io/instance-type",
        "topology.kubernetes.io/region",
        "topology.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone",
    }
)


def restrict(write: Write) -> Iterator[Ruling]:
    """Refuse what a kubelet may not write."""
    node = node_of(write.request.user)
    check = _CHECKS.get((write.request.api_group, write.request.resource))
    if node is None or check is None:
        return
    why = check(write, node)
    if why:
        yield refusal(write, _RULE, why, node=node)
    else:
        yield Ruling(rule=_RULE, facts={"node": node})


def _pod(write: Write, node: str) -> str:
    request, own = write.request, quote(node)
    bound = ((write.old or write.object).get("spec") or {}).get("nodeName")
    act = _BOUND_ACTS.get((request.verb, request.subresource)) or _BOUND_ACTS.get(("", request.subresource))
    if act is not None:
        return "" if bound == node else f"node {own} can only {act} with spec.nodeName set to itself"
    if request.subresource:
        only = "only 'status' and 'eviction' are allowed"
        return f"unexpected pod subresource {quote(request.subresource)}, {only}"
    if request.verb != "create":
        return f'unexpected operation "UPDATE", node {own} can only create and delete mirror pods'
    annotations = (write.object.get("metadata") or {}).get("annotations") or {}
    if _MIRROR not in annotations:
        return f"pod does not have {quote(_MIRROR)} annotation, node {own} can only create mirror pods"
    if bound != node:
        return f"node {own} can only create pods with spec.nodeName set to itself"
    referred = next(_referred(write.spec), None)
    return f"node {own} can not create pods that reference {referred}" if referred else ""


def _referred(spec: Plain) -> Iterator[str]:
    """Yield what of the API a pod refers to: a kubelet could read it through a pod of its own making."""
    if spec.get("serviceAccountName"):
        yield "serviceaccounts"
    named = {resource for resource, name in named_by(spec) if name}
    claimed = {"resourceclaims"} if spec.get("resourceClaims") else set()
    yield from (each for each in _REFERABLE if each in named | claimed)


def _node(write: Write, node: str) -> str:
    own = quote(node)
    if write.name not in {node, "Unknown"}:
        return f"node {own} is not allowed to modify node {quote(write.name)}"
    if write.request.verb == "delete" or not write.object:
        return ""
    before, now = _labels(write.old or {}), _labels(write.object)
    touched = sorted(key for key in before | now if before.get(key) != now.get(key) and _is_reserved(key))
    if touched and write.request.verb == "create":
        return f"node {own} is not allowed to set the following labels: {', '.join(touched)}"
    if touched:
        return f"is not allowed to modify labels: {', '.join(touched)}"
    if write.old is not None and _taints(write.old) != _taints(write.object):
        return f"node {own} is not allowed to modify taints"
    return ""


def _labels(node: Plain) -> dict[str, str]:
    return dict((node.get("metadata") or {}).get("labels") or {})


def _taints(node: Plain) -> list[Plain]:
    return list((node.get("spec") or {}).get("taints") or ())


def _is_reserved(key: str) -> bool:
    namespace, slash, _ = key.partition("/")
    if not slash or key in _KUBELET_LABELS or key.startswith(_KUBELET_PREFIXES):
        return False
    return any(namespace == each or namespace.endswith(f".{each}") for each in _RESERVED)


def _lease(write: Write, node: str) -> str:
    own = quote(node)
    if write.request.namespace != "kube-node-lease":
        return f"can only access leases in the {quote('kube-node-lease')} system namespace"
    return (
        ""
        if write.name == node
        else f"can only access node lease with the same name as the requesting node ({own})"
    )


_CHECKS: dict[tuple[str, str], Callable[[Write, str], str]] = {
    ("", "pods"): _pod,
    ("", "nodes"): _node,
    ("coordination.k8s.io", "leases"): _lease,
}

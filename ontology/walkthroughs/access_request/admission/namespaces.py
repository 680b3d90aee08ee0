"""NamespaceLifecycle: nothing happens in a namespace that is missing, nothing new in one that goes.

Without any Namespace in the scenario nothing is known of them, and nothing is said.

Source: kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#namespacelifecycle (v1.36).
"""

from collections.abc import Iterator

from ontology.semantics.rbac.quoting import quote
from ontology.walkthroughs.access_request.admission.write import (
    NOT_FOUND,
    Ruling,
    Write,
    metadata,
    refusal,
)

_BUILT_IN = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})
_IMMORTAL = frozenset({"default", "kube-system", "kube-public"})


def lifecycle(write: Write) -> Iterator[Ruling]:
    """Refuse to delete the namespaces that stay for ever, and what goes into one that is missing or going."""
    request = write.request
    if write.is_on("delete", "", "namespaces") and request.name in _IMMORTAL:
        yield refusal(write, "access.immortalNamespace", "this namespace may not be deleted")
    if write.operation == "DELETE" or not request.namespace or request.api_group == "authorization.k8s.io":
        return
    given = {metadata(each).get("name"): each for each in write.scenario.raw("Namespace")}
    found = given.get(request.namespace)
    if found is None and given and request.namespace not in _BUILT_IN:
        message = f"namespaces {quote(request.namespace)} not found"
        yield Ruling(rule="access.namespaceExists", holds=False, status=NOT_FOUND, message=message)
    elif found is not None and write.operation == "CREATE":
        phase = (found.get("status") or {}).get("phase")
        if phase == "Terminating" or metadata(found).get("deletionTimestamp"):
            where = f"in namespace {request.namespace} because it is being terminated"
            why = f"unable to create new content {where}"
            yield refusal(write, "access.namespaceAlive", why)
        else:
            yield Ruling(rule="access.namespaceAlive")

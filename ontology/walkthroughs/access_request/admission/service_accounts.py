"""ServiceAccount: every pod runs as an account that exists, and gets a token unless someone says no.

Source: kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#serviceaccount (v1.36).
"""

from collections.abc import Iterator

from ontology.semantics.rbac.quoting import quote
from ontology.walkthroughs.access_request.admission import containers
from ontology.walkthroughs.access_request.admission.write import (
    Plain,
    Ruling,
    Write,
    changed,
    metadata,
    refusal,
)

_DEFAULT = "default"
_MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
_MIRROR = "kubernetes.io/config.mirror"
_VOLUME = "kube-api-access"  # the API server appends five random characters


def account(write: Write) -> Iterator[Ruling]:
    """Name the pod's account, refuse one that does not exist, and mount its token.

    The account called default is in every namespace, since a controller makes it.
    """
    annotations = (write.object.get("metadata") or {}).get("annotations") or {}
    if not write.creates_pod or _MIRROR in annotations:
        return
    spec = write.spec
    name = spec.get("serviceAccountName") or _DEFAULT
    found = next((each for each in write.found("ServiceAccount") if metadata(each).get("name") == name), None)
    if found is None and name != _DEFAULT:
        why = (
            f"error looking up service account {write.request.namespace}/{name}: "
            f"serviceaccount {quote(name)} not found"
        )
        yield refusal(write, "access.podAccountExists", why)
        return
    spec["serviceAccountName"] = name
    automount = _automount(spec, found or {})
    if automount:
        _mount_token(spec)
    pull = (found or {}).get("imagePullSecrets")
    if pull and not spec.get("imagePullSecrets"):
        spec["imagePullSecrets"] = pull
    yield changed(write, "access.podAccountExists", spec, account=name)
    yield Ruling(rule="access.tokenMounted", holds=automount, facts={"account": name, "path": _MOUNT_PATH})


def _automount(spec: Plain, found: Plain) -> bool:
    for said in (spec.get("automountServiceAccountToken"), found.get("automountServiceAccountToken")):
        if said is not None:
            return bool(said)
    return True


def _mount_token(spec: dict[str, object]) -> None:
    """Add the token's volume, and mount it into each container that has nothing at its path."""
    mount = {"name": _VOLUME, "mountPath": _MOUNT_PATH, "readOnly": True}
    bare = [
        each
        for each in containers.of(spec)
        if all(own.get("mountPath") != _MOUNT_PATH for own in each.get("volumeMounts") or ())
    ]
    for each in bare:
        each["volumeMounts"] = [*(each.get("volumeMounts") or ()), mount]
    if bare:
        volumes = spec.get("volumes") or []
        spec["volumes"] = [*(volumes if isinstance(volumes, list) else ()), _token_volume()]


def _token_volume() -> Plain:
    sources = [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}},
    ]
    return {"name": _VOLUME, "projected": {"sources": sources}}

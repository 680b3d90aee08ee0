"""TLS: which certificate answers, and who is sent to https.

Source: kubernetes.io/docs/concepts/services-networking/ingress/#tls (v1.36) and
kubernetes.github.io/ingress-nginx/user-guide/tls.
"""

from collections.abc import Iterable

from ontology.cluster.ingress import Ingress
from ontology.semantics.ingress import hosts
from ontology.semantics.ingress.ages import oldest_first
from ontology.semantics.ingress.canary import is_true


def secret(ingresses: Iterable[Ingress], host: str) -> str | None:
    """Return the Secret (`namespace/name`) whose certificate answers for a host, if any."""
    listed: dict[str, str] = {}
    for ingress in oldest_first(ingresses):
        for entry in ingress.spec.tls or ():
            # an entry without hosts is for every host
            for covered in (entry.hosts or ("",)) if entry.secret_name else ():
                listed.setdefault(covered, f"{ingress.namespace}/{entry.secret_name}")
    name = hosts.chosen(listed, host)
    return None if name is None else listed[name]


def redirects(ingress: Ingress, *, certified: bool) -> bool:
    """Whether a plain request is sent to https: where there is a certificate, unless told otherwise."""
    if is_true(ingress, "force-ssl-redirect"):
        return True
    return certified and is_true(ingress, "ssl-redirect") is not False

"""TLS: which certificate answers, and who is sent to https.

Source: kubernetes.io/docs/concepts/services-networking/ingress/#tls (v1.36) and
kubernetes.github.io/ingress-nginx/user-guide/tls.
"""

from collections.abc import Iterable

from ontology.cluster.ingress import Ingress
from ontology.semantics.ingress import hosts
from ontology.semantics.ingress.canary import PREFIX


def secret(ingresses: Iterable[Ingress], host: str) -> str | None:
    """Return the Secret (`namespace/name`) whose certificate answers for a host, if any."""
    listed = {
        name: f"{ingress.namespace}/{entry.secret_name}"
        for ingress in ingresses
        for entry in ingress.spec.tls or ()
        if entry.secret_name
        # an entry without hosts is for every host
        for name in entry.hosts or ("",)
    }
    name = hosts.chosen(listed, host)
    return None if name is None else listed[name]


def redirects(ingress: Ingress, *, certified: bool) -> bool:
    """Whether a plain request is sent to https: where there is a certificate, unless told otherwise."""
    marks = ingress.metadata.annotations or {}
    if marks.get(PREFIX + "force-ssl-redirect") == "true":
        return True
    return certified and marks.get(PREFIX + "ssl-redirect") != "false"

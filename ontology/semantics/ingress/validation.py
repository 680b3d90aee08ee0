"""What the API server refuses in an Ingress, beyond wrong fields and types.

Source: kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1 (v1.36).
"""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import NoReturn

from ontology.cluster import manifests
from ontology.cluster.ingress import HTTPIngressPath, Ingress, IngressBackend
from ontology.errors import InvalidObjectError
from ontology.scenario import Scenario
from ontology.semantics.ingress.classes import LEGACY

_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_HOST = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*")
# what would change under the hands of a server that tidies a path up
_UNTIDY = ("//", "/./", "/../", "%2f", "%2F")
_UNTIDY_ENDS = ("/..", "/.")


def check(scenario: Scenario) -> None:
    """Check every Ingress among the objects.

    Raises:
        InvalidObjectError: what the API would refuse, at its path.
    """
    for where, ingress in manifests.located(scenario.manifests, Ingress):
        at = f"{where}.spec"
        annotated = (ingress.metadata.annotations or {}).get(LEGACY)
        if annotated is not None and ingress.spec.ingress_class_name is not None:
            _refuse(
                f"{where}.metadata.annotations", f"{LEGACY} can not be set when the class field is also set"
            )
        if ingress.spec.default_backend is not None:
            _backend(ingress.spec.default_backend, f"{at}.defaultBackend")
        elif not ingress.spec.rules:
            _refuse(at, "either `defaultBackend` or `rules` must be specified")
        for index, rule in enumerate(ingress.spec.rules or ()):
            _host(rule.host, f"{at}.rules[{index}].host")
        for path, each in _paths(ingress, at):
            _path(each, path)
            _backend(each.backend, f"{path}.backend")


def _paths(ingress: Ingress, at: str) -> Iterator[tuple[str, HTTPIngressPath]]:
    for index, rule in enumerate(ingress.spec.rules or ()):
        for number, each in enumerate((rule.http.paths if rule.http else None) or ()):
            yield f"{at}.rules[{index}].http.paths[{number}]", each


def _host(host: str, path: str) -> None:
    if not host:
        return
    if _is_address(host):
        _refuse(path, f'must be a DNS name, not an IP address: "{host}"')
    if not _HOST.fullmatch(host) or (host.startswith("*") and host.count(".") < 2):  # noqa: PLR2004 - *.foo.com
        _refuse(path, f'must be a lower-case DNS name; `*` may only be its whole first label: "{host}"')


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _path(each: HTTPIngressPath, path: str) -> None:
    if not each.path_type:
        _refuse(f"{path}.pathType", "pathType must be specified")
    if each.path_type not in _TYPES:
        listed = ", ".join(f'"{known}"' for known in _TYPES)
        _refuse(f"{path}.pathType", f'unsupported value: "{each.path_type}": supported values: {listed}')
    if each.path and not each.path.startswith("/"):
        _refuse(f"{path}.path", f'must be an absolute path: "{each.path}"')
    if each.path_type == "ImplementationSpecific":
        return
    if not each.path:
        _refuse(f"{path}.path", f"must be specified for pathType {each.path_type}")
    untidy = next((bad for bad in _UNTIDY if bad in each.path), None)
    untidy = untidy or next((bad for bad in _UNTIDY_ENDS if each.path.endswith(bad)), None)
    if untidy is not None:
        _refuse(f"{path}.path", f'must not contain "{untidy}": "{each.path}"')


def _backend(backend: IngressBackend, path: str) -> None:
    if (backend.service is None) == (backend.resource is None):
        _refuse(path, "exactly one of `service` and `resource` must be specified")
    if backend.service is None:
        return
    if not backend.service.name:
        _refuse(f"{path}.service.name", "must be specified")
    port = backend.service.port
    if bool(port.name) == bool(port.number):
        _refuse(f"{path}.service.port", "exactly one of `name` and `number` must be specified")


def _refuse(path: str, message: str) -> NoReturn:
    raise InvalidObjectError(message, path=path)

"""Name constraints: for which names an authority may sign, as the API server's TLS library checks them.

They bind the alternative names of a certificate, never its common name: a client certificate without such
names is free of them.

Source: pkg.go.dev/crypto/x509#Certificate (PermittedDNSDomains and the like); RFC 5280, 4.2.1.10.
"""

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509


def are_known(value: object) -> bool:
    """Whether an extension, if it is of name constraints, has only such as are checked."""
    if not isinstance(value, x509.NameConstraints):
        return True
    subtrees = (*(value.permitted_subtrees or ()), *(value.excluded_subtrees or ()))
    return all(isinstance(each, tuple(_KINDS)) for each in subtrees)


def broken(constraints: x509.NameConstraints, names: x509.SubjectAlternativeName) -> str | None:
    """Return which name is forbidden and why, in the library's words; None where all are allowed."""
    for name in names:
        found = _KINDS.get(type(name))
        why = None if found is None else _forbidden(name, constraints, *found)
        if why is not None:
            return why
    return None


def _forbidden(
    name: Any, constraints: x509.NameConstraints, noun: str, matches: Callable[[Any, Any], bool]
) -> str | None:
    def of_kind(subtrees: Any) -> list[Any]:
        return [each.value for each in subtrees or () if isinstance(each, type(name))]

    told = f'{noun} "{name.value}"'
    for each in of_kind(constraints.excluded_subtrees):
        if matches(name.value, each):
            return f'{told} is excluded by constraint "{each}"'
    permitted = of_kind(constraints.permitted_subtrees)
    if permitted and not any(matches(name.value, each) for each in permitted):
        return f"{told} is not permitted by any constraint"
    return None


def _in_domain(domain: str, constraint: str) -> bool:
    """Whether a domain is the constraint's or under it; a leading period asks for one under it."""
    if not constraint:
        return True
    wanted = constraint.removeprefix(".").casefold().split(".")
    labels = domain.casefold().split(".")
    longer = constraint.startswith(".")
    return labels[-len(wanted) :] == wanted and len(labels) >= len(wanted) + longer


def _mailbox(address: str, constraint: str) -> bool:
    local, _, domain = address.rpartition("@")
    if "@" in constraint:
        own, _, where = constraint.rpartition("@")
        return local == own and domain.casefold() == where.casefold()
    return _in_domain(domain, constraint)


def _address(address: Any, network: IPv4Network | IPv6Network) -> bool:
    return address.version == network.version and address in network


def _uri(uri: str, constraint: str) -> bool:
    try:
        host = urlsplit(uri).hostname or ""
    except ValueError:
        return False
    return bool(host) and not _is_address(host) and _in_domain(host, constraint)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


_KINDS: dict[type[x509.GeneralName], tuple[str, Callable[[Any, Any], bool]]] = {
    x509.RFC822Name: ("email address", _mailbox),
    x509.DNSName: ("DNS name", _in_domain),
    x509.UniformResourceIdentifier: ("URI", _uri),
    x509.IPAddress: ("IP address", _address),
}

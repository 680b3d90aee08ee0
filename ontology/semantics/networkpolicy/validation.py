"""What the API server refuses in a policy, beyond wrong fields and types.

Source: kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1 (v1.36).
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import NoReturn

from ontology.cluster import manifests
from ontology.cluster.networkpolicies import IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort
from ontology.errors import InvalidObjectError
from ontology.scenario import Scenario

_PROTOCOLS = ("TCP", "UDP", "SCTP")
_TYPES = ("Ingress", "Egress")
_PORTS = range(1, 65536)


def check(scenario: Scenario) -> None:
    """Check every policy among the objects.

    Raises:
        InvalidObjectError: what the API would refuse, at its path.
    """
    for where, policy in manifests.located(scenario.manifests, NetworkPolicy):
        at = f"{where}.spec"
        for index, each in enumerate(policy.spec.policy_types or ()):
            if each not in _TYPES:
                _refuse(f"{at}.policyTypes[{index}]", f'unsupported value: "{each}": {_listed(_TYPES)}')
        for path, peers, ports in _rules(policy, at):
            direction = "from" if ".ingress[" in path else "to"
            for index, peer in enumerate(peers):
                _peer(peer, f"{path}.{direction}[{index}]")
            for index, port in enumerate(ports):
                _port(port, f"{path}.ports[{index}]")


def _rules(
    policy: NetworkPolicy, at: str
) -> Iterator[tuple[str, Sequence[NetworkPolicyPeer], Sequence[NetworkPolicyPort]]]:
    for index, inward in enumerate(policy.spec.ingress or ()):
        yield f"{at}.ingress[{index}]", inward.from_ or (), inward.ports or ()
    for index, outward in enumerate(policy.spec.egress or ()):
        yield f"{at}.egress[{index}]", outward.to or (), outward.ports or ()


def _peer(peer: NetworkPolicyPeer, path: str) -> None:
    selected = peer.pod_selector is not None or peer.namespace_selector is not None
    if peer.ip_block is not None and selected:
        _refuse(path, "may not specify both ipBlock and another peer")
    if peer.ip_block is None and not selected:
        _refuse(path, "must specify a peer")
    if peer.ip_block is not None:
        _block(peer.ip_block, f"{path}.ipBlock")


def _block(block: IPBlock, path: str) -> None:
    around = _network(block.cidr, f"{path}.cidr")
    for index, each in enumerate(block.except_ or ()):
        inner = _network(each, f"{path}.except[{index}]")
        # a range is a strict part of another when it lies in it and is smaller
        within = inner.version == around.version and inner.prefixlen > around.prefixlen
        if not within or inner.network_address not in around:
            _refuse(f"{path}.except[{index}]", f'must be a strict subset of cidr: "{each}" of "{block.cidr}"')


def _network(text: str, path: str) -> IPv4Network | IPv6Network:
    # the API wants the length of the prefix: neither a bare address nor a mask of bits
    if not text.partition("/")[2].isdecimal():
        _refuse(path, f'must be a valid CIDR value: "{text}"')
    try:
        return ip_network(text, strict=False)
    except ValueError:
        _refuse(path, f'must be a valid CIDR value: "{text}"')


def _port(port: NetworkPolicyPort, path: str) -> None:
    if (port.protocol or "TCP") not in _PROTOCOLS:
        _refuse(f"{path}.protocol", f'unsupported value: "{port.protocol}": {_listed(_PROTOCOLS)}')
    if isinstance(port.port, int) and port.port not in _PORTS:
        _refuse(f"{path}.port", f"{port.port}: must be between 1 and 65535, inclusive")
    if port.end_port is None:
        return
    if not isinstance(port.port, int):
        _refuse(f"{path}.endPort", "may not be specified when `port` is non-numeric or missing")
    if port.end_port not in _PORTS:
        _refuse(f"{path}.endPort", f"{port.end_port}: must be between 1 and 65535, inclusive")
    if port.end_port < port.port:
        _refuse(f"{path}.endPort", f"{port.end_port}: must be greater than or equal to `port`")


def _listed(values: Sequence[str]) -> str:
    return "supported values: " + ", ".join(f'"{each}"' for each in values)


def _refuse(path: str, message: str) -> NoReturn:
    raise InvalidObjectError(message, path=path)

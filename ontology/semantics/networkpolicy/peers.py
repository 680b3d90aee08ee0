"""Peers and ports: whom a rule of a policy means.

Source: kubernetes.io/docs/concepts/services-networking/network-policies (v1.36).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from ontology.cluster.networkpolicies import IPBlock, NetworkPolicyPeer, NetworkPolicyPort
from ontology.cluster.pods import Pod
from ontology.errors import InvalidObjectError
from ontology.selectors import matches

NAMESPACE_NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True, slots=True)
class End:
    """One end of a connection: a pod, or an address outside of which nothing else is known."""

    pod: Pod | None
    ip: IPv4Address | IPv6Address | None

    def __str__(self) -> str:
        return f"{self.pod.namespace}/{self.pod.name}" if self.pod is not None else str(self.ip)

    @property
    def on_host_network(self) -> bool:
        """Whether the pod shares its node's address, which policies cannot tell from the node."""
        return self.pod is not None and self.pod.spec.host_network


def of_pod(pod: Pod) -> End:
    """Return a pod as an end; one without an address has none to match an `ipBlock`."""
    text = pod.status.pod_ip or next((each.ip for each in pod.status.pod_ips or ()), "")
    return End(pod, ip_address(text) if text else None)


def is_meant(
    peer: NetworkPolicyPeer, end: End, *, namespace: str, labels: Mapping[str, Mapping[str, str]]
) -> bool:
    """Whether a peer of a policy in `namespace` means this end; `labels` are those of each namespace.

    Both selectors together mean pods that match in namespaces that match; the pod selector alone looks
    only into the policy's own namespace.

    Raises:
        InvalidObjectError: a CIDR or selector that the API would refuse.
    """
    if peer.ip_block is not None:
        return end.ip is not None and in_block(peer.ip_block, end.ip)
    if end.pod is None or end.on_host_network:
        return False
    if peer.namespace_selector is None:
        here = end.pod.namespace == namespace
    else:
        own = {NAMESPACE_NAME: end.pod.namespace, **labels.get(end.pod.namespace, {})}
        here = matches(peer.namespace_selector, own)
    return here and (peer.pod_selector is None or matches(peer.pod_selector, end.pod.labels))


def in_block(block: IPBlock, ip: IPv4Address | IPv6Address) -> bool:
    """Whether an address lies in a block and in none of its exceptions.

    Raises:
        InvalidObjectError: not a CIDR.
    """
    try:
        return ip in ip_network(block.cidr) and not any(
            ip in ip_network(each) for each in block.except_ or ()
        )
    except ValueError as error:
        raise InvalidObjectError(f"`ipBlock`: {error}") from error


def is_port(rule: NetworkPolicyPort, port: int, protocol: str, target: End) -> bool:
    """Whether a rule covers a port of the target; a name is looked up in the target's containers."""
    if (rule.protocol or "TCP") != protocol:
        return False
    if rule.port is None:
        return True
    if isinstance(rule.port, int):
        return rule.port <= port <= (rule.end_port or rule.port)
    containers = (target.pod.spec.containers or ()) if target.pod is not None else ()
    return any(
        each.name == rule.port and each.container_port == port and (each.protocol or "TCP") == protocol
        for container in containers
        for each in container.ports or ()
    )

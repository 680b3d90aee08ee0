"""Peers and ports: whom a rule of a policy means.

Source: kubernetes.io/docs/concepts/services-networking/network-policies (v1.36).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from ontology.cluster.networkpolicies import IPBlock, NetworkPolicyPeer, NetworkPolicyPort
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Container, Pod
from ontology.errors import InvalidObjectError
from ontology.selectors import matches

NAMESPACE_NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True, slots=True)
class End:
    """One end of a connection: a pod, a node, or an address of which nothing else is known.

    `ip` is None for a pod without one and for a client outside that does not say where. `node` names the node
    whose network the end uses: its own, or that of a pod with `hostNetwork`.
    """

    pod: Pod | None
    ip: IPv4Address | IPv6Address | None
    node: str = ""

    def __str__(self) -> str:
        if self.pod is not None:
            return f"{self.pod.namespace}/{self.pod.name}"
        return f"node/{self.node}" if self.node else str(self.ip or "external")

    @property
    def on_host_network(self) -> bool:
        """Whether the pod shares its node's address, which policies cannot tell from the node."""
        return self.pod is not None and self.pod.spec.host_network


def of_pod(pod: Pod) -> End:
    """Return a pod as an end; one without an address has none to match an `ipBlock`.

    Raises:
        InvalidObjectError: an address that is none.
    """
    text = pod.status.pod_ip or next((each.ip for each in pod.status.pod_ips or ()), "")
    node = pod.spec.node_name if pod.spec.host_network else ""
    return End(pod, _address(text, f"{pod.namespace}/{pod.name}: status.podIP"), node)


def of_node(node: Node) -> End:
    """Return a node as an end, by its first internal address."""
    listed = [each.address for each in node.status.addresses or () if each.type == "InternalIP"]
    return End(None, _address(next(iter(listed), ""), f"{node.name}: status.addresses"), node.name)


def _address(text: str, path: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text) if text else None
    except ValueError as error:
        raise InvalidObjectError(f"`{text}` is not an IP address", path=path) from error


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
        return covers_all(peer.ip_block) if end.ip is None else in_block(peer.ip_block, end.ip)
    if end.pod is None or end.on_host_network:
        return False
    if peer.namespace_selector is None:
        here = end.pod.namespace == namespace
    else:
        own = {NAMESPACE_NAME: end.pod.namespace, **labels.get(end.pod.namespace, {})}
        here = matches(peer.namespace_selector, own)
    return here and (peer.pod_selector is None or matches(peer.pod_selector, end.pod.labels))


def covers_all(block: IPBlock) -> bool:
    """Whether a block covers every address of its family, and so also one that is not told.

    Raises:
        InvalidObjectError: not a CIDR.
    """
    return _network(block.cidr).prefixlen == 0 and not block.except_


def _network(cidr: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(cidr, strict=False)
    except ValueError as error:
        raise InvalidObjectError(f"`ipBlock`: {error}") from error


def in_block(block: IPBlock, ip: IPv4Address | IPv6Address) -> bool:
    """Whether an address lies in a block and in none of its exceptions.

    Raises:
        InvalidObjectError: not a CIDR.
    """
    return ip in _network(block.cidr) and not any(ip in _network(each) for each in block.except_ or ())


def is_port(rule: NetworkPolicyPort, port: int, protocol: str, target: End) -> bool:
    """Whether a rule covers a port of the target; a name is looked up in the target's containers."""
    if (rule.protocol or "TCP") != protocol:
        return False
    if rule.port is None:
        return True
    if isinstance(rule.port, int):
        return rule.port <= port <= (rule.end_port or rule.port)
    containers = _listening(target.pod) if target.pod is not None else ()
    return any(
        each.name == rule.port and each.container_port == port and (each.protocol or "TCP") == protocol
        for container in containers
        for each in container.ports or ()
    )


def _listening(pod: Pod) -> Iterator[Container]:
    yield from pod.spec.containers or ()
    # of the init containers only sidecars live long enough to be connected to
    yield from (c for c in pod.spec.init_containers or () if c.restart_policy == "Always")

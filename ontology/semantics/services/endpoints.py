"""Endpoint slices: which pods stand behind a Service, on which ports, and in what state.

Source: kubernetes.io/docs/concepts/services-networking/endpoint-slices and .../service (v1.36).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from ontology.cluster.nodes import Node
from ontology.cluster.pods import Container, Pod
from ontology.cluster.services import Service, ServicePort
from ontology.readiness import is_finished, is_ready, is_terminating
from ontology.selectors import matches_all

ZONE = "topology.kubernetes.io/zone"


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a slice, after the Service's target port is resolved against a pod."""

    name: str
    port: int
    protocol: str
    app_protocol: str | None

    def as_json(self) -> dict[str, Any]:
        """The shape of the verdict."""
        return {
            "appProtocol": self.app_protocol,
            "name": self.name,
            "port": self.port,
            "protocol": self.protocol,
        }


@dataclass(frozen=True, slots=True)
class Backend:
    """One pod behind a Service. `ready` is what receives traffic; the other two stay honest."""

    pod: Pod
    ip: str
    node: str | None
    zone: str | None
    ready: bool
    serving: bool
    terminating: bool
    hostname: str | None

    def as_json(self) -> dict[str, Any]:
        """The shape of the verdict."""
        return {
            "ip": self.ip,
            "pod": f"{self.pod.namespace}/{self.pod.name}",
            "node": self.node,
            "zone": self.zone,
            "ready": self.ready,
            "serving": self.serving,
            "terminating": self.terminating,
            "hostname": self.hostname,
        }


class PodIndex:
    """Pods by namespace and label, so that a Service looks only at the rarest of its labels."""

    def __init__(self, pods: Sequence[Pod]) -> None:
        self._by_label: dict[tuple[str, str, str], list[Pod]] = defaultdict(list)
        for pod in pods:
            for key, value in pod.labels.items():
                self._by_label[pod.namespace, key, value].append(pod)

    def selected(self, namespace: str, selector: Mapping[str, str]) -> list[Pod]:
        """Return the pods of `namespace` with all labels of a selector that is not empty."""
        rarest = min((self._by_label.get((namespace, k, v), []) for k, v in selector.items()), key=len)
        return [pod for pod in rarest if matches_all(selector, pod.labels)]


def makes_slices(service: Service) -> bool:
    """Whether the controller makes slices: not without a selector, and never for ExternalName."""
    return bool(service.spec.selector) and service.spec.type != "ExternalName"


def address(pod: Pod) -> str | None:
    """Return the pod's first IPv4 address, None without one.

    Where `podIP` and the first of `podIPs` differ, the API keeps `podIP` alone.
    """
    one = pod.status.pod_ip
    listed = [each.ip for each in pod.status.pod_ips or ()]
    if one and listed[:1] != [one]:
        listed = [one]
    return next((ip for ip in listed if _is_ipv4(ip)), None)


def _is_ipv4(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def backend(service: Service, pod: Pod, nodes: Mapping[str, Node]) -> Backend | None:
    """Return the endpoint of a selected pod, None where it has no place in a slice."""
    ip = address(pod)
    node = nodes.get(pod.spec.node_name)
    publish = service.spec.publish_not_ready_addresses
    if ip is None or is_finished(pod) or (node is None and not publish):
        return None
    serving, terminating = is_ready(pod), is_terminating(pod)
    named = pod.spec.hostname and pod.spec.subdomain == service.name
    return Backend(
        pod=pod,
        ip=ip,
        node=pod.spec.node_name or None,
        zone=(node.labels.get(ZONE) or None) if node else None,
        ready=publish or (serving and not terminating),
        serving=serving,
        terminating=terminating,
        hostname=pod.spec.hostname if named else None,
    )


def ports(service: Service, pod: Pod) -> tuple[Port, ...]:
    """Return the Service's ports as this pod offers them; a named port it lacks is left out."""
    found = (
        Port(each.name, number, each.protocol, each.app_protocol)
        for each in service.spec.ports or ()
        if (number := target(each, pod)) is not None
    )
    return tuple(sorted(found, key=lambda p: (p.name, p.port, p.protocol)))


def target(port: ServicePort, pod: Pod) -> int | None:
    """Return the pod's port number behind a Service port; None when no container names it."""
    wanted = port.target_port
    if not wanted:
        return port.port
    if isinstance(wanted, int):
        return wanted
    return next(
        (
            each.container_port
            for container in _port_containers(pod)
            for each in container.ports or ()
            if each.name == wanted and (each.protocol or "TCP") == port.protocol
        ),
        None,
    )


def _port_containers(pod: Pod) -> Iterator[Container]:
    yield from pod.spec.containers or ()
    # of the init containers only sidecars live long enough to be reached
    yield from (c for c in pod.spec.init_containers or () if c.restart_policy == "Always")


Slices = dict[tuple[Port, ...], list[Backend]]


def slices(service: Service, pods: PodIndex, nodes: Mapping[str, Node]) -> Slices | None:
    """Return the backends by their set of ports, None where the controller makes no slices."""
    if not makes_slices(service) or service.spec.selector is None:
        return None
    found: Slices = defaultdict(list)
    for pod in pods.selected(service.namespace, service.spec.selector):
        endpoint = backend(service, pod, nodes)
        if endpoint is not None:
            found[ports(service, pod)].append(endpoint)
    return found


def any_ready(found: Slices) -> bool:
    """Whether at least one backend receives traffic."""
    return any(backend.ready for backends in found.values() for backend in backends)

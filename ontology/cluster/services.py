"""Services and the endpoints behind them.

Source: kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1 (v1.36).
"""

from typing import Any, ClassVar

from ontology.cluster.meta import IntOrString, KubeObject, ObjectReference, Part, field


class ServicePort(Part, frozen=True):
    name: str = ""
    port: int = 0
    protocol: str = "TCP"
    target_port: IntOrString = 0
    node_port: int = 0
    app_protocol: str | None = None


class ServiceSpec(Part, frozen=True):
    type: str = "ClusterIP"
    selector: dict[str, str] | None = None
    ports: list[ServicePort] | None = None
    cluster_ip: str = field(default="", name="clusterIP")
    cluster_ips: list[str] | None = field(default=None, name="clusterIPs")
    external_ips: list[str] | None = field(default=None, name="externalIPs")
    external_name: str = ""
    publish_not_ready_addresses: bool = False
    session_affinity: str = "None"
    session_affinity_config: dict[str, Any] | None = None
    external_traffic_policy: str = "Cluster"
    internal_traffic_policy: str = "Cluster"
    traffic_distribution: str | None = None
    ip_families: list[str] | None = None
    allocate_load_balancer_node_ports: bool = True
    load_balancer_source_ranges: list[str] | None = None
    health_check_node_port: int = 0


class LoadBalancerIngress(Part, frozen=True):
    ip: str = ""
    hostname: str = ""
    ip_mode: str = "VIP"


class LoadBalancerStatus(Part, frozen=True):
    ingress: list[LoadBalancerIngress] | None = None


class ServiceStatus(Part, frozen=True):
    load_balancer: LoadBalancerStatus = LoadBalancerStatus()


class Service(KubeObject, frozen=True):
    KIND: ClassVar[str] = "Service"
    API: ClassVar[tuple[str, ...]] = ("v1",)

    spec: ServiceSpec = ServiceSpec()
    status: ServiceStatus = ServiceStatus()


class EndpointPort(Part, frozen=True):
    name: str = ""
    port: int | None = None
    protocol: str = "TCP"
    app_protocol: str | None = None


class EndpointAddress(Part, frozen=True):
    """An address of an Endpoints object (not of a slice)."""

    ip: str = ""
    hostname: str = ""
    node_name: str | None = None
    target_ref: ObjectReference | None = None


class EndpointSubset(Part, frozen=True):
    addresses: list[EndpointAddress] | None = None
    not_ready_addresses: list[EndpointAddress] | None = None
    ports: list[EndpointPort] | None = None


class Endpoints(KubeObject, frozen=True):
    KIND: ClassVar[str] = "Endpoints"
    API: ClassVar[tuple[str, ...]] = ("v1",)

    subsets: list[EndpointSubset] | None = None


class EndpointConditions(Part, frozen=True):
    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


class EndpointHints(Part, frozen=True):
    for_zones: list[dict[str, str]] | None = None
    for_nodes: list[dict[str, str]] | None = None


class Endpoint(Part, frozen=True):
    addresses: list[str] | None = None
    conditions: EndpointConditions = EndpointConditions()
    hostname: str | None = None
    node_name: str | None = None
    zone: str | None = None
    hints: EndpointHints | None = None
    target_ref: ObjectReference | None = None


class EndpointSlice(KubeObject, frozen=True):
    KIND: ClassVar[str] = "EndpointSlice"
    API: ClassVar[tuple[str, ...]] = ("discovery.k8s.io/v1",)

    address_type: str = "IPv4"
    endpoints: list[Endpoint] | None = None
    ports: list[EndpointPort] | None = None

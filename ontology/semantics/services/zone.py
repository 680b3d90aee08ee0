"""The cluster's own names: Services, their endpoints and ports, Pods.

Source: github.com/kubernetes/dns/docs/specification.md (1.1.0). A headless Service without ready
endpoints does not exist for CoreDNS, and Pods answer by address alone (its mode `pods insecure`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

from ontology.cluster.namespaces import Namespace
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.services import Endpoints, EndpointSlice, Service
from ontology.scenario import Scenario
from ontology.semantics.services.endpoints import PodIndex, slices
from ontology.semantics.services.records import Record, Response, Status, respond

# A manifest that was never sent to an API server names no address; the server will choose one.
ASSIGNED = "<assigned>"
SERVICE_NAME = "kubernetes.io/service-name"
_IPV4_DASHES = 3


@dataclass(frozen=True, slots=True)
class Addressed:
    """A ready endpoint under its name below the Service; `ports` are (name, protocol, number)."""

    host: str
    ip: str
    ports: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """What the cluster's server knows: its domain, namespaces, Services, and who stands behind each."""

    domain: str
    namespaces: frozenset[str]
    services: Mapping[tuple[str, str], Service]
    endpoints: Callable[[Service], Sequence[Addressed]]
    pods: Sequence[Pod] = ()
    nodes: Mapping[str, Node] = field(default_factory=dict)

    def labels_of(self, namespace: str, pod: str) -> list[Mapping[str, str]]:
        """Return the labels of the pod of that name, by which a Service can select it."""
        return [p.labels for p in self.pods if (p.namespace, p.name) == (namespace, pod) and p.labels]

    def covers(self, name: str) -> bool:
        """Whether the cluster's server answers for a name itself."""
        return name == self.domain or name.endswith("." + self.domain)

    def answer(self, name: str, type_: str) -> Response:
        """Answer for a full name below the cluster's domain."""
        labels = name.removesuffix(self.domain).rstrip(".").split(".")
        match labels:
            case ["dns-version"]:
                return respond([Record(name, "TXT", '"1.1.0"')], type_, "services.dnsVersion")
            case [*inner, namespace, "svc"] if namespace in self.namespaces:
                return self._service(name, inner, namespace, type_)
            case [address, namespace, "pod"] if namespace in self.namespaces:
                return self._pod(name, address, type_)
            case [namespace, "pod"] if namespace in self.namespaces:
                return Response(Status.NODATA, rule="services.dnsEmptyName")
            case ["svc"] | ["pod"] | [""]:
                return Response(Status.NODATA, rule="services.dnsEmptyName")
            case _:
                return Response(Status.NXDOMAIN)

    def _service(self, name: str, inner: list[str], namespace: str, type_: str) -> Response:
        if not inner:
            return Response(Status.NODATA, rule="services.dnsEmptyName")
        service = self.services.get((namespace, inner[-1]))
        external = service is not None and service.spec.type == "ExternalName"
        if service is None or (external and len(inner) > 1):
            return Response(Status.NXDOMAIN, rule="services.dnsNoService")
        if external and _is_address(service.spec.external_name):
            # digits and dots are taken for a name, and no server knows such a name
            return Response(Status.NXDOMAIN, rule="services.dnsExternalName")
        if external:
            alias = Record(name, "CNAME", service.spec.external_name.rstrip(".").lower())
            return Response(Status.NOERROR, (alias,), rule="services.dnsExternalName")
        return self._below(name, service, inner[:-1], type_)

    def _below(self, name: str, service: Service, inner: list[str], type_: str) -> Response:
        match inner:
            case []:
                return self._addresses(name, service, type_)
            case [port, protocol] if port.startswith("_") and protocol.startswith("_"):
                return self._ports(name, service, port[1:], protocol[1:], type_)
            case [endpoint]:
                found = [_address(name, e.ip) for e in self.endpoints(service) if e.host == endpoint]
                return respond(found, type_, "services.dnsEndpointName")
            case _:
                return Response(Status.NXDOMAIN)

    def _addresses(self, name: str, service: Service, type_: str) -> Response:
        if service.spec.cluster_ip == "None":
            ready = dict.fromkeys(each.ip for each in self.endpoints(service))
            return respond([_address(name, ip) for ip in ready], type_, "services.dnsHeadless")
        addresses = cluster_ips(service)
        if not addresses:
            return respond([Record(name, "A", ASSIGNED)], type_, "services.dnsNoAddress")
        return respond([_address(name, ip) for ip in addresses], type_, "services.dnsClusterIP")

    def _ports(self, name: str, service: Service, port: str, protocol: str, type_: str) -> Response:
        own = name.split(".", 2)[2]
        if not port:
            return Response(Status.NXDOMAIN, rule="services.dnsPort")  # unnamed ports have no record
        wanted = (port, protocol)
        if service.spec.cluster_ip == "None":
            targets = {
                f"{number} {each.host}.{own}"
                for each in self.endpoints(service)
                for name_, spoken, number in each.ports
                if (name_, spoken.lower()) == wanted
            }
        else:
            ports = service.spec.ports or ()
            targets = {f"{p.port} {own}" for p in ports if (p.name, p.protocol.lower()) == wanted}
        # priority 0; the weight is shared out among the targets
        records = [Record(name, "SRV", f"0 {100 // len(targets)} {each}") for each in sorted(targets)]
        return respond(records, type_, "services.dnsPort")

    def _pod(self, name: str, address: str, type_: str) -> Response:
        text = address.replace(
            "-", "." if address.count("-") == _IPV4_DASHES and "--" not in address else ":"
        )
        if not _is_address(text):
            return Response(Status.NXDOMAIN)
        return respond([_address(name, str(ip_address(text)))], type_, "services.dnsPod")

    def reverse(self, name: str, type_: str) -> Response | None:
        """Answer for the name of an address, None where the address is none of the cluster's.

        A cluster IP leads to its Service, the address of a headless Service's ready endpoint to the endpoint.
        """
        ip = _reversed(name)
        if ip is None:
            return None
        services = self.services.values()
        owner = next((s for s in services if ip in cluster_ips(s)), None)
        if owner is not None:
            return respond([Record(name, "PTR", self._full(owner))], type_, "services.dnsReverse")
        found = [
            Record(name, "PTR", f"{each.host}.{self._full(service)}")
            for service in services
            if service.spec.cluster_ip == "None"
            for each in self.endpoints(service)
            if each.ip == ip
        ]
        return respond(found, type_, "services.dnsReverse") if found else None

    def _full(self, service: Service) -> str:
        return f"{service.name}.{service.namespace}.svc.{self.domain}"


def zone_of(scenario: Scenario, domain: str) -> Zone:
    """Return what the cluster's server knows of a scenario; a namespace that an object lies in exists."""
    services, pods = scenario.all(Service), scenario.all(Pod)
    named = {each.name for each in scenario.all(Namespace)}
    implied = {each.namespace for each in (*services, *pods)}
    return Zone(
        domain=domain.lower(),
        namespaces=frozenset(named | implied),
        services={(s.namespace, s.name): s for s in services},
        endpoints=directory(
            pods=pods,
            nodes=scenario.all(Node),
            made_slices=scenario.all(EndpointSlice),
            made_endpoints=scenario.all(Endpoints),
        ),
        pods=pods,
        nodes={node.name: node for node in scenario.all(Node)},
    )


def cluster_ips(service: Service) -> list[str]:
    """Return a Service's own addresses, of both families; none for a headless one."""
    listed = service.spec.cluster_ips or [service.spec.cluster_ip]
    return [ip for ip in listed if ip not in {"", "None"}]


def _address(name: str, ip: str) -> Record:
    return Record(name, "AAAA" if ":" in ip else "A", ip)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _reversed(name: str) -> str | None:
    """Return the address that a name below in-addr.arpa or ip6.arpa stands for."""
    labels = name.split(".")
    match labels[-2:]:
        case ["in-addr", "arpa"]:
            text = ".".join(reversed(labels[:-2]))
        case ["ip6", "arpa"]:
            digits = "".join(reversed(labels[:-2]))
            text = ":".join(digits[i : i + 4] for i in range(0, len(digits), 4))
        case _:
            return None
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def directory(
    *,
    pods: Sequence[Pod],
    nodes: Sequence[Node],
    made_slices: Sequence[EndpointSlice],
    made_endpoints: Sequence[Endpoints],
) -> Callable[[Service], list[Addressed]]:
    """Return who stands behind a Service: what the controller makes, and what users made by hand."""
    index, by_name = PodIndex(pods), {node.name: node for node in nodes}

    def endpoints(service: Service) -> list[Addressed]:
        return [
            *_selected(service, index, by_name),
            *(each for made in made_slices for each in _of_slice(made, service)),
            *(each for made in made_endpoints for each in _of_endpoints(made, service)),
        ]

    return endpoints


def _selected(service: Service, index: PodIndex, nodes: Mapping[str, Node]) -> Iterator[Addressed]:
    for ports, backends in (slices(service, index, nodes) or {}).items():
        shown = tuple((p.name, p.protocol, p.port) for p in ports)
        for each in sorted(backends, key=lambda b: b.pod.name):
            if each.ready:
                yield Addressed(each.hostname or dashed(each.ip), each.ip, shown)


def dashed(ip: str) -> str:
    """Return the name of an endpoint that has none of its own: its address with dashes."""
    return ip.replace(".", "-").replace(":", "-")


def _of_slice(made: EndpointSlice, service: Service) -> Iterator[Addressed]:
    if (made.namespace, made.labels.get(SERVICE_NAME)) != (service.namespace, service.name):
        return
    ports = tuple((p.name, p.protocol, p.port or 0) for p in made.ports or ())
    for each in made.endpoints or ():
        if each.conditions.ready is not False:  # absent means ready
            for ip in each.addresses or ():
                yield Addressed(each.hostname or dashed(ip), ip, ports)


def _of_endpoints(made: Endpoints, service: Service) -> Iterator[Addressed]:
    # with a selector the controller owns the Endpoints object of that name
    if (made.namespace, made.name) != (service.namespace, service.name) or service.spec.selector:
        return
    for subset in made.subsets or ():
        ports = tuple((p.name, p.protocol, p.port or 0) for p in subset.ports or ())
        for address in subset.addresses or ():
            yield Addressed(address.hostname or dashed(address.ip), address.ip, ports)

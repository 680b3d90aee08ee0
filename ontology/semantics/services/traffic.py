"""Traffic: which endpoints kube-proxy lets a Service's packet go to, seen from one node.

Source: kubernetes.io/docs/reference/networking/virtual-ips, concepts/services-networking/
service-traffic-policy, .../service/#traffic-distribution (v1.36), KEP-3015 (PreferSameZone, PreferSameNode).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ontology.cluster.services import (
    EndpointAddress,
    EndpointHints,
    Endpoints,
    EndpointSlice,
    Service,
    ServicePort,
)
from ontology.semantics.services.endpoints import Backend, Slices
from ontology.semantics.services.topology import is_auto
from ontology.semantics.services.zone import SERVICE_NAME


class Mode(StrEnum):
    """How kube-proxy programs the node; the choice of endpoints is the same, the draw differs."""

    IPTABLES = "iptables"
    IPVS = "ipvs"
    NFTABLES = "nftables"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An endpoint behind one port of a Service; `pod` is `namespace/name`, empty where made by hand."""

    ip: str
    port: int
    node: str | None
    zone: str | None
    ready: bool
    serving: bool
    terminating: bool
    pod: str = ""
    # the nodes and the zones that a topology hint gives it to
    for_nodes: frozenset[str] = frozenset()
    for_zones: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.ip}:{self.port}"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is left after one rule of kube-proxy; `rule` names the rule that narrowed the endpoints."""

    rule: str
    left: tuple[Candidate, ...]
    dropped: tuple[Candidate, ...]


def candidates(
    service: Service,
    port: ServicePort,
    found: Slices | None,
    made_slices: Iterable[EndpointSlice],
    made_endpoints: Iterable[Endpoints] = (),
) -> list[Candidate]:
    """Return all endpoints of one port, ready or not, sorted by address."""
    listed = [
        *_selected(service, port, found or {}),
        *_of_slices(service, port, made_slices),
        *_of_endpoints(service, port, made_endpoints),
    ]
    return sorted(dict.fromkeys(listed), key=lambda c: (c.ip, c.port))


def _selected(service: Service, port: ServicePort, found: Slices) -> Iterator[Candidate]:
    for targets, backends in found.items():
        for target in targets:
            if (target.name, target.protocol) == (port.name, port.protocol):
                for each in backends:
                    nodes, zones = _wished(service, each)
                    yield Candidate(
                        ip=each.ip,
                        port=target.port,
                        node=each.node,
                        zone=each.zone,
                        ready=each.ready,
                        serving=each.serving,
                        terminating=each.terminating,
                        pod=f"{each.pod.namespace}/{each.pod.name}",
                        for_nodes=nodes,
                        for_zones=zones,
                    )


def _wished(service: Service, backend: Backend) -> tuple[frozenset[str], frozenset[str]]:
    """Return the hints that the controller writes for the Service's traffic distribution: nodes and zones."""
    wish = None if is_auto(service) else service.spec.traffic_distribution
    zones = frozenset({backend.zone} if wish in _NEAR and backend.zone else ())
    nodes = frozenset({backend.node} if wish == "PreferSameNode" and backend.node else ())
    return nodes, zones


_NEAR = ("PreferSameNode", "PreferSameZone", "PreferClose")


def _of_slices(service: Service, port: ServicePort, made: Iterable[EndpointSlice]) -> Iterator[Candidate]:
    for slice_ in made:
        if (slice_.namespace, slice_.labels.get(SERVICE_NAME)) != (service.namespace, service.name):
            continue
        for target in slice_.ports or ():
            if (target.name, target.protocol) == (port.name, port.protocol):
                for each in slice_.endpoints or ():
                    conditions = each.conditions
                    ready = conditions.ready is not False  # absent means ready
                    for ip in each.addresses or ():
                        yield Candidate(
                            ip=ip,
                            port=target.port or 0,
                            node=each.node_name,
                            zone=each.zone,
                            ready=ready,
                            serving=ready if conditions.serving is None else conditions.serving,
                            terminating=bool(conditions.terminating),
                            for_nodes=_hinted(each.hints, "for_nodes"),
                            for_zones=_hinted(each.hints, "for_zones"),
                        )


def _hinted(hints: EndpointHints | None, member: str) -> frozenset[str]:
    listed: list[dict[str, str]] | None = getattr(hints, member, None)
    return frozenset(each.get("name", "") for each in listed or ())


def _of_endpoints(service: Service, port: ServicePort, made: Iterable[Endpoints]) -> Iterator[Candidate]:
    """Yield what the controller mirrors from an Endpoints object that a user made for a Service."""
    # with a selector the controller owns the Endpoints object of that name
    if service.spec.selector:
        return
    for each in made:
        if (each.namespace, each.name) != (service.namespace, service.name):
            continue
        for subset in each.subsets or ():
            for target in subset.ports or ():
                if (target.name, target.protocol) == (port.name, port.protocol):
                    for address in subset.addresses or ():
                        yield _mirrored(address, target.port or 0, ready=True)
                    for address in subset.not_ready_addresses or ():
                        yield _mirrored(address, target.port or 0, ready=False)


def _mirrored(address: EndpointAddress, port: int, *, ready: bool) -> Candidate:
    return Candidate(
        ip=address.ip,
        port=port,
        node=address.node_name,
        zone=None,
        ready=ready,
        serving=ready,
        terminating=False,
    )


@dataclass(frozen=True, slots=True)
class Policy:
    """The traffic policy in force: its rule, and `Cluster` or `Local`."""

    rule: str
    value: str


def select(
    service: Service, every: Sequence[Candidate], *, policy: Policy, node: str, zone: str | None
) -> tuple[Selection, ...]:
    """Return the narrowing, rule by rule; the last one's `left` is what the draw is made from.

    `node` and `zone` are those of the node where kube-proxy sees the packet.
    """
    if not alive(every).left:
        return (Selection("services.readyEndpoints", (), tuple(every)),)
    local = policy.value == "Local"
    steps = [_narrowed(policy.rule, every, [c for c in every if c.node == node] if local else every)]
    steps.append(alive(steps[-1].left))
    # endpoints on the node are near enough, and of those that end none is far too far
    closer = None if local or steps[-1].rule != _READY else _closer(service, steps[-1].left, node, zone)
    return tuple([*steps, closer] if closer is not None else steps)


_READY = "services.readyEndpoints"


def alive(every: Sequence[Candidate]) -> Selection:
    """Return the ready endpoints; where none is, those that end but still serve: better than nobody."""
    ready = [c for c in every if c.ready]
    if ready:
        return _narrowed(_READY, every, ready)
    ending = [c for c in every if c.serving and c.terminating]
    return _narrowed("services.terminatingEndpoints" if ending else _READY, every, ending)


def _closer(service: Service, every: Sequence[Candidate], node: str, zone: str | None) -> Selection | None:
    """Return the endpoints hinted to this node, else its zone; hints count where every endpoint has one."""
    wished = service.spec.traffic_distribution in _NEAR and not is_auto(service)
    rule = "services.trafficDistribution" if wished else "services.topologyHints"
    for hints in ([(c.for_nodes, node) for c in every], [(c.for_zones, zone) for c in every]):
        near = [c for c, (given, place) in zip(every, hints, strict=True) if place in given]
        if near and all(given for given, _ in hints):
            return _narrowed(rule, every, near)
    # nobody near, or one without a hint: every endpoint is as good as the other
    hinted = any(c.for_nodes or c.for_zones for c in every)
    return _narrowed(rule, every, every) if wished or hinted else None


def _narrowed(rule: str, before: Sequence[Candidate], left: Sequence[Candidate]) -> Selection:
    return Selection(rule, tuple(left), tuple(c for c in before if c not in left))

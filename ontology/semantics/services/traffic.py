"""Traffic: which endpoints kube-proxy lets a Service's packet go to, seen from one node.

Source: kubernetes.io/docs/reference/networking/virtual-ips, concepts/services-networking/
service-traffic-policy, .../service/#traffic-distribution (v1.36).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ontology.cluster.services import EndpointHints, EndpointSlice, Service, ServicePort
from ontology.semantics.services.endpoints import Slices
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
    hinted: frozenset[str] = frozenset()  # zones that a topology hint gives it to

    def __str__(self) -> str:
        return f"{self.ip}:{self.port}"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is left after one rule of kube-proxy; `rule` names the rule that narrowed the endpoints."""

    rule: str
    left: tuple[Candidate, ...]
    dropped: tuple[Candidate, ...]


def candidates(
    service: Service, port: ServicePort, found: Slices | None, made_by_hand: Iterable[EndpointSlice]
) -> list[Candidate]:
    """Return all endpoints of one port, ready or not, sorted by address."""
    listed = [*_selected(port, found or {}), *_by_hand(service, port, made_by_hand)]
    return sorted(listed, key=lambda c: (c.ip, c.port))


def _selected(port: ServicePort, found: Slices) -> Iterator[Candidate]:
    for targets, backends in found.items():
        for target in targets:
            if (target.name, target.protocol) == (port.name, port.protocol):
                for each in backends:
                    yield Candidate(
                        ip=each.ip,
                        port=target.port,
                        node=each.node,
                        zone=each.zone,
                        ready=each.ready,
                        serving=each.serving,
                        terminating=each.terminating,
                        pod=f"{each.pod.namespace}/{each.pod.name}",
                    )


def _by_hand(service: Service, port: ServicePort, made: Iterable[EndpointSlice]) -> Iterator[Candidate]:
    for slice_ in made:
        if (slice_.namespace, slice_.labels.get(SERVICE_NAME)) != (service.namespace, service.name):
            continue
        for target in slice_.ports or ():
            if (target.name, target.protocol) == (port.name, port.protocol):
                for each in slice_.endpoints or ():
                    conditions = each.conditions
                    ready = conditions.ready is not False
                    for ip in each.addresses or ():
                        yield Candidate(
                            ip=ip,
                            port=target.port or 0,
                            node=each.node_name,
                            zone=each.zone,
                            ready=ready,
                            serving=ready if conditions.serving is None else conditions.serving,
                            terminating=bool(conditions.terminating),
                            hinted=_zones(each.hints),
                        )


def _zones(hints: EndpointHints | None) -> frozenset[str]:
    return frozenset(each.get("name", "") for each in (hints.for_zones if hints is not None else None) or ())


def select(
    service: Service, every: Sequence[Candidate], *, external: bool, node: str, zone: str | None
) -> tuple[Selection, ...]:
    """Return the narrowing, rule by rule; the last one's `left` is what the draw is made from.

    `external`: the packet came through a node port or load balancer; `node` and `zone` are those of the
    node where kube-proxy sees it.
    """
    steps = [_policy(service, every, external=external, node=node)]
    steps.append(_alive(steps[-1].left))
    left = steps[-1].left
    closer = _hinted(left, zone) or _closer(service, left, node=node, zone=zone)
    return tuple([*steps, closer] if closer is not None else steps)


def _policy(service: Service, every: Sequence[Candidate], *, external: bool, node: str) -> Selection:
    policy = service.spec.external_traffic_policy if external else service.spec.internal_traffic_policy
    rule = "services.externalTrafficPolicy" if external else "services.internalTrafficPolicy"
    local = [c for c in every if c.node == node] if policy == "Local" else list(every)
    return _narrowed(rule, every, local)


def _alive(every: Sequence[Candidate]) -> Selection:
    ready = [c for c in every if c.ready]
    if ready:
        return _narrowed("services.readyEndpoints", every, ready)
    # better a pod that is about to end than nobody
    ending = [c for c in every if c.serving and c.terminating]
    return _narrowed("services.terminatingEndpoints" if ending else "services.readyEndpoints", every, ending)


def _hinted(every: Sequence[Candidate], zone: str | None) -> Selection | None:
    """Return the endpoints hinted to the zone; hints count only where every endpoint has one."""
    if zone is None or not every or not all(c.hinted for c in every):
        return None
    near = [c for c in every if zone in c.hinted]
    return _narrowed("services.topologyHints", every, near) if near else None


def _closer(service: Service, every: Sequence[Candidate], *, node: str, zone: str | None) -> Selection | None:
    """Return the endpoints that the traffic distribution prefers; it never leaves nobody."""
    wish = service.spec.traffic_distribution
    if wish == "PreferSameNode":
        near = [c for c in every if c.node == node]
        if near:
            return _narrowed("services.trafficDistribution", every, near)
    if wish in ("PreferSameNode", "PreferClose", "PreferSameZone"):
        near = [c for c in every if zone is not None and c.zone == zone]
        return _narrowed("services.trafficDistribution", every, near or list(every))
    return None


def _narrowed(rule: str, before: Sequence[Candidate], left: Sequence[Candidate]) -> Selection:
    return Selection(rule, tuple(left), tuple(c for c in before if c not in left))

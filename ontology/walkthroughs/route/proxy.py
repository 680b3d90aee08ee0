"""kube-proxy on the way: which node sees the packet, which policy holds there, and who is drawn.

Source: kubernetes.io/docs/reference/networking/virtual-ips, concepts/services-networking/service,
tutorials/services/source-ip (v1.36), KEP-1860 (ipMode of load balancers).
"""

from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_network
from random import Random
from typing import Any

from ontology.cluster.nodes import Node
from ontology.cluster.services import Endpoints, EndpointSlice, Service, ServicePort
from ontology.errors import InvalidObjectError
from ontology.semantics.services import topology
from ontology.semantics.services.endpoints import ZONE, PodIndex, address, slices
from ontology.semantics.services.traffic import Candidate, Mode, Policy, alive, select
from ontology.semantics.services.traffic import candidates as endpoints_of
from ontology.semantics.services.zone import cluster_ips
from ontology.verdict import Step
from ontology.walkthroughs.route import arrival
from ontology.walkthroughs.route.way import Failure, Way, World

WITH_NODE_PORTS = ("NodePort", "LoadBalancer")
_EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers"
_STICKY_SECONDS = 10800  # for how long a client keeps its endpoint unless told otherwise
_INTERNAL, _EXTERNAL = "services.internalTrafficPolicy", "services.externalTrafficPolicy"


def balancer_addresses(service: Service) -> dict[str, str]:
    """Return the addresses of a Service's load balancer, each with its `ipMode`."""
    if service.spec.type != "LoadBalancer":
        return {}
    return {each.ip: each.ip_mode for each in service.status.load_balancer.ingress or () if each.ip}


def at_service(world: World, way: Way, service: Service, port: int, *, ip: str = "") -> None:
    """Catch a packet to one of a Service's addresses; without `ip` to the one it will be given."""
    facts = {"service": service.name, "namespace": service.namespace, "port": port, "type": service.spec.type}
    inner = not ip or ip in cluster_ips(service)
    if world.outside and inner:
        way.fail(Step("services.clusterIPInside", False, facts), Failure.DROPPED)
        return
    ports = service.spec.ports or ()
    found = next((p for p in ports if p.port == port and p.protocol == world.asked.protocol), None)
    if found is None:
        silent = world.asked.mode is Mode.IPTABLES  # nftables and IPVS answer for the whole address
        way.fail(Step("services.servicePort", False, facts), Failure.DROPPED if silent else Failure.REFUSED)
        return
    mode = balancer_addresses(service).get(ip)
    if mode is not None and not _in_source_ranges(world, way, service):
        return
    at = world.node
    if mode is not None and (world.outside or mode == "Proxy"):
        at = _through_balancer(world, way, service, found)
        if not at:
            return
    elif world.outside:
        at = min(world.nodes, default="")  # whichever node the network sends an external address to
    way.hop(f"node/{at}", Step("services.servicePort", True, facts | {"mode": world.asked.mode.value}))
    _balance(world, way, service, found, at, inner=inner, short_circuit=not world.outside and mode != "Proxy")


def at_node_port(world: World, way: Way, service: Service, port: ServicePort, node: str) -> None:
    """Catch a packet to a node port."""
    # what a pod sends, or the node to itself, needs no second look at where it came from
    short_circuit = world.source is not None or world.node == node
    _balance(world, way, service, port, node, inner=False, short_circuit=short_circuit)


def _through_balancer(world: World, way: Way, service: Service, port: ServicePort) -> str:
    """Return the node that the load balancer sends the packet to, empty where it sends it nowhere."""
    facts: dict[str, Any] = {"service": service.name, "check": service.spec.health_check_node_port or None}
    nodes = [name for name, node in sorted(world.nodes.items()) if _EXCLUDED not in node.labels]
    healthy = nodes
    if service.spec.external_traffic_policy == "Local":
        every = _candidates(world, service, port)
        healthy = [name for name in nodes if any(c.ready and c.node == name for c in every)]
        failing = tuple(name for name in nodes if name not in healthy)
        seen = facts | {"nodes": tuple(healthy), "failing": failing}
        way.steps.append(Step("services.healthCheck", bool(healthy), seen))
    if not healthy:
        way.fail(Step("services.loadBalancer", False, facts | {"node": ""}), Failure.DROPPED)
        return ""
    node = healthy[Random(world.asked.seed).randrange(len(healthy))]  # noqa: S311 - a simulation
    way.hop("loadBalancer", Step("services.loadBalancer", True, facts | {"node": node}))
    return node


def _in_source_ranges(world: World, way: Way, service: Service) -> bool:
    """Whether a client may use the load balancer's address; kube-proxy asks pods and nodes as well."""
    ranges = tuple(service.spec.load_balancer_source_ranges or ())
    client = world.client.ip
    if not ranges or client is None or any(_lies_in(client, each, service) for each in ranges):
        return True
    facts = {"service": service.name, "client": str(client), "ranges": ranges}
    way.fail(Step("services.sourceRanges", False, facts), Failure.DROPPED)
    return False


def _lies_in(client: IPv4Address | IPv6Address, block: str, service: Service) -> bool:
    path = f"{service.namespace}/{service.name}: spec.loadBalancerSourceRanges"
    try:
        return client in ip_network(block, strict=False)
    except ValueError as error:
        raise InvalidObjectError(f'must be a valid CIDR value: "{block}"', path=path) from error


def _candidates(world: World, service: Service, port: ServicePort) -> list[Candidate]:
    return endpoints_of(
        service,
        port,
        slices(service, PodIndex(tuple(world.pods.values())), world.nodes),
        world.scenario.all(EndpointSlice),
        world.scenario.all(Endpoints),
    )


def _by_topology_mode(world: World, way: Way, service: Service, every: list[Candidate]) -> list[Candidate]:
    """Return the endpoints with the hints that the Service's topology mode gives them."""
    ready = [each for each in every if each.ready]
    if not ready or not topology.is_auto(service):
        return every
    kept = topology.keeps_to_zones([each.zone for each in ready], world.nodes.values())
    places = tuple(dict.fromkeys(zone for each in world.nodes.values() if (zone := _zone(each))))
    facts = {"service": service.name, "endpoints": tuple(map(str, ready)), "zones": places}
    way.steps.append(Step("services.topologyMode", kept, facts))
    if not kept:
        return every
    return [replace(each, for_zones=frozenset({each.zone} if each.zone else ())) for each in every]


def _zone(node: Node | None) -> str | None:
    return None if node is None else node.labels.get(ZONE)


def _balance(  # noqa: PLR0913 - what kube-proxy knows of the packet
    world: World,
    way: Way,
    service: Service,
    port: ServicePort,
    node: str,
    *,
    inner: bool,
    short_circuit: bool,
) -> None:
    """Narrow the endpoints by the policy in force, and draw one of them.

    `inner`: to the cluster IP. `short_circuit`: to an outer address, but from a pod or the very node; then
    all endpoints count whatever the external policy says.
    """
    way.entered = node
    spec = service.spec
    external = spec.external_traffic_policy
    if inner:
        policy = Policy(_INTERNAL, spec.internal_traffic_policy)
    else:
        policy = Policy(_EXTERNAL, "Cluster" if short_circuit else external)
    every = _by_topology_mode(world, way, service, _candidates(world, service, port))
    left: tuple[Candidate, ...] = tuple(every)
    for step in select(service, every, policy=policy, node=node, zone=_zone(world.nodes.get(node))):
        facts: dict[str, Any] = {
            "service": service.name,
            "node": node,
            "left": tuple(map(str, step.left)),
            "dropped": tuple(map(str, step.dropped)),
            "policy": policy.value,
        }
        way.steps.append(Step(step.rule, bool(step.left), facts))
        left = step.left
    way.among = tuple(map(str, left))
    if not left:
        # with nobody anywhere the packet is rejected; a policy that leaves nobody on this node drops it
        elsewhere = bool(alive(every).left)
        way.delivered, way.failure = False, Failure.DROPPED if elsewhere else Failure.REFUSED
        return
    chosen = _drawn(world, way, service, left)
    pod = world.pods.get(chosen.pod) or next(
        (p for p in world.pods.values() if address(p) == chosen.ip), None
    )
    hairpin = pod is not None and pod is world.source
    if hairpin:
        way.steps.append(Step("services.hairpin", True, {"service": service.name, "pod": world.asked.source}))
    # what comes from a pod to a cluster IP is never rewritten, what comes from elsewhere only by this policy
    way.snat = hairpin or (world.source is None if inner else external != "Local")
    if way.snat or not inner:
        way.steps.append(Step("services.sourceAddress", not way.snat, {"service": service.name}))
    if pod is None:
        way.endpoint = str(chosen)
        way.leave(Step("services.leavesCluster", None, {"to": str(chosen)}))
    else:
        arrival.at_pod(world, way, str(chosen), pod, chosen.port)


def _drawn(world: World, way: Way, service: Service, left: tuple[Candidate, ...]) -> Candidate:
    """Draw one: by client for session affinity, in turn for IPVS (the seed counts), else at random."""
    mode, seed = world.asked.mode, world.asked.seed
    sticky = service.spec.session_affinity == "ClientIP"
    if sticky:
        config = (service.spec.session_affinity_config or {}).get("clientIP") or {}
        seconds = config.get("timeoutSeconds", _STICKY_SECONDS)
        facts = {"service": service.name, "client": world.asked.source, "seconds": seconds}
        way.steps.append(Step("services.sessionAffinity", True, facts))
        chosen = left[Random(world.asked.source).randrange(len(left))]  # noqa: S311 - a simulation
    elif mode is Mode.IPVS:
        chosen = left[seed % len(left)]
    else:
        chosen = left[Random(seed).randrange(len(left))]  # noqa: S311 - a simulation
    drawn = {"endpoint": str(chosen), "service": service.name, "count": len(left)}
    way.steps.append(Step(f"services.{mode.value}", True, drawn))
    return chosen

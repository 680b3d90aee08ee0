"""Whose a name or an address is: a Service's, a node's, a pod's, or nobody's in the cluster.

Source: kubernetes.io/docs/concepts/services-networking/service, .../dns-pod-service (v1.36).
"""

from random import Random

from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.services import Service
from ontology.errors import InvalidQuestionError
from ontology.semantics.services.endpoints import address
from ontology.semantics.services.forwarding import Outside
from ontology.semantics.services.lookup import look_up, server_of
from ontology.semantics.services.traffic import Mode
from ontology.semantics.services.zone import Zone, cluster_ips, zone_of
from ontology.verdict import Step
from ontology.walkthroughs.route import arrival, proxy
from ontology.walkthroughs.route.way import Failure, Way, World, is_address


def travel(world: World, way: Way, host: str, port: int) -> None:
    """Send the packet on its way, by what its destination is."""
    if host == "localhost":
        _loopback(world, way, port)
    elif host.startswith("node/"):
        _to_node(world, way, _node(world, host.removeprefix("node/")), port)
    elif host in world.pods:
        _to_pod_by_name(world, way, world.pods[host], port)
    elif is_address(host):
        to_address(world, way, host, port)
    else:
        _by_name(world, way, host, port)


def _loopback(world: World, way: Way, port: int) -> None:
    if world.source is None:
        raise InvalidQuestionError("`localhost` needs a pod to start from", path="question.route.to")
    facts = {"pod": world.source.name, "port": port}
    way.hop(world.asked.source, Step("services.localhost", True, facts))
    way.endpoint, way.delivered = f"127.0.0.1:{port}", True


def _to_pod_by_name(world: World, way: Way, pod: Pod, port: int) -> None:
    ip = address(pod)
    if ip is None:
        way.fail(Step("services.address", False, {"pod": pod.name}), Failure.DROPPED)
    else:
        arrival.at_pod(world, way, f"{ip}:{port}", pod, port)


def _by_name(world: World, way: Way, name: str, port: int) -> None:
    if world.source is None:
        way.leave(Step("services.outsideName", None, {"name": name}))
        return
    zone = zone_of(world.scenario, world.asked.cluster_domain)
    found = look_up(world.source, name, "A", zone=zone, outside=Outside())
    if found.conf.nameservers[:1] == (server_of(zone),) and not arrival.reaches_dns(world, way):
        return
    tried = tuple(full for full, _ in found.tried)
    for full, response in found.tried:
        data = tuple(r.data for r in response.records if r.type == "A") if response is not None else ()
        facts = {"name": name, "full": full, "data": data, "tried": tried}
        if data and data[0].startswith("<"):
            way.hop("dns", Step("services.nameResolved", True, facts))
            proxy.at_service(world, way, _named(zone, full), port)
        elif data:
            way.hop("dns", Step("services.nameResolved", True, facts))
            to_address(world, way, data[Random(world.asked.seed).randrange(len(data))], port)  # noqa: S311
        elif response is None or response.records:
            way.hop("dns", Step("services.nameResolved", None, facts))
            way.leave(Step("services.leavesCluster", None, {"to": name}))
        else:
            continue
        return
    facts = {"name": name, "full": name, "data": (), "tried": tried}
    way.fail(Step("services.nameResolved", False, facts), Failure.NAME)


def _named(zone: Zone, full: str) -> Service:
    name, namespace, *_ = full.removesuffix(f".svc.{zone.domain}").split(".")
    return zone.services[namespace, name]


def to_address(world: World, way: Way, ip: str, port: int) -> None:
    """Send the packet to whom an address belongs."""
    service = next((s for s in world.services if ip in service_addresses(s)), None)
    if service is not None:
        proxy.at_service(world, way, service, port, ip=ip)
        return
    node = next((n for n in world.nodes.values() if ip in _node_addresses(n)), None)
    if node is not None:
        _to_node(world, way, node, port, ip=ip)
        return
    pod = next((p for p in world.pods.values() if address(p) == ip), None)
    if pod is not None:
        arrival.at_pod(world, way, f"{ip}:{port}", pod, port)
    else:
        way.leave(Step("services.leavesCluster", None, {"to": f"{ip}:{port}"}))


def service_addresses(service: Service) -> set[str]:
    """Return every address that kube-proxy catches for a Service."""
    return {*cluster_ips(service), *(service.spec.external_ips or ()), *proxy.balancer_addresses(service)}


def _node(world: World, name: str) -> Node:
    if name not in world.nodes:
        raise InvalidQuestionError(f"no Node `{name}` among the objects", path="question.route.to")
    return world.nodes[name]


def _node_addresses(node: Node) -> list[str]:
    """Return a node's addresses, the primary one first."""
    listed = sorted(node.status.addresses or (), key=lambda each: each.type != "InternalIP")
    return [each.address for each in listed]


def _to_node(world: World, way: Way, node: Node, port: int, *, ip: str = "") -> None:
    """Send the packet to a node port, else to a pod that uses the node's network or a port of it."""
    for service in world.services:
        if service.spec.type not in proxy.WITH_NODE_PORTS:
            continue
        for each in service.spec.ports or ():
            if each.node_port == port and each.protocol == world.asked.protocol:
                facts = {"node": node.name, "port": port, "service": service.name}
                primary = _node_addresses(node)[:1]
                if world.asked.mode is Mode.NFTABLES and ip and [ip] != primary:
                    seen = facts | {"address": ip, "primary": tuple(primary)}
                    way.fail(Step("services.nodePortAddress", False, seen), Failure.REFUSED)
                    return
                way.hop(f"node/{node.name}", Step("services.nodePort", True, facts))
                proxy.at_node_port(world, way, service, each, node.name)
                return
    pod, container_port = _on_node(world, node, port)
    if pod is not None:
        facts = {"node": node.name, "port": port, "pod": pod.name}
        way.hop(f"node/{node.name}", Step("services.hostPort", True, facts))
        way.entered = node.name
        arrival.at_pod(world, way, f"{address(pod) or ip}:{container_port}", pod, container_port)
        return
    facts = {"node": node.name, "port": port, "service": ""}
    way.fail(Step("services.nodePort", False, facts), Failure.REFUSED)


def _on_node(world: World, node: Node, port: int) -> tuple[Pod | None, int]:
    """Return the pod that listens on a port of its node, and its own port: `hostNetwork` or a `hostPort`."""
    for pod in world.pods.values():
        if pod.spec.node_name != node.name:
            continue
        for container in pod.spec.containers or ():
            for each in container.ports or ():
                own = each.container_port if pod.spec.host_network else each.host_port
                if own == port and (each.protocol or "TCP") == world.asked.protocol:
                    return pod, each.container_port
    return None, 0

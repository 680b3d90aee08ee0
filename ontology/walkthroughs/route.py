"""The way of a packet: name, Service, kube-proxy, network policy, pod network, hop by hop."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from random import Random
from typing import Any

from ontology.cluster import meta
from ontology.cluster.namespaces import Namespace
from ontology.cluster.networkpolicies import NetworkPolicy
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.services import Endpoints, EndpointSlice, Service, ServicePort
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.networkpolicy.isolation import Connection, Direction, ruling
from ontology.semantics.networkpolicy.peers import End, of_pod
from ontology.semantics.services.endpoints import ZONE, PodIndex, address, slices
from ontology.semantics.services.forwarding import Outside, ask
from ontology.semantics.services.records import Status
from ontology.semantics.services.resolver import NodeConf, candidates, resolv_conf
from ontology.semantics.services.traffic import Candidate, Mode, select
from ontology.semantics.services.traffic import candidates as endpoints_of
from ontology.semantics.services.zone import Zone, directory
from ontology.verdict import Outcome, Step, Verdict

_OUTSIDE = "external"
_CLUSTER_DNS = "10.96.0.10"


class Route(Question, frozen=True):
    """Asks for a packet from a pod (`namespace/pod`), a node (`node/NAME`) or `external` to `host:port`.

    `host` is a name, a Service's or pod's address, `namespace/pod`, `node/NAME`, or `localhost`.
    """

    source: str = meta.field(name="from")
    to: str
    protocol: str = "TCP"
    mode: Mode = Mode.IPTABLES
    cluster_domain: str = "cluster.local"
    seed: int = 0


@dataclass(slots=True)
class _Way:
    """The hops so far. `delivered` stays None until somebody delivers or drops the packet."""

    steps: list[Step] = field(default_factory=list)
    hops: list[str] = field(default_factory=list)
    endpoint: str | None = None
    among: tuple[str, ...] = ()
    delivered: bool | None = None
    entered: str = ""  # the node whose kube-proxy chose the endpoint
    external: bool = False  # through a node port or load balancer, from outside
    snat: bool = False

    def hop(self, at: str, step: Step) -> None:
        """Record where the packet is and which rule acts on it there."""
        self.hops.append(at)
        self.steps.append(step)

    def end(self, step: Step, *, delivered: bool | None) -> None:
        """Record the last rule."""
        self.steps.append(step)
        self.delivered = delivered


@dataclass(frozen=True, slots=True)
class _World:
    """The objects, and where the packet starts."""

    scenario: Scenario
    asked: Route
    pods: dict[str, Pod]
    nodes: dict[str, Node]
    services: tuple[Service, ...]
    source: Pod | None
    node: str


def evaluate(scenario: Scenario, asked: Route) -> Verdict:
    """Answer `{"delivered", "endpoint", "candidates", "hops", "sourceAddress"}`.

    `hops` are the places in order, `candidates` the endpoints the draw was made from, `sourceAddress` is
    `preserved` or `node`. Outcome as `delivered`; unknown where the packet leaves the cluster.

    Raises:
        InvalidQuestionError: an end that is not among the objects, or no port.
    """
    world = _world(scenario, asked)
    host, port = _target(asked.to)
    way = _Way()
    _travel(world, way, host, port)
    answer: dict[str, Any] = {
        "delivered": way.delivered,
        "endpoint": way.endpoint,
        "candidates": list(way.among),
        "hops": way.hops,
        "sourceAddress": "node" if way.snat else "preserved",
    }
    return Verdict(answer=answer, outcome=Outcome.of(way.delivered), explain=lambda: tuple(way.steps))


def _world(scenario: Scenario, asked: Route) -> _World:
    pods = {f"{p.namespace}/{p.name}": p for p in scenario.all(Pod)}
    nodes = {n.name: n for n in scenario.all(Node)}
    source = pods.get(asked.source)
    node = source.spec.node_name if source is not None else asked.source.removeprefix("node/")
    if source is None and asked.source != _OUTSIDE and node not in nodes:
        message = f"`{asked.source}` is neither a Pod (namespace/name), a node (node/NAME) nor `{_OUTSIDE}`"
        raise InvalidQuestionError(message, path="question.route.from")
    return _World(scenario, asked, pods, nodes, scenario.all(Service), source, node)


def _target(to: str) -> tuple[str, int]:
    host, colon, port = to.rpartition(":")
    if not colon or not port.isdigit() or not host:
        raise InvalidQuestionError(f"`{to}` is not `host:port`", path="question.route.to")
    return host, int(port)


def _travel(world: _World, way: _Way, host: str, port: int) -> None:
    if host == "localhost":
        _loopback(world, way, port)
    elif host.startswith("node/"):
        _node_port(world, way, host.removeprefix("node/"), port)
    elif host in world.pods:
        _to_address(world, way, address(world.pods[host]) or "", port)
    elif _is_address(host):
        _to_address(world, way, host, port)
    else:
        _by_name(world, way, host, port)


def _loopback(world: _World, way: _Way, port: int) -> None:
    if world.source is None:
        raise InvalidQuestionError("`localhost` needs a pod to start from", path="question.route.to")
    facts = {"pod": world.source.name, "port": port}
    way.hop(world.asked.source, Step("services.localhost", True, facts))
    way.endpoint, way.delivered = f"127.0.0.1:{port}", True


def _by_name(world: _World, way: _Way, name: str, port: int) -> None:
    if world.source is None:
        step = Step("services.outsideName", None, {"name": name})
        way.end(step, delivered=None)
        return
    zone = _zone(world)
    conf = resolv_conf(world.source, domain=zone.domain, server=_CLUSTER_DNS, node=NodeConf())
    for full in candidates(name, conf):
        response = ask(full, "A", zone if conf.nameservers else None, Outside())
        if response is None or response.status is Status.NOERROR:
            data = [r.data for r in response.records if r.type == "A"] if response is not None else []
            facts = {"name": name, "full": full, "data": tuple(data)}
            way.hop("dns", Step("services.nameResolved", True if data else None, facts))
            if not data:
                way.end(Step("services.leavesCluster", None, {"to": name}), delivered=None)
            elif data[0].startswith("<"):
                _to_service(world, way, _named(world, full, zone.domain), port)
            else:
                _to_address(world, way, data[Random(world.asked.seed).randrange(len(data))], port)  # noqa: S311
            return
    way.end(Step("services.nameResolved", False, {"name": name, "full": name, "data": ()}), delivered=False)


def _zone(world: _World) -> Zone:
    namespaces = {n.name for n in world.scenario.all(Namespace)}
    implied = {each.namespace for each in (*world.services, *world.pods.values())}
    return Zone(
        domain=world.asked.cluster_domain,
        namespaces=frozenset(namespaces | implied),
        services={(s.namespace, s.name): s for s in world.services},
        endpoints=directory(
            pods=tuple(world.pods.values()),
            nodes=tuple(world.nodes.values()),
            made_slices=world.scenario.all(EndpointSlice),
            made_endpoints=world.scenario.all(Endpoints),
        ),
    )


def _named(world: _World, full: str, domain: str) -> Service:
    name, namespace, *_ = full.removesuffix(f".svc.{domain}").split(".")
    return next(s for s in world.services if (s.namespace, s.name) == (namespace, name))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _to_address(world: _World, way: _Way, ip: str, port: int) -> None:
    service = next((s for s in world.services if ip in _service_addresses(s)), None)
    if service is not None:
        _to_service(world, way, service, port, ip=ip)
        return
    pod = next((p for p in world.pods.values() if address(p) == ip), None)
    if pod is not None:
        _to_pod(world, way, f"{ip}:{port}", pod, port)
        return
    node = next((n for n in world.nodes.values() if ip in _node_addresses(n)), None)
    if node is not None:
        _node_port(world, way, node.name, port)
        return
    way.end(Step("services.leavesCluster", None, {"to": f"{ip}:{port}"}), delivered=None)


def _service_addresses(service: Service) -> set[str]:
    spec, status = service.spec, service.status
    given = {each.ip for each in status.load_balancer.ingress or ()}
    return ({spec.cluster_ip, *(spec.external_ips or ()), *given}) - {"", "None"}


def _node_addresses(node: Node) -> set[str]:
    return {each.address for each in node.status.addresses or ()}


def _to_service(world: _World, way: _Way, service: Service, port: int, *, ip: str = "") -> None:
    facts = {"service": service.name, "namespace": service.namespace, "port": port, "type": service.spec.type}
    if world.source is None and not world.node and ip == service.spec.cluster_ip:
        way.end(Step("services.clusterIPInside", False, facts), delivered=False)
        return
    found = next(
        (p for p in service.spec.ports or () if p.port == port and p.protocol == world.asked.protocol), None
    )
    if found is None:
        way.end(Step("services.servicePort", False, facts), delivered=False)
        return
    way.external = world.asked.source == _OUTSIDE
    if way.external and ip == service.spec.cluster_ip:
        way.end(Step("services.clusterIPInside", False, facts), delivered=False)
        return
    at = world.node if not way.external else next(iter(sorted(world.nodes)), "")
    way.hop(f"node/{at}", Step("services.servicePort", True, facts | {"mode": world.asked.mode.value}))
    _balance(world, way, service, found, at)


def _node_port(world: _World, way: _Way, node: str, port: int) -> None:
    if node not in world.nodes:
        raise InvalidQuestionError(f"no Node `{node}` among the objects", path="question.route.to")
    for service in world.services:
        for each in service.spec.ports or ():
            if each.node_port == port and each.protocol == world.asked.protocol:
                facts = {"node": node, "port": port, "service": service.name}
                way.hop(f"node/{node}", Step("services.nodePort", True, facts))
                way.external = world.source is None
                _balance(world, way, service, each, node)
                return
    way.end(Step("services.nodePort", False, {"node": node, "port": port, "service": ""}), delivered=False)


def _balance(world: _World, way: _Way, service: Service, port: ServicePort, node: str) -> None:
    way.entered, external = node, way.external
    index = PodIndex(tuple(world.pods.values()))
    found = slices(service, index, world.nodes)
    every = endpoints_of(service, port, found, world.scenario.all(EndpointSlice))
    zone = world.nodes[node].labels.get(ZONE) if node in world.nodes else None
    left: tuple[Candidate, ...] = tuple(every)
    spec = service.spec
    policy = spec.external_traffic_policy if external else spec.internal_traffic_policy
    for step in select(service, every, external=external, node=node, zone=zone):
        facts: dict[str, Any] = {
            "service": service.name,
            "node": node,
            "left": tuple(map(str, step.left)),
            "dropped": tuple(map(str, step.dropped)),
            "policy": policy,
        }
        way.steps.append(Step(step.rule, bool(step.left), facts))
        left = step.left
    way.among = tuple(map(str, left))
    if not left:
        way.delivered = False
        return
    chosen = _drawn(world, service, left)
    sticky = service.spec.session_affinity == "ClientIP"
    drawn = {"endpoint": str(chosen), "mode": world.asked.mode.value, "sticky": sticky}
    way.steps.append(Step("services.draw", True, drawn))
    way.snat = external and service.spec.external_traffic_policy != "Local"
    if external:
        way.steps.append(Step("services.sourceAddress", not way.snat, {"service": service.name}))
    pod = world.pods.get(chosen.pod)
    if pod is None:
        way.endpoint = str(chosen)
        way.end(Step("services.leavesCluster", None, {"to": str(chosen)}), delivered=None)
    else:
        _to_pod(world, way, str(chosen), pod, chosen.port)


def _drawn(world: _World, service: Service, left: tuple[Candidate, ...]) -> Candidate:
    """Draw one: by client for session affinity, in turn for ipvs (the seed counts), else at random."""
    if service.spec.session_affinity == "ClientIP":
        return left[Random(world.asked.source).randrange(len(left))]  # noqa: S311 - a simulation
    if world.asked.mode is Mode.IPVS:
        return left[world.asked.seed % len(left)]
    return left[Random(world.asked.seed).randrange(len(left))]  # noqa: S311 - a simulation


def _to_pod(world: _World, way: _Way, endpoint: str, pod: Pod, port: int) -> None:
    way.endpoint = endpoint
    start = way.entered or world.node
    if world.asked.source == _OUTSIDE and not way.entered:
        way.end(Step("services.podIPInside", False, {"to": endpoint}), delivered=False)
        return
    denied = next(_denied(world, pod, port), None)
    if denied is not None:
        way.end(denied, delivered=False)
        return
    facts = {"pod": pod.name, "from": start, "to": pod.spec.node_name, "endpoint": endpoint}
    rule = "services.sameNode" if start == pod.spec.node_name else "services.otherNode"
    way.hop(f"node/{pod.spec.node_name}", Step(rule, True, facts))
    way.hop(f"{pod.namespace}/{pod.name}", Step("services.delivered", True, facts))
    way.delivered = True


def _denied(world: _World, pod: Pod, port: int) -> Iterator[Step]:
    """Yield the directions that network policies deny; what comes from outside has no egress rule."""
    policies = world.scenario.all(NetworkPolicy)
    labels = {n.name: n.labels for n in world.scenario.all(Namespace)}
    source = of_pod(world.source) if world.source is not None else End(None, None)
    connection = Connection(source=source, target=of_pod(pod), port=port, protocol=world.asked.protocol)
    if connection.source == connection.target or (world.source is None and world.asked.source != _OUTSIDE):
        return  # a pod reaches itself, and a node its own pods
    for direction in Direction:
        found = ruling(connection, direction, policies, labels)
        if not found.allowed:
            facts = {"direction": direction.value, "policies": found.policies, "pod": pod.name, "port": port}
            yield Step("services.policyDenies", False, facts, concepts=(f"PolicyType.{direction.value}",))


ROUTE = Evaluator(question=Route, evaluate=evaluate)

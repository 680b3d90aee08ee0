"""What would let a packet through: proposals, each of which is tried before it is offered."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import to_builtins

from ontology import patches
from ontology.cluster.pods import Pod
from ontology.cluster.services import Service, ServicePort
from ontology.readiness import is_ready
from ontology.selectors import matches_all
from ontology.semantics.networkpolicy.connect import grant
from ontology.semantics.networkpolicy.isolation import Connection
from ontology.semantics.networkpolicy.peers import of_pod
from ontology.semantics.services import resolve_changes
from ontology.semantics.services.explanation import changes as endpoint_changes
from ontology.semantics.services.explanation import near_misses as endpoint_near_misses
from ontology.semantics.services.forwarding import Outside
from ontology.semantics.services.lookup import look_up
from ontology.semantics.services.zone import zone_of
from ontology.verdict import Role, Step
from ontology.walkthroughs.route import arrival
from ontology.walkthroughs.route.proxy import WITH_NODE_PORTS
from ontology.walkthroughs.route.way import Failure, Way, World

_SOME_NODE_PORT = 30000  # the first of the range that node ports are given from


def proposals(world: World, way: Way, host: str, port: int) -> Iterator[Step]:
    """Yield changes that could let the packet arrive, by the rule that it failed by."""
    rule = next((step.rule for step in reversed(way.steps) if step.holds is False), "")
    service = _service(world, way)
    if rule == "services.policyDenies":
        yield from _policies(world, way, port)
    elif way.failure is Failure.NAME or way.delivered is None:
        yield from _names(world, host, port)
    elif rule == "services.nodePortAddress":
        yield _change("services.nodePortAddress", {"mode": "iptables"}, {"question": {"mode": "iptables"}})
    elif rule == "services.nodePort":
        yield from _node_ports(world, host, port)
    elif rule in {"services.clusterIPInside", "services.podIPInside"}:
        yield from _openings(world, service, port)
    elif service is not None and rule == "services.servicePort":
        yield from _ports(world, service, host, port)
    elif service is not None:
        yield from _policy_fields(service)
        yield from _endpoints(world, service)


def near_misses(world: World, way: Way, host: str) -> Iterator[Step]:
    """Yield what the name nearly meant, or the pods that the Service nearly selects."""
    if world.source is not None and (way.failure is Failure.NAME or way.delivered is None):
        zone = zone_of(world.scenario, world.asked.cluster_domain)
        yield from resolve_changes.near_misses(host, pod=world.source, zone=zone)
    service = _service(world, way)
    if service is not None and way.endpoint is None:
        yield from endpoint_near_misses(service, tuple(world.pods.values()))


def _change(rule: str, facts: Mapping[str, object], patch: Mapping[str, Any]) -> Step:
    return Step(rule, True, facts, Role.CHANGE, change=patch)


def _service(world: World, way: Way) -> Service | None:
    """Return the Service that the packet went to, as the steps name it."""
    name = next((s.facts["service"] for s in way.steps if s.facts.get("service")), None)
    space = next((s.facts["namespace"] for s in way.steps if s.facts.get("namespace")), None)
    return next((s for s in world.services if s.name == name and space in {None, s.namespace}), None)


def _patch(service: Service, **spec: object) -> dict[str, Any]:
    return patches.for_object("Service", service.name, service.namespace, "v1", spec=spec)


def _policies(world: World, way: Way, port: int) -> Iterator[Step]:
    """Yield the policies that allow just this connection, and the look-up before it if that is denied too."""
    wanted = []
    dns = Connection(source=world.client, target=of_pod(arrival.dns_pod(world)), port=53, protocol="UDP")
    if way.endpoint is None:
        wanted.append(dns)
    for pod, number in _targets(world, way, port):
        connection = Connection(
            source=world.client, target=of_pod(pod), port=number, protocol=world.asked.protocol
        )
        grants = [
            (denied.direction, manifest)
            for each in (*wanted, connection)
            for denied in arrival.denials(world, each)
            if (manifest := grant(each, denied.direction)) is not None
        ]
        if grants:
            named = _distinct([manifest for _, manifest in grants])
            facts = {
                "policy": tuple(each["metadata"]["name"] for each in named),
                "direction": tuple(dict.fromkeys(direction.value for direction, _ in grants)),
                "pod": f"{pod.namespace}/{pod.name}",
                "port": number,
            }
            yield _change("services.policyDenies", facts, patches.together(*named))


def _distinct(manifests: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the policies under names of their own: two may be needed for one pod."""
    return [
        each
        if index == 0
        else each | {"metadata": each["metadata"] | {"name": f"{each['metadata']['name']}-{index + 1}"}}
        for index, each in enumerate(manifests)
    ]


def _targets(world: World, way: Way, port: int) -> Iterator[tuple[Pod, int]]:
    """Yield the pods that the packet was for, with the port it goes to there."""
    if way.endpoint is not None:
        ip, _, number = way.endpoint.rpartition(":")
        yield from (
            (pod, int(number))
            for pod in world.pods.values()
            if of_pod(pod).ip is not None and str(of_pod(pod).ip) == ip
        )
        return
    # the look-up was denied: whom the name stands for is not known yet, and any ready pod may be meant
    for service in world.services:
        for each in service.spec.ports or ():
            if each.port == port and service.spec.selector:
                for pod in world.pods.values():
                    if pod.namespace == service.namespace and matches_all(service.spec.selector, pod.labels):
                        yield (
                            pod,
                            each.target_port
                            if isinstance(each.target_port, int) and each.target_port
                            else port,
                        )
                        break


def _names(world: World, host: str, port: int) -> Iterator[Step]:
    if world.source is None:
        return
    zone = zone_of(world.scenario, world.asked.cluster_domain)
    found = look_up(world.source, host, "A", zone=zone, outside=Outside())
    for each in resolve_changes.proposals(host, "A", pod=world.source, zone=zone, found=found):
        asked = (each.change or {}).get("question", {})
        if "name" in asked:
            yield _change(each.rule, each.facts, {"question": {"to": f"{asked['name']}:{port}"}})
        elif not asked:
            yield each


def _ports(world: World, service: Service, host: str, port: int) -> Iterator[Step]:
    """Yield the Service with the port asked for, as another door to what it has; else the port it has."""
    own = [each for each in service.spec.ports or () if each.protocol == world.asked.protocol]
    for each in own[:1]:
        opened = _opened(service, each, port)
        facts = {"service": service.name, "port": port, "target": each.target_port or each.port}
        yield _change("services.servicePort", facts, _patch(service, ports=opened))
        asked = {"question": {"to": f"{host}:{each.port}"}}
        yield _change("services.otherPort", {"service": service.name, "port": each.port}, asked)


def _opened(service: Service, like: ServicePort, port: int) -> list[dict[str, Any]]:
    """Return the ports with one more; of several each needs a name."""
    given = [{k: v for k, v in to_builtins(each).items() if v} for each in service.spec.ports or ()]
    for index, each in enumerate(given):
        each.setdefault("name", f"port-{index}")
    added = {"name": f"port-{port}", "port": port, "protocol": like.protocol}
    return [*given, added | {"targetPort": like.target_port or like.port}]


def _node_ports(world: World, host: str, port: int) -> Iterator[Step]:
    """Yield the node port that is open, else a Service whose port is opened where it was asked for."""
    for service in world.services:
        for index, each in enumerate(service.spec.ports or ()):
            if each.protocol != world.asked.protocol:
                continue
            if service.spec.type in WITH_NODE_PORTS and each.node_port:
                facts = {"service": service.name, "port": each.node_port}
                yield _change("services.otherPort", facts, {"question": {"to": f"{host}:{each.node_port}"}})
            else:
                yield _as_node_port(service, index, port, {})


def _as_node_port(service: Service, index: int, port: int, question: Mapping[str, Any]) -> Step:
    ports = [{k: v for k, v in to_builtins(each).items() if v} for each in service.spec.ports or ()]
    ports[index]["nodePort"] = port
    patch = _patch(service, type="NodePort", ports=ports)
    return _change("services.nodePort", {"service": service.name, "port": port}, patch | dict(question))


def _openings(world: World, service: Service | None, port: int) -> Iterator[Step]:
    """Yield the node ports that let a client outside in, of this Service or of one that selects pods."""
    for each in (service,) if service is not None else world.services:
        for index, found in enumerate(each.spec.ports or ()):
            if service is not None and found.port != port:
                continue
            node_port = found.node_port or _SOME_NODE_PORT
            for node in sorted(world.nodes)[:1]:
                question = {"question": {"to": f"node/{node}:{node_port}"}}
                if each.spec.type in WITH_NODE_PORTS and found.node_port:
                    facts = {"service": each.name, "port": node_port}
                    yield _change("services.otherPort", facts, question)
                else:
                    yield _as_node_port(each, index, node_port, question)


def _policy_fields(service: Service) -> Iterator[Step]:
    """Yield the Service with a traffic policy that lets other nodes' endpoints answer."""
    for member, value, rule in (
        ("internalTrafficPolicy", service.spec.internal_traffic_policy, "services.internalTrafficPolicy"),
        ("externalTrafficPolicy", service.spec.external_traffic_policy, "services.externalTrafficPolicy"),
    ):
        if value == "Local":
            yield _change(rule, {"service": service.name}, _patch(service, **{member: "Cluster"}))
    if service.spec.load_balancer_source_ranges:
        patch = _patch(service, loadBalancerSourceRanges=None)
        yield _change("services.sourceRanges", {"service": service.name}, patch)


def _endpoints(world: World, service: Service) -> Iterator[Step]:
    """Yield what gives the Service a ready endpoint: its own fields, else a pod that becomes ready."""
    pods = tuple(world.pods.values())
    here = [pod for pod in pods if pod.namespace == service.namespace]
    selected = [pod for pod in here if matches_all(service.spec.selector or {}, pod.labels)]
    if service.spec.selector:
        yield from endpoint_changes(service, here, selected, world.nodes)
    for pod in selected:
        if not is_ready(pod):
            ready = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
            patch = patches.for_object("Pod", pod.name, pod.namespace, "v1", **ready)
            yield _change("services.ready", {"pod": pod.name, "service": service.name}, patch)

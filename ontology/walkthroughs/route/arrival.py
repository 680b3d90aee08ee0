"""The last stretch: network policies at both ends, and the pod network between the nodes.

Source: kubernetes.io/docs/concepts/services-networking/network-policies,
.../cluster-administration/networking (v1.36).
"""

from collections.abc import Iterator

from ontology.cluster.meta import ObjectMeta
from ontology.cluster.namespaces import Namespace
from ontology.cluster.networkpolicies import NetworkPolicy
from ontology.cluster.pods import Pod
from ontology.semantics.networkpolicy.isolation import Connection, Direction, Ruling, ruling
from ontology.semantics.networkpolicy.peers import End, of_pod
from ontology.verdict import Step
from ontology.walkthroughs.route.way import Failure, Way, World

# The pods behind the cluster's DNS as every set-up tool labels them, where they are not among the objects.
_DNS_LABELS = {"k8s-app": "kube-dns"}
_DNS_POD = Pod(metadata=ObjectMeta(name="kube-dns", namespace="kube-system", labels=_DNS_LABELS))
_DNS_PORT = 53


def at_pod(world: World, way: Way, endpoint: str, pod: Pod, port: int) -> None:
    """Let the packet into the pod, if no policy keeps it out."""
    way.endpoint = endpoint
    start = way.entered or world.node
    if world.outside and not way.entered:
        way.fail(Step("services.podIPInside", False, {"to": endpoint}), Failure.DROPPED)
        return
    if _kept_out(world, way, _connection(world, of_pod(pod), port, world.asked.protocol)):
        return
    facts = {"pod": pod.name, "from": start, "to": pod.spec.node_name, "endpoint": endpoint}
    rule = "services.sameNode" if start == pod.spec.node_name else "services.otherNode"
    way.hop(f"node/{pod.spec.node_name}", Step(rule, True, facts))
    way.hop(f"{pod.namespace}/{pod.name}", Step("services.delivered", True, facts))
    way.delivered = True


def reaches_dns(world: World, way: Way) -> bool:
    """Whether policies let the source ask the cluster's DNS; a name cannot be looked up otherwise."""
    connection = _connection(world, of_pod(dns_pod(world)), _DNS_PORT, "UDP")
    return not _kept_out(world, way, connection)


def dns_pod(world: World) -> Pod:
    """Return a pod of the cluster's DNS, the customary one where none is given."""
    known = (p for p in world.pods.values() if p.namespace == "kube-system")
    return next((p for p in known if p.labels.get("k8s-app") == "kube-dns"), _DNS_POD)


def _connection(world: World, to: End, port: int, protocol: str) -> Connection:
    return Connection(source=world.client, target=to, port=port, protocol=protocol)


def denials(world: World, connection: Connection) -> Iterator[Ruling]:
    """Yield the directions that network policies do not let the connection through."""
    if connection.source == connection.target:
        return  # a pod reaches itself
    policies = world.scenario.all(NetworkPolicy)
    labels = {n.name: n.labels for n in world.scenario.all(Namespace)}
    for direction in Direction:
        found = ruling(connection, direction, policies, labels)
        if not found.allowed:
            yield found


def _kept_out(world: World, way: Way, connection: Connection) -> bool:
    found = sorted(denials(world, connection), key=lambda each: each.allowed is None)
    for each in found:
        guarded, _ = connection.ends(each.direction)
        concepts = (f"PolicyType.{each.direction.value}",)
        facts = {
            "end": str(guarded),
            "direction": each.direction.value,
            "policies": each.policies,
            "pod": str(connection.target),
            "port": connection.port,
            "protocol": connection.protocol,
        }
        if each.allowed is None:
            way.leave(Step("networkPolicy.hostNetwork", None, facts, concepts=concepts))
        else:
            way.fail(Step("services.policyDenies", False, facts, concepts=concepts), Failure.DROPPED)
        return True
    return False

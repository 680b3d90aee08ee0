"""Where a packet is and where it starts: the objects around it, and the hops so far."""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import Literal

from ontology.cluster import meta
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.services import Service
from ontology.errors import InvalidQuestionError
from ontology.scenario import Question, Scenario
from ontology.semantics.networkpolicy.peers import End, of_node, of_pod
from ontology.semantics.services.traffic import Mode
from ontology.verdict import Step

OUTSIDE = "external"


class Route(Question, frozen=True):
    """Asks for a packet from a pod (`namespace/pod`), a node (`node/NAME`) or outside to `host:port`.

    Outside is `external` or an address there. `host` is a name, an address, `namespace/pod`, `node/NAME`, or
    `localhost`.
    """

    source: str = meta.field(name="from")
    to: str
    protocol: Literal["TCP", "UDP", "SCTP"] = "TCP"
    mode: Mode = Mode.IPTABLES
    cluster_domain: str = "cluster.local"
    seed: int = 0


class Failure(StrEnum):
    """How the client notices that its packet does not arrive."""

    NAME = "nameNotFound"
    REFUSED = "refused"  # an answer at once: connection refused
    DROPPED = "dropped"  # no answer: the client times out


@dataclass(slots=True)
class Way:
    """The hops so far. `delivered` stays None until somebody delivers or drops the packet."""

    steps: list[Step] = field(default_factory=list)
    hops: list[str] = field(default_factory=list)
    endpoint: str | None = None
    among: tuple[str, ...] = ()
    delivered: bool | None = None
    failure: Failure | None = None
    entered: str = ""  # the node whose kube-proxy chose the endpoint
    snat: bool = False

    def hop(self, at: str, step: Step) -> None:
        """Record where the packet is and which rule acts on it there."""
        self.hops.append(at)
        self.steps.append(step)

    def fail(self, step: Step, failure: Failure) -> None:
        """Record the rule that the packet fails by, and what the client sees of it."""
        self.steps.append(step)
        self.delivered, self.failure = False, failure

    def leave(self, step: Step) -> None:
        """Record that what happens next cannot be told from the objects."""
        self.steps.append(step)
        self.delivered = None


@dataclass(frozen=True, slots=True)
class World:
    """The objects, and where the packet starts: a pod, a node, or a client outside."""

    scenario: Scenario
    asked: Route
    pods: dict[str, Pod]
    nodes: dict[str, Node]
    services: tuple[Service, ...]
    source: Pod | None
    node: str  # where the packet starts, empty outside
    client: End

    @property
    def outside(self) -> bool:
        """Whether the packet comes from outside of the cluster."""
        return not self.node


def world_of(scenario: Scenario, asked: Route) -> World:
    """Return the world of a packet.

    Raises:
        InvalidQuestionError: the packet starts at nothing among the objects.
    """
    pods = {f"{p.namespace}/{p.name}": p for p in scenario.all(Pod)}
    nodes = {n.name: n for n in scenario.all(Node)}
    services = scenario.all(Service)
    source = pods.get(asked.source)
    if source is not None:
        return World(scenario, asked, pods, nodes, services, source, source.spec.node_name, of_pod(source))
    name = asked.source.removeprefix("node/")
    if asked.source.startswith("node/") and name in nodes:
        return World(scenario, asked, pods, nodes, services, None, name, of_node(nodes[name]))
    if asked.source == OUTSIDE:
        return World(scenario, asked, pods, nodes, services, None, "", End(None, None))
    if is_address(asked.source):
        client = End(None, ip_address(asked.source))
        return World(scenario, asked, pods, nodes, services, None, "", client)
    message = (
        f"`{asked.source}` is neither a Pod (namespace/name), a node (node/NAME), `{OUTSIDE}` nor an address"
    )
    raise InvalidQuestionError(message, path="question.route.from")


def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

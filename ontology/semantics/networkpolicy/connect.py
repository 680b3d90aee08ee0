"""The question `connect`: may this end open a connection to that one?"""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from typing import Annotated, Any, Literal

from msgspec import Meta

from ontology.cluster import manifests
from ontology.cluster.meta import field
from ontology.cluster.namespaces import Namespace
from ontology.cluster.networkpolicies import NetworkPolicy
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.networkpolicy import validation
from ontology.semantics.networkpolicy.isolation import (
    Connection,
    Direction,
    Ruling,
    peer_fits,
    port_fits,
    rules,
    ruling,
    verdict,
)
from ontology.semantics.networkpolicy.peers import NAMESPACE_NAME, End, of_node, of_pod
from ontology.verdict import Outcome, Role, Step, Verdict

Labels = Mapping[str, Mapping[str, str]]


class Connect(Question, frozen=True):
    """Asks for a connection between two ends (`from` in JSON): `namespace/pod`, `node/NAME` or an address."""

    source: str = field(name="from")
    to: str
    port: Annotated[int, Meta(ge=1, le=65535)]
    protocol: Literal["TCP", "UDP", "SCTP"] = "TCP"


def evaluate(scenario: Scenario, asked: Connect) -> Verdict:
    """Answer `{"allowed", "egress": {...}, "ingress": {...}}`, each with `isolated`, `policies`, `rule`.

    Outcome: yes and no as `allowed`; unknown where a pod on its node's network is guarded, since
    network plugins differ there. A pod always reaches itself.

    Raises:
        InvalidQuestionError: an end that is neither a pod among the objects nor an address.
        InvalidObjectError: a selector or CIDR that the API would refuse.
    """
    validation.check(scenario)
    ends = {f"{pod.namespace}/{pod.name}": of_pod(pod) for pod in scenario.all(Pod)}
    ends |= {f"node/{node.name}": of_node(node) for node in scenario.all(Node)}
    policies = scenario.all(NetworkPolicy)
    labels = {each.name: each.labels for each in scenario.all(Namespace)}
    connection = Connection(
        source=_end(asked.source, ends, "from"),
        target=_end(asked.to, ends, "to"),
        port=asked.port,
        protocol=asked.protocol,
    )
    rulings = tuple(ruling(connection, direction, policies, labels) for direction in Direction)
    allowed = verdict(connection, rulings)
    return Verdict(
        answer={"allowed": allowed, **{r.direction.value.lower(): _as_json(r) for r in rulings}},
        outcome=Outcome.of(allowed),
        explain=lambda: tuple(_steps(connection, rulings, policies, labels)),
    )


def _end(name: str, ends: Mapping[str, End], member: str) -> End:
    known = ends.get(name)
    if known is not None:
        return known
    try:
        ip = ip_address(name)
    except ValueError as error:
        message = (
            f"`{name}` is neither a Pod among the objects (namespace/name), a Node (node/name) nor an address"
        )
        raise InvalidQuestionError(message, path=f"question.connect.{member}") from error
    return next((end for end in ends.values() if end.ip == ip), End(None, ip))


def _as_json(ruling_: Ruling) -> dict[str, Any]:
    return {
        "isolated": ruling_.isolated,
        "allowed": ruling_.allowed,
        "policies": list(ruling_.policies),
        "rule": ruling_.rule,
    }


def _facts(connection: Connection) -> dict[str, Any]:
    return {
        "from": str(connection.source),
        "to": str(connection.target),
        "port": connection.port,
        "protocol": connection.protocol,
    }


def _steps(
    connection: Connection, rulings: Sequence[Ruling], policies: Sequence[NetworkPolicy], labels: Labels
) -> Iterator[Step]:
    facts = _facts(connection)
    if connection.source == connection.target:
        yield Step("networkPolicy.self", True, facts)
        return
    for each in rulings:
        guarded, _ = connection.ends(each.direction)
        concepts = (f"PolicyType.{each.direction.value}",)
        seen = facts | {"end": str(guarded), "direction": each.direction.value, "policies": each.policies}
        if each.allowed is None:
            yield Step("networkPolicy.hostNetwork", None, seen, concepts=concepts)
        elif each.own_node and each.isolated:
            yield Step("networkPolicy.ownNode", True, seen, concepts=concepts)
        elif not each.isolated:
            yield Step("networkPolicy.notIsolated", True, seen, concepts=concepts)
        else:
            yield Step("networkPolicy.rule", each.allowed, seen | {"rule": each.rule}, concepts=concepts)
    for each in rulings:
        if each.allowed is False:
            yield from _near_misses(connection, each, policies, labels)
            yield from _change(connection, each, policies, labels)


def _near_misses(
    connection: Connection, denied: Ruling, policies: Sequence[NetworkPolicy], labels: Labels
) -> Iterator[Step]:
    """Yield the rules of the guarding policies that miss by the port alone, or by the peer alone."""
    _, other = connection.ends(denied.direction)
    facts = _facts(connection)
    for policy in policies:
        if f"{policy.namespace}/{policy.name}" not in denied.policies:
            continue
        for index, rule in enumerate(rules(policy, denied.direction)):
            peer = peer_fits(rule, connection, denied.direction, policy.namespace, labels)
            port = port_fits(rule, connection)
            name = f"{policy.name}.{denied.direction.value.lower()}[{index}]"
            seen = facts | {"rule": name, "other": str(other)}
            if peer and not port:
                yield Step("networkPolicy.port", False, seen, Role.NEAR_MISS)
            elif port and not peer:
                yield Step("networkPolicy.peer", False, seen, Role.NEAR_MISS)


def _change(
    connection: Connection, denied: Ruling, policies: Sequence[NetworkPolicy], labels: Labels
) -> Iterator[Step]:
    """Yield the policy that lets just this connection through in the denied direction, tried first."""
    manifest = grant(connection, denied.direction)
    if manifest is None:
        return
    added = manifests.decode(manifest, NetworkPolicy)
    if ruling(connection, denied.direction, (*policies, added), labels).allowed:
        seen = _facts(connection) | {"direction": denied.direction.value, "policy": added.name}
        yield Step("networkPolicy.rule", True, seen, Role.CHANGE, change=manifest)


def grant(connection: Connection, direction: Direction) -> dict[str, Any] | None:
    """Return the smallest policy that allows the connection in one direction, None where none can.

    Policies select by labels, so the policy also covers other pods that carry the same ones.
    """
    guarded, other = connection.ends(direction)
    if guarded.pod is None:
        return None
    if other.pod is not None and not other.on_host_network:
        peer: dict[str, Any] = {
            "namespaceSelector": {"matchLabels": {NAMESPACE_NAME: other.pod.namespace}},
            "podSelector": {"matchLabels": dict(other.pod.labels)},
        }
    elif other.ip is not None:
        peer = {"ipBlock": {"cidr": f"{other.ip}/{other.ip.max_prefixlen}"}}
    else:
        return None
    key = "from" if direction is Direction.INGRESS else "to"
    rule = {key: [peer], "ports": [{"port": connection.port, "protocol": connection.protocol}]}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": f"allow-{guarded.pod.name}", "namespace": guarded.pod.namespace},
        "spec": {
            "podSelector": {"matchLabels": dict(guarded.pod.labels)},
            "policyTypes": [direction.value],
            direction.value.lower(): [rule],
        },
    }


CONNECT = Evaluator(question=Connect, evaluate=evaluate)

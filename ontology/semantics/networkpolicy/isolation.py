"""Isolation: policies add up. A pod that none selects is open; one that some select needs one that allows.

Source: kubernetes.io/docs/concepts/services-networking/network-policies
#the-two-sorts-of-pod-isolation (v1.36).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ontology.cluster.networkpolicies import NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort
from ontology.selectors import matches
from ontology.semantics.networkpolicy.peers import End, is_meant, is_port


class Direction(StrEnum):
    """Which way a policy looks."""

    EGRESS = "Egress"
    INGRESS = "Ingress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A connection that is to be opened, to a port of the target itself (behind a Service: the pod's)."""

    source: End
    target: End
    port: int
    protocol: str

    def ends(self, direction: Direction) -> tuple[End, End]:
        """Return the end that is guarded in a direction, and the other one."""
        return (self.source, self.target) if direction is Direction.EGRESS else (self.target, self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the policies of one direction say; `rule` is `namespace/policy.ingress[0]`, the deciding one.

    `allowed` is None where network plugins differ: a guarded pod on its node's network. `own_node`: the other
    end is the node the pod runs on, which policies never keep away.
    """

    direction: Direction
    policies: tuple[str, ...]
    allowed: bool | None
    rule: str | None
    own_node: bool = False

    @property
    def isolated(self) -> bool:
        """Whether any policy guards the end in this direction."""
        return bool(self.policies)


Rule = tuple[Sequence[NetworkPolicyPeer] | None, Sequence[NetworkPolicyPort] | None]


def types(policy: NetworkPolicy) -> frozenset[str]:
    """Return the directions of a policy: without a word, ingress always, and egress where it has rules."""
    named = policy.spec.policy_types
    return frozenset(named or (["Ingress", "Egress"] if policy.spec.egress else ["Ingress"]))


def rules(policy: NetworkPolicy, direction: Direction) -> list[Rule]:
    """Return the rules of one direction as peers and ports."""
    if direction is Direction.INGRESS:
        return [(rule.from_, rule.ports) for rule in policy.spec.ingress or ()]
    return [(rule.to, rule.ports) for rule in policy.spec.egress or ()]


def ruling(
    connection: Connection,
    direction: Direction,
    policies: Sequence[NetworkPolicy],
    labels: Mapping[str, Mapping[str, str]],
) -> Ruling:
    """Return what the policies say about one direction; `labels` are those of each namespace.

    Raises:
        InvalidObjectError: a selector or CIDR that the API would refuse.
    """
    guarded, other = connection.ends(direction)
    applying = [
        policy
        for policy in policies
        if guarded.pod is not None
        and policy.namespace == guarded.pod.namespace
        and direction.value in types(policy)
        and matches(policy.spec.pod_selector, guarded.pod.labels)
    ]
    deciding = next(
        (
            f"{policy.namespace}/{policy.name}.{direction.value.lower()}[{index}]"
            for policy in applying
            for index, rule in enumerate(rules(policy, direction))
            if port_fits(rule, connection)
            and peer_fits(rule, connection, direction, policy.namespace, labels)
        ),
        None,
    )
    names = tuple(f"{policy.namespace}/{policy.name}" for policy in applying)
    own_node = guarded.pod is not None and other.node != "" and other.node == guarded.pod.spec.node_name
    allowed = not applying or deciding is not None or own_node
    return Ruling(
        direction=direction,
        policies=names,
        allowed=allowed or (None if guarded.on_host_network else False),
        rule=deciding,
        own_node=own_node,
    )


def verdict(connection: Connection, rulings: Sequence[Ruling]) -> bool | None:
    """Whether both directions allow the connection; None where only the network plugin can tell.

    A pod always reaches itself.
    """
    if connection.source == connection.target:
        return True
    if any(each.allowed is False for each in rulings):
        return False
    return None if any(each.allowed is None for each in rulings) else True


def peer_fits(
    rule: Rule,
    connection: Connection,
    direction: Direction,
    namespace: str,
    labels: Mapping[str, Mapping[str, str]],
) -> bool:
    """Whether the rule means the other end; no peers means all of them."""
    _, other = connection.ends(direction)
    peers, _ = rule
    return not peers or any(is_meant(peer, other, namespace=namespace, labels=labels) for peer in peers)


def port_fits(rule: Rule, connection: Connection) -> bool:
    """Whether the rule covers the target's port; no ports means all of them."""
    _, ports = rule
    target = connection.target
    return not ports or any(is_port(each, connection.port, connection.protocol, target) for each in ports)

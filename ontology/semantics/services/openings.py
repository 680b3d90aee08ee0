"""The question `opens`: at which addresses a Service can be reached, from where, by its type.

Source: kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types (v1.36).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ontology.cluster.nodes import Node
from ontology.cluster.services import Service, ServicePort
from ontology.errors import InvalidQuestionError, did_you_mean
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.services.zone import ASSIGNED, Addressed, cluster_ips, zone_of
from ontology.verdict import Outcome, Step, Verdict

_WITH_NODE_PORTS = ("NodePort", "LoadBalancer")
_RULE = "services.opens."
_EVERY_NODE = "<every node>"


class Opens(Question, frozen=True):
    """Asks what a Service (`namespace/name`) opens."""

    service: str
    cluster_domain: str = "cluster.local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One way to a Service. `port` is None for any port, `<assigned>` where the API server chooses."""

    rule: str
    reached: str  # `inside` the cluster only, or `outside` too
    address: str
    port: int | str | None
    protocol: str

    def as_json(self) -> dict[str, Any]:
        """The shape of the verdict."""
        via = self.rule.removeprefix(_RULE)
        return {
            "via": via,
            "from": self.reached,
            "address": self.address,
            "port": self.port,
            "protocol": self.protocol,
        }


def evaluate(scenario: Scenario, asked: Opens) -> Verdict:
    """Answer `{"type", "name", "opens": [{"via", "from", "address", "port", "protocol"}]}`.

    Outcome: yes when it can be reached from outside of the cluster, no when only from inside; unknown for
    ExternalName, which is a name for something elsewhere.

    Raises:
        InvalidQuestionError: no such Service among the objects.
    """
    services = {f"{each.namespace}/{each.name}": each for each in scenario.all(Service)}
    service = services.get(asked.service)
    if service is None:
        hint = did_you_mean(get_close_matches(asked.service, services, n=1))
        message = f"no Service `{asked.service}` among the objects{hint}"
        raise InvalidQuestionError(message, path="question.opens.service")
    name = f"{service.name}.{service.namespace}.svc.{asked.cluster_domain}"
    zone = zone_of(scenario, asked.cluster_domain)
    behind = zone.endpoints(service) if _is_headless(service) else ()
    found = tuple(_openings(service, scenario.all(Node), behind))
    outward = any(each.reached == "outside" for each in found)
    return Verdict(
        answer={
            "type": "headless" if _is_headless(service) else service.spec.type,
            "name": name,
            "opens": [each.as_json() for each in found],
        },
        outcome=Outcome.of(None if service.spec.type == "ExternalName" else outward),
        explain=lambda: tuple(_steps(service, name, found)),
    )


def _is_headless(service: Service) -> bool:
    return service.spec.cluster_ip == "None" and service.spec.type != "ExternalName"


def _openings(service: Service, nodes: Sequence[Node], behind: Sequence[Addressed]) -> Iterator[Opening]:
    if service.spec.type == "ExternalName":
        name = service.spec.external_name
        yield Opening(rule=_RULE + "externalName", reached="inside", address=name, port=None, protocol="")
        return
    if _is_headless(service):
        yield from _of_endpoints(behind)
    for port in service.spec.ports or ():
        yield from _of_port(service, port, nodes)


def _of_port(service: Service, port: ServicePort, nodes: Sequence[Node]) -> Iterator[Opening]:
    if not _is_headless(service):
        for ip in cluster_ips(service) or [ASSIGNED]:
            yield _at(port, "clusterIP", ip, reached="inside")
    for ip in service.spec.external_ips or ():
        yield _at(port, "externalIP", ip)
    if _has_node_port(service):
        for ip in _addresses(nodes):
            yield _at(port, "nodePort", ip, number=port.node_port or ASSIGNED)
    if service.spec.type == "LoadBalancer":
        given = [each.ip or each.hostname for each in service.status.load_balancer.ingress or ()]
        for address in given or [ASSIGNED]:
            yield _at(port, "loadBalancer", address)


def _at(
    port: ServicePort, via: str, address: str, *, number: int | str | None = None, reached: str = "outside"
) -> Opening:
    own = port.port if number is None else number
    return Opening(rule=_RULE + via, reached=reached, address=address, port=own, protocol=port.protocol)


def _of_endpoints(behind: Sequence[Addressed]) -> Iterator[Opening]:
    for each in behind:
        # without ports of the Service every port of the endpoint is open
        for _, protocol, number in each.ports or (("", "", None),):
            yield Opening(
                rule=_RULE + "headless", reached="inside", address=each.ip, port=number, protocol=protocol
            )


def _has_node_port(service: Service) -> bool:
    spec = service.spec
    wanted = spec.type == "NodePort" or spec.allocate_load_balancer_node_ports
    given = any(port.node_port for port in spec.ports or ())
    return spec.type in _WITH_NODE_PORTS and (wanted or given)


def _addresses(nodes: Sequence[Node]) -> list[str]:
    return [
        each.address
        for node in nodes
        for each in node.status.addresses or ()
        if each.type in {"InternalIP", "ExternalIP"}
    ] or [_EVERY_NODE]


def _steps(service: Service, name: str, found: Sequence[Opening]) -> Iterator[Step]:
    for rule in dict.fromkeys(each.rule for each in found):
        mine = [each for each in found if each.rule == rule]
        facts = {
            "service": service.name,
            "name": name,
            "addresses": tuple(dict.fromkeys(each.address for each in mine)),
            "ports": tuple(dict.fromkeys(f"{each.port}/{each.protocol}" for each in mine)),
        }
        yield Step(rule, True, facts)
    if not found:
        yield Step("services.opens.nothing", False, {"service": service.name, "name": name})


OPENS = Evaluator(question=Opens, evaluate=evaluate)

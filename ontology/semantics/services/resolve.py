"""The question `resolve`: what a name means to a pod."""

from collections.abc import Sequence
from typing import Any

from ontology.cluster.meta import field
from ontology.cluster.namespaces import Namespace
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.services import Endpoints, EndpointSlice, Service
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.services.forwarding import Outside, ask, cached_for
from ontology.semantics.services.records import Response, Status
from ontology.semantics.services.resolver import NodeConf, ResolvConf, candidates, resolv_conf
from ontology.semantics.services.zone import Zone, directory
from ontology.verdict import Outcome, Role, Step, Verdict

CLUSTER_DNS = "10.96.0.10"


class OutsideWorld(Question, frozen=True):
    """What lies beyond the cluster: see `forwarding.Outside`."""

    forwarders: list[str] = field(default_factory=list)
    stub_domains: dict[str, str] = field(default_factory=dict)
    zones: dict[str, dict[str, dict[str, list[str]]]] = field(default_factory=dict)
    ttl: int = 300
    search: list[str] = field(default_factory=list)
    nameservers: list[str] = field(default_factory=list)


class Resolve(Question, frozen=True):
    """Asks what `name` means to the pod `source` (`namespace/name`, `from` in JSON)."""

    name: str
    source: str = field(name="from")
    type: str = "A"
    cluster_domain: str = "cluster.local"
    outside: OutsideWorld = OutsideWorld()


def evaluate(scenario: Scenario, asked: Resolve) -> Verdict:
    """Answer `{"status", "answer", "tried", "server", "cachedFor", "resolvConf"}`.

    Outcome: yes when a record is found, no when every name that was tried fails, unknown when a name
    had to be asked of servers outside of which nothing is said.

    Raises:
        InvalidQuestionError: no such pod among the objects.
    """
    pod = next((p for p in scenario.all(Pod) if f"{p.namespace}/{p.name}" == asked.source), None)
    if pod is None:
        raise InvalidQuestionError(f"no Pod `{asked.source}` among the objects", path="question.resolve.from")
    zone = _zone(scenario, asked.cluster_domain)
    outside, server = _outside(asked.outside), _server(zone)
    node = NodeConf(tuple(asked.outside.nameservers), tuple(asked.outside.search))
    conf = resolv_conf(pod, domain=asked.cluster_domain, server=server, node=node)
    # a pod that asks the node's servers never reaches the cluster's own names
    reached = zone if server in conf.nameservers else None
    tried: list[tuple[str, Response | None]] = []
    for name in candidates(asked.name, conf):
        tried.append((name, ask(name, asked.type, reached, outside)))
        response = tried[-1][1]
        if response is None or response.status is Status.NOERROR:
            break
    final = tried[-1][1]
    return Verdict(
        answer=_answer(tried, final, conf),
        outcome=Outcome.of(None if final is None else final.status is Status.NOERROR),
        explain=lambda: _steps(asked, tried, conf, zone, pod),
    )


def _zone(scenario: Scenario, domain: str) -> Zone:
    services, pods = scenario.all(Service), scenario.all(Pod)
    named = {each.name for each in scenario.all(Namespace)}
    implied = {each.namespace for each in (*services, *pods)}
    return Zone(
        domain=domain,
        namespaces=frozenset(named | implied),
        services={(s.namespace, s.name): s for s in services},
        endpoints=directory(
            pods=pods,
            nodes=scenario.all(Node),
            made_slices=scenario.all(EndpointSlice),
            made_endpoints=scenario.all(Endpoints),
        ),
    )


def _server(zone: Zone) -> str:
    """Return the address of the cluster's DNS Service, the customary one where it is not given."""
    service = zone.services.get(("kube-system", "kube-dns"))
    return (service.spec.cluster_ip if service is not None else "") or CLUSTER_DNS


def _outside(world: OutsideWorld) -> Outside:
    return Outside(
        forwarders=tuple(world.forwarders),
        stubs={domain.lower(): server for domain, server in world.stub_domains.items()},
        zones={
            server: {name.lower().rstrip("."): records for name, records in names.items()}
            for server, names in world.zones.items()
        },
        ttl=world.ttl,
    )


def _answer(
    tried: Sequence[tuple[str, Response | None]], final: Response | None, conf: ResolvConf
) -> dict[str, Any]:
    return {
        "status": None if final is None else final.status.value,
        "answer": [
            {"name": r.name, "type": r.type, "ttl": r.ttl, "data": r.data}
            for r in (final.records if final is not None else ())
        ],
        "tried": [
            {"name": name, "status": None if response is None else response.status.value}
            for name, response in tried
        ],
        "server": None if final is None else final.server,
        "cachedFor": cached_for(final) if final is not None and final.records else None,
        "resolvConf": {
            "nameservers": list(conf.nameservers),
            "search": list(conf.search),
            "ndots": conf.ndots,
        },
    }


def _steps(
    asked: Resolve,
    tried: Sequence[tuple[str, Response | None]],
    conf: ResolvConf,
    zone: Zone,
    pod: Pod,
) -> tuple[Step, ...]:
    policy = {"pod": pod.name, "policy": conf.policy, "nameservers": conf.nameservers}
    first = [Step("services.dnsPolicy", True, policy, concepts=(f"DNSPolicy.{conf.policy}",))]
    absolute = asked.name.endswith(".")
    dots = asked.name.count(".")
    search = {"name": asked.name, "dots": dots, "ndots": conf.ndots, "search": conf.search}
    if not absolute:
        first.append(Step("services.dnsSearch", dots < conf.ndots, search))
    return (*first, *(_tried(name, response) for name, response in tried), *_near_misses(asked, zone, tried))


def _tried(name: str, response: Response | None) -> Step:
    if response is None:
        return Step("services.dnsForward", None, {"name": name})
    facts = {
        "name": name,
        "status": response.status.value,
        "server": response.server,
        "data": tuple(record.data for record in response.records),
    }
    return Step(response.rule, response.status is Status.NOERROR, facts)


def _near_misses(
    asked: Resolve, zone: Zone, tried: Sequence[tuple[str, Response | None]]
) -> tuple[Step, ...]:
    """A Service of the first label in another namespace is what most who ask in vain have meant."""
    final = tried[-1][1]
    if final is None or final.status is Status.NOERROR:
        return ()
    wanted = asked.name.split(".", maxsplit=1)[0].lower()
    return tuple(
        Step(
            "services.dnsNoService",
            False,
            {"name": asked.name, "service": name, "other": namespace, "full": f"{name}.{namespace}"},
            Role.NEAR_MISS,
        )
        for namespace, name in sorted(zone.services)
        if name == wanted
    )


RESOLVE = Evaluator(question=Resolve, evaluate=evaluate)

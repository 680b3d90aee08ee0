"""The question `resolve`: what a name means to a pod."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from msgspec import Meta

from ontology import patches
from ontology.cluster.meta import field
from ontology.cluster.pods import Pod
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario, convert_question
from ontology.semantics.services import resolve_changes
from ontology.semantics.services.forwarding import Outside
from ontology.semantics.services.lookup import Lookup, look_up
from ontology.semantics.services.records import Response, Status
from ontology.semantics.services.resolver import NodeConf
from ontology.semantics.services.zone import Zone, zone_of
from ontology.verdict import Outcome, Step, Verdict


class OutsideWorld(Question, frozen=True):
    """What lies beyond the cluster: see `forwarding.Outside`."""

    forwarders: list[str] = field(default_factory=list)
    stub_domains: dict[str, str] = field(default_factory=dict)
    zones: dict[str, dict[str, dict[str, list[str]]]] = field(default_factory=dict)
    ttl: Annotated[int, Meta(ge=0)] = 300
    search: list[str] = field(default_factory=list)
    nameservers: list[str] = field(default_factory=list)


class Resolve(Question, frozen=True):
    """Asks what `name` means to the pod `source` (`namespace/name`, `from` in JSON)."""

    name: Annotated[str, Meta(min_length=1)]
    source: str = field(name="from")
    type: Literal["A", "AAAA", "SRV", "CNAME", "PTR", "TXT"] = "A"
    cluster_domain: str = "cluster.local"
    outside: OutsideWorld = OutsideWorld()


def evaluate(scenario: Scenario, asked: Resolve) -> Verdict:
    """Answer `{"status", "answer", "tried", "server", "cachedFor", "resolvConf"}`.

    Outcome: yes when a record is found, no when every name that was tried fails, unknown when a name
    had to be asked of servers outside of which nothing is said.

    Raises:
        InvalidQuestionError: no such pod among the objects.
        InvalidObjectError: dnsPolicy None without a server, which the API refuses.
    """
    pod = next((p for p in scenario.all(Pod) if f"{p.namespace}/{p.name}" == asked.source), None)
    if pod is None:
        raise InvalidQuestionError(f"no Pod `{asked.source}` among the objects", path="question.resolve.from")
    zone = zone_of(scenario, asked.cluster_domain)
    found = look_up(pod, asked.name, asked.type, zone=zone, outside=_outside(asked.outside))
    final = found.final
    return Verdict(
        answer=_answer(found),
        outcome=Outcome.of(None if final is None else final.status is Status.NOERROR),
        explain=lambda: tuple(_steps(scenario, asked, found, zone, pod)),
    )


def _outside(world: OutsideWorld) -> Outside:
    return Outside(
        # what the cluster's server does not know it asks of its node's servers, unless told of others
        forwarders=tuple(world.forwarders or world.nameservers),
        stubs={domain.lower(): server for domain, server in world.stub_domains.items()},
        zones={
            server: {name.lower().rstrip("."): records for name, records in names.items()}
            for server, names in world.zones.items()
        },
        ttl=world.ttl,
        node=NodeConf(tuple(world.nameservers), tuple(world.search)),
    )


def _answer(found: Lookup) -> dict[str, Any]:
    final, conf = found.final, found.conf
    return {
        "status": None if final is None else final.status.value,
        "answer": [
            {"name": r.name, "type": r.type, "ttl": r.ttl, "data": r.data}
            for r in (final.records if final is not None else ())
        ],
        "tried": [
            {"name": name, "status": None if response is None else response.status.value}
            for name, response in found.tried
        ],
        "server": None if final is None else final.server,
        "cachedFor": found.cached_for,
        "resolvConf": {
            "nameservers": list(conf.nameservers),
            "search": list(conf.search),
            "ndots": conf.ndots,
        },
    }


def _steps(scenario: Scenario, asked: Resolve, found: Lookup, zone: Zone, pod: Pod) -> Iterator[Step]:
    conf = found.conf
    policy = {"pod": pod.name, "policy": conf.policy, "nameservers": conf.nameservers}
    yield Step("services.dnsPolicy", True, policy, concepts=(f"DNSPolicy.{conf.policy}",))
    dots = asked.name.count(".")
    if not asked.name.endswith("."):
        search = {"name": asked.name, "dots": dots, "ndots": conf.ndots, "search": conf.search}
        yield Step("services.dnsSearch", dots < conf.ndots, search)
    for name, response in found.tried:
        yield _tried(name, response)
    final = found.final
    if final is None or final.status is not Status.NOERROR:
        yield from resolve_changes.near_misses(asked.name, pod=pod, zone=zone)
        proposals = resolve_changes.proposals(asked.name, asked.type, pod=pod, zone=zone, found=found)
        yield from patches.helping(
            scenario,
            proposals,
            lambda changed: evaluate(changed, convert_question(changed.asked, Resolve, "resolve")),
        )


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


RESOLVE = Evaluator(question=Resolve, evaluate=evaluate)

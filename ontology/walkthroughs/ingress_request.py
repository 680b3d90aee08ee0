"""One HTTP request through an Ingress to a pod: the decision of `ingress`, the endpoints of `services`."""

from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import Any

from ontology import patches
from ontology.cluster.ingress import Ingress, IngressBackend, IngressClass
from ontology.cluster.meta import field
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.services import Service, ServicePort
from ontology.scenario import Evaluator, Question, Scenario, convert_question
from ontology.semantics.ingress import classes, explanation, hosts, validation
from ontology.semantics.ingress.decision import Decision, HttpRequest, decide
from ontology.semantics.ingress.routing import table
from ontology.semantics.services.endpoints import PodIndex, slices
from ontology.semantics.services.explanation import near_misses
from ontology.verdict import Outcome, Step, Verdict
from ontology.walkthroughs import ingress_changes
from ontology.walkthroughs.ingress_changes import Unanswered

_OK, _REDIRECT, _NOT_FOUND, _UNAVAILABLE = 200, 308, 404, 503
_OUTCOMES: Mapping[int | None, Outcome] = {
    _OK: Outcome.YES,
    _REDIRECT: Outcome.UNKNOWN,
    None: Outcome.UNKNOWN,
}


class Request(Question, frozen=True):
    """Asks which backend answers. `seed` chooses where weights and balancing leave a choice."""

    host: str = ""
    path: str = "/"
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    tls: bool = False
    ingress_class: str | None = None
    seed: int = 0


def evaluate(scenario: Scenario, asked: Request) -> Verdict:
    """Answer `{"status", "rule", "backend", "endpoints", "endpoint", "shares", "tls", "location"}`.

    Outcome: yes when an endpoint answers, no when the client gets 404 or 503, unknown for a redirect and
    for a backend that is no Service: `status` is null, for what it answers is the controller's own affair.

    Raises:
        InvalidObjectError: canary annotations that mean nothing, an Ingress that the API would refuse.
    """
    validation.check(scenario)
    known = {each.name: each for each in scenario.all(IngressClass)}
    every = scenario.all(Ingress)
    served: list[Ingress] = []
    skipped: list[Ingress] = []
    for each in every:
        (served if classes.served(each, known, asked.ingress_class) else skipped).append(each)
    routes = table(served)
    request = HttpRequest(
        host=asked.host, path=asked.path, headers=asked.headers, cookies=asked.cookies, tls=asked.tls
    )
    decision = decide(routes, served, request)
    answer = _answer(scenario, decision, request, Random(asked.seed))  # noqa: S311 - a simulation
    behind = _endpoints_step(answer)
    unserved = None if answer["status"] != _UNAVAILABLE else decision.answering(Random(asked.seed))  # noqa: S311

    def changes() -> Iterator[Step]:
        if answer["status"] == _OK:
            return
        found = Unanswered(
            scenario=scenario,
            request=request,
            decision=decision,
            routes=routes,
            skipped=skipped,
            chosen=None if decision.redirected else decision.answering(Random(asked.seed)),  # noqa: S311
        )
        offered = tuple(
            step
            for proposed in (ingress_changes.proposals(found), ingress_changes.of_request(found))
            for step in patches.helping(scenario, proposed, _again)
        )
        # where nobody runs behind the rules yet, a rule that covers the request is as far as it goes
        yield from offered or patches.helping(
            scenario,
            ingress_changes.proposals(found) if answer["status"] == _NOT_FOUND else (),
            _again,
            helps=lambda verdict: verdict.answer["status"] == _UNAVAILABLE,
        )

    return Verdict(
        answer=answer,
        outcome=_OUTCOMES.get(answer["status"], Outcome.NO),
        explain=lambda: (
            *_default_classes(known, every),
            *explanation.steps(decision, served, request),
            *behind,
            *explanation.near_misses(decision, routes, skipped, request),
            *_nearly_selected(scenario, unserved),
            *changes(),
        ),
    )


def _nearly_selected(scenario: Scenario, chosen: tuple[Ingress, IngressBackend] | None) -> Iterator[Step]:
    """Yield the pods that the Service of a backend without endpoints nearly selects."""
    service = None if chosen is None else _service(scenario, *chosen)
    if service is not None:
        yield from near_misses(service, scenario.all(Pod))


def _again(changed: Scenario) -> Verdict:
    return evaluate(changed, convert_question(changed.asked, Request, "request"))


def _default_classes(known: Mapping[str, IngressClass], every: Iterable[Ingress]) -> Iterator[Step]:
    """Yield which class an Ingress gets that names none."""
    marked = tuple(name for name, each in known.items() if classes.is_default(each))
    for ingress in every:
        if marked and classes.named(ingress) is None:
            facts = {
                "ingress": ingress.name,
                "classes": marked,
                "class": classes.default(known.values()),
            }
            yield Step("ingress.defaultClass", True, facts)


def _answer(scenario: Scenario, decision: Decision, request: HttpRequest, random: Random) -> dict[str, Any]:
    route = decision.route
    answer: dict[str, Any] = {
        "status": _NOT_FOUND,
        "rule": route
        and {
            "ingress": f"{route.ingress.namespace}/{route.ingress.name}",
            "host": route.host,
            "path": route.path,
            "pathType": route.path_type,
        },
        "backend": None,
        "endpoints": [],
        "endpoint": None,
        "shares": {},
        "tls": {"secret": decision.secret} if request.tls else None,
        "location": None,
    }
    if decision.redirected:
        location = f"https://{hosts.normalized(request.host)}{request.path}"
        return answer | {"status": _REDIRECT, "location": location}
    chosen = decision.answering(random)
    if chosen is None:
        return answer
    if chosen[1].service is None:
        return answer | {"status": None, "backend": _resource(chosen[1])}
    addresses = _addresses(scenario, *chosen)
    return answer | {
        "status": _OK if addresses else _UNAVAILABLE,
        "backend": _backend(*chosen),
        "endpoints": addresses,
        "endpoint": random.choice(addresses) if addresses else None,
        "shares": {name: str(part) for name, part in decision.shares().items()},
    }


def _backend(ingress: Ingress, backend: IngressBackend) -> dict[str, Any] | None:
    if backend.service is None:
        return None
    port = backend.service.port
    return {"service": f"{ingress.namespace}/{backend.service.name}", "port": port.name or port.number}


def _resource(backend: IngressBackend) -> dict[str, Any]:
    """Return the object that a backend names instead of a Service, as the Ingress has it."""
    return {
        "resource": {k: v for k, v in (backend.resource or {}).items() if k in {"apiGroup", "kind", "name"}}
    }


def _addresses(scenario: Scenario, ingress: Ingress, backend: IngressBackend) -> list[str]:
    """Return the ready endpoints behind the backend's port; the controller goes to the pods themselves."""
    service = _service(scenario, ingress, backend)
    port = None if service is None else _port(service, backend)
    if service is None or port is None:
        return []
    nodes = {node.name: node for node in scenario.all(Node)}
    found = slices(service, PodIndex(scenario.all(Pod)), nodes) or {}
    return sorted(
        f"{endpoint.ip}:{target.port}"
        for targets, endpoints in found.items()
        for target in targets
        if (target.name, target.protocol) == (port.name, port.protocol)
        for endpoint in endpoints
        if endpoint.ready
    )


def _service(scenario: Scenario, ingress: Ingress, backend: IngressBackend) -> Service | None:
    # an Ingress reaches the Services of its own namespace only
    wanted = backend.service and (ingress.namespace, backend.service.name)
    return next((s for s in scenario.all(Service) if (s.namespace, s.name) == wanted), None)


def _port(service: Service, backend: IngressBackend) -> ServicePort | None:
    if backend.service is None:
        return None
    wanted = backend.service.port
    for port in service.spec.ports or ():
        if port.name == wanted.name if wanted.name else port.port == wanted.number:
            return port
    return None


def _endpoints_step(answer: dict[str, Any]) -> tuple[Step, ...]:
    backend = answer["backend"]
    if backend is None:
        return ()
    if "resource" in backend:
        named = {k: backend["resource"].get(k, "") for k in ("kind", "name")}
        return (Step("ingress.resourceBackend", None, named),)
    facts = {**backend, "endpoint": answer["endpoint"], "endpoints": tuple(answer["endpoints"])}
    return (Step("ingress.endpoints", bool(answer["endpoints"]), facts),)


REQUEST = Evaluator(question=Request, evaluate=evaluate)

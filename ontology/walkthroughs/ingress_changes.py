"""What would have a request answered: proposals, each of which is tried before it is offered."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import partial
from typing import Any

from ontology import patches
from ontology.cluster.ingress import Ingress, IngressBackend, IngressClass
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.services import Service
from ontology.scenario import Scenario
from ontology.selectors import matches_all
from ontology.semantics.ingress import classes, hosts, paths
from ontology.semantics.ingress.canary import PREFIX
from ontology.semantics.ingress.decision import Decision, HttpRequest
from ontology.semantics.ingress.routing import Route, Table
from ontology.semantics.services.explanation import changes as endpoint_changes
from ontology.verdict import Role, Step

Rules = list[dict[str, Any]]
"""The rules of an Ingress, or the paths of one, as manifests have them."""

_API = "networking.k8s.io/v1"
_NEAREST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A request that no endpoint answered, and how far it came; `chosen` is the backend without endpoints."""

    scenario: Scenario
    request: HttpRequest
    decision: Decision
    routes: Table
    skipped: Sequence[Ingress]
    chosen: tuple[Ingress, IngressBackend] | None


def proposals(found: Unanswered) -> Iterator[Step]:
    """Yield changes that could have the request answered, those of manifests before those of the request."""
    if found.decision.redirected and found.decision.route is not None:
        yield from _redirect(found.decision.route.ingress)
    elif found.chosen is not None:
        yield from _backend(found, *found.chosen)
    else:
        yield from _classes(found)
        yield from _paths(found)
        yield from _hosts(found)


def _change(rule: str, facts: Mapping[str, object], patch: Mapping[str, Any]) -> Step:
    return Step(rule, True, facts, Role.CHANGE, change=patch)


def _redirect(ingress: Ingress) -> Iterator[Step]:
    marks = {PREFIX + "ssl-redirect": "false", PREFIX + "force-ssl-redirect": None}
    patch = patches.for_object("Ingress", ingress.name, ingress.namespace, _API)
    patch["metadata"]["annotations"] = marks
    yield _change("ingress.redirect", {"ingress": ingress.name}, patch)


def _classes(found: Unanswered) -> Iterator[Step]:
    """Yield the class that makes a controller serve an Ingress which it passes over."""
    known = found.scenario.all(IngressClass)
    marked = [each for each in known if classes.is_default(each)]
    wanted = (found.scenario.asked or {}).get("ingressClass")
    names = [wanted] if wanted else [*(each.name for each in marked), *(each.name for each in known)]
    for ingress in found.skipped:
        for name in names:
            facts = {"ingress": ingress.name, "class": name}
            patch = patches.for_object(
                "Ingress", ingress.name, ingress.namespace, _API, spec={"ingressClassName": name}
            )
            yield _change("ingress.class", facts, patch)


def _edited(found: Unanswered, ingress: Ingress, edit: Callable[[Rules], None]) -> dict[str, Any]:
    """Return the patch that holds an Ingress's rules after an edit; a merge patch replaces lists whole."""
    name = (ingress.namespace, ingress.name)
    raw = next(
        each
        for each in found.scenario.raw("Ingress")
        if (each["metadata"].get("namespace") or "default", each["metadata"].get("name", "")) == name
    )
    rules = deepcopy(list(raw["spec"].get("rules") or ()))
    edit(rules)
    return patches.for_object("Ingress", ingress.name, ingress.namespace, _API, spec={"rules": rules})


def _paths(found: Unanswered) -> Iterator[Step]:
    """Yield the path of the host that comes nearest, as a prefix; else one more path beside it."""
    host = found.decision.host
    asked = paths.without_query(found.request.path)
    routes = found.routes.routes.get(host, {}).values() if host is not None else ()
    for route in sorted(routes, key=lambda each: -_shared(each.path, asked))[:_NEAREST]:
        facts = {"path": asked, "ingress": route.ingress.name, "rule": route.path, "type": "Prefix"}
        if route.path_type != "Prefix":
            yield _change("ingress.pathType", facts, _edited(found, route.ingress, partial(_widen, route)))
        yield _change("ingress.path", facts, _edited(found, route.ingress, partial(_beside, route, asked)))


def _shared(path: str, asked: str) -> int:
    """Return with how many characters two paths begin alike."""
    return next(
        (i for i, (a, b) in enumerate(zip(path, asked, strict=False)) if a != b), min(len(path), len(asked))
    )


def _widen(route: Route, rules: Rules) -> None:
    for each in _like(route, rules):
        each["pathType"] = "Prefix"


def _beside(route: Route, asked: str, rules: Rules) -> None:
    for rule in _of_host(rules, route.host):
        for each in _like(route, [rule])[:1]:
            rule["http"]["paths"].append(each | {"path": asked, "pathType": "Prefix"})


def _like(route: Route, rules: Rules) -> Rules:
    """Return the paths of manifests that a route stands for."""
    listed = [path for rule in _of_host(rules, route.host) for path in rule["http"]["paths"]]
    return [p for p in listed if ((p.get("path") or "/"), p.get("pathType")) == (route.path, route.path_type)]


def _of_host(rules: Rules, host: str) -> Rules:
    return [each for each in rules if hosts.normalized(each.get("host") or "") == host and each.get("http")]


def _hosts(found: Unanswered) -> Iterator[Step]:
    """Yield the Ingress with one more rule for the host, like the rule whose host comes nearest."""
    asked = hosts.normalized(found.request.host)
    near = sorted(found.routes.routes, key=lambda host: -SequenceMatcher(None, host, asked).ratio())
    for host in near[:_NEAREST] if found.decision.host is None else ():
        for route in list(found.routes.routes[host].values())[:1]:
            add = partial(_for_host, host, asked)
            facts = {"host": asked, "rule": host, "ingress": route.ingress.name}
            if asked:
                yield _change("ingress.host", facts, _edited(found, route.ingress, add))
            yield _change("ingress.otherHost", facts, {"question": {"host": host.replace("*", "www", 1)}})


def _for_host(like: str, asked: str, rules: Rules) -> None:
    rules.append(_of_host(rules, like)[0] | {"host": asked})


def _backend(found: Unanswered, ingress: Ingress, backend: IngressBackend) -> Iterator[Step]:
    """Yield the Service, the port, or the endpoints that the backend lacks."""
    if backend.service is None:
        return
    here = {each.name: each for each in found.scenario.all(Service) if each.namespace == ingress.namespace}
    service = here.get(backend.service.name)
    if service is None:
        for near in get_close_matches(backend.service.name, here, cutoff=0.0):
            yield _pointed(found, ingress, backend, near, _port_of(here[near]))
        return
    wanted = backend.service.port
    ports = service.spec.ports or ()
    if not any(p.name == wanted.name if wanted.name else p.port == wanted.number for p in ports):
        yield _pointed(found, ingress, backend, service.name, _port_of(service))
        return
    pods = [p for p in found.scenario.all(Pod) if p.namespace == service.namespace]
    selected = [p for p in pods if matches_all(service.spec.selector or {}, p.labels)]
    nodes = {node.name: node for node in found.scenario.all(Node)}
    if service.spec.selector:
        yield from endpoint_changes(service, pods, selected, nodes)


def _port_of(service: Service) -> dict[str, Any]:
    return next(({"number": each.port} for each in service.spec.ports or ()), {"number": 80})


def _pointed(
    found: Unanswered, ingress: Ingress, backend: IngressBackend, service: str, port: Mapping[str, Any]
) -> Step:
    """Return the Ingress with every backend that named the one service and port naming another."""
    old = backend.service
    target = {"name": service, "port": dict(port)}

    def means_it(each: Mapping[str, Any]) -> bool:
        named = (each.get("backend") or {}).get("service") or {}
        number, name = (named.get("port") or {}).get("number", 0), (named.get("port") or {}).get("name", "")
        return old is not None and (named.get("name"), number, name) == (
            old.name,
            old.port.number,
            old.port.name,
        )

    def edit(rules: Rules) -> None:
        for each in rules:
            for one in (each.get("http") or {}).get("paths", ()):
                if means_it(one):
                    one["backend"] = {"service": target}

    patch = _edited(found, ingress, edit)
    default = ingress.spec.default_backend
    if default is not None and default.service == old:
        patch["spec"]["defaultBackend"] = {"service": target}
    facts = {"ingress": ingress.name, "service": service, "port": port.get("number")}
    return _change("ingress.backend", facts, patch)


def of_request(found: Unanswered) -> Iterator[Step]:
    """Yield the request over TLS, which a redirect asks for."""
    if found.decision.redirected:
        yield _change("ingress.tls", {"host": found.request.host}, {"question": {"tls": True}})

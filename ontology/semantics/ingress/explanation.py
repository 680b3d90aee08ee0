"""Why a request took its way: the steps of a decision, and what almost answered."""

from collections.abc import Iterator, Sequence

from ontology.cluster.ingress import Ingress
from ontology.semantics.ingress import canary, classes, hosts, paths
from ontology.semantics.ingress.decision import Alternative, Decision, HttpRequest, name
from ontology.semantics.ingress.routing import Table
from ontology.verdict import Role, Step

_NEAREST = 5  # more near misses than these would bury the answer


def steps(decision: Decision, served: Sequence[Ingress], request: HttpRequest) -> Iterator[Step]:
    """Yield the rules applied, in the order in which a controller applies them."""
    facts = {"host": hosts.normalized(request.host), "path": paths.without_query(request.path)}
    yield Step("ingress.class", bool(served), {"ingresses": tuple(f"{i.namespace}/{i.name}" for i in served)})
    yield Step("ingress.host", decision.host is not None, facts | {"rule": decision.host or "*"})
    route = decision.route
    if route is not None:
        won = {"rule": route.path, "type": route.path_type, "ingress": route.ingress.name}
        yield Step("ingress.path", True, facts | won, concepts=(f"PathType.{route.path_type}",))
        for loser in decision.losers:
            lost = {"rule": loser.path, "type": loser.path_type, "winner": route.path}
            yield Step("ingress.longestPath", False, facts | lost)
    else:
        default = decision.default
        yield Step("ingress.path", False, facts)
        shown = None if default is None else name(*default)
        yield Step("ingress.defaultBackend", default is not None, facts | {"service": shown})
    if request.tls or decision.redirected:
        yield Step("ingress.tls", decision.secret is not None, facts | {"secret": decision.secret})
    if decision.redirected:
        yield Step("ingress.redirect", True, facts)
    elif decision.alternative is not None:
        yield from _canary(decision.alternative, request)


def _canary(alternative: Alternative, request: HttpRequest) -> Iterator[Step]:
    """Yield what each rule of the canary says, in their order, up to the one that decides."""
    rules = alternative.rules
    facts = {"canary": name(alternative.route.ingress, alternative.route.backend)}
    asked = (
        ("ingress.canaryHeader", "header", rules.header, canary.by_header(rules, request.headers)),
        ("ingress.canaryCookie", "cookie", rules.cookie, canary.by_cookie(rules, request.cookies)),
    )
    for rule, kind, wanted, sends in asked:
        if wanted:
            yield Step(rule, sends, facts | {kind: wanted})
        if sends is not None:
            return
    yield Step("ingress.canaryWeight", None, facts | {"percent": f"{float(canary.share(rules) * 100):g}"})


def near_misses(
    decision: Decision, routes: Table, skipped: Sequence[Ingress], request: HttpRequest
) -> Iterator[Step]:
    """Yield what almost answered: Ingresses of another class, paths of the host, hosts that differ."""
    facts = {"host": hosts.normalized(request.host), "path": paths.without_query(request.path)}
    for ingress in skipped[:_NEAREST]:
        other = {"ingress": ingress.name, "class": classes.named(ingress)}
        yield Step("ingress.class", False, other, Role.NEAR_MISS)
    if decision.host is None:
        for host in list(routes.routes)[:_NEAREST]:
            yield Step("ingress.host", False, facts | {"rule": host}, Role.NEAR_MISS)
    elif decision.route is None:
        for route in list(routes.routes.get(decision.host, {}).values())[:_NEAREST]:
            missed = {"rule": route.path, "type": route.path_type}
            yield Step("ingress.path", False, facts | missed, Role.NEAR_MISS)

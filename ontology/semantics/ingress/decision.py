"""The decision for one request: host, path, canary, redirect; everything but the endpoints behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from ontology.cluster.ingress import Ingress, IngressBackend
from ontology.semantics.ingress import canary, hosts, paths, tls
from ontology.semantics.ingress.canary import Canary
from ontology.semantics.ingress.routing import Route, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """What a client sends: `host` as in the Host header, `path` with or without a query."""

    host: str = ""
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    tls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """The canary beside the route that decided; `chosen` is None where only its weight can tell."""

    route: Route
    rules: Canary
    chosen: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How far a request came. `route` decided and `losers` also matched; `secret` holds the certificate."""

    host: str | None
    route: Route | None
    losers: tuple[Route, ...]
    alternative: Alternative | None
    redirected: bool
    secret: str | None
    default: tuple[Ingress, IngressBackend] | None

    def shares(self) -> dict[str, Fraction]:
        """Return which part of requests like this one goes to which backend; the parts add up to 1."""
        if self.route is None:
            return {}
        stable = name(self.route.ingress, self.route.backend)
        if self.alternative is None:
            return {stable: Fraction(1)}
        chosen = self.alternative.chosen
        part = canary.share(self.alternative.rules) if chosen is None else Fraction(chosen)
        other = name(self.alternative.route.ingress, self.alternative.route.backend)
        if other == stable:
            return {stable: Fraction(1)}
        return {stable: 1 - part, other: part}

    def answering(self, random: Random) -> tuple[Ingress, IngressBackend] | None:
        """Return the Ingress and backend that answer; a draw is made only where nothing else decides."""
        if self.route is None:
            return self.default
        route = self.route
        if self.alternative is not None:
            drawn = self.alternative.chosen
            if drawn is None:
                drawn = canary.by_weight(self.alternative.rules, random)
            route = self.alternative.route if drawn else route
        return route.ingress, route.backend


def decide(routes: Table, served: Sequence[Ingress], request: HttpRequest) -> Decision:
    """Return what the served Ingresses make of a request.

    Raises:
        InvalidObjectError: canary annotations that mean nothing.
    """
    asked = hosts.normalized(request.host)
    host = routes.host(asked)
    matching = [] if host is None else routes.matching(host, paths.without_query(request.path))
    route = matching[0] if matching else None
    secret = tls.secret(served, asked)
    redirected = (
        route is not None and not request.tls and tls.redirects(route.ingress, certified=secret is not None)
    )
    return Decision(
        host=host,
        route=route,
        losers=tuple(matching[1:]),
        alternative=None if route is None else _alternative(routes, route, request),
        redirected=redirected,
        secret=secret,
        default=None if route is not None else routes.default(host),
    )


def _alternative(routes: Table, route: Route, request: HttpRequest) -> Alternative | None:
    found = routes.canaries.get((route.host, paths.key(route)))
    rules = None if found is None else canary.of(found.ingress)
    if found is None or rules is None:
        return None
    chosen = canary.by_header(rules, request.headers)
    if chosen is None:
        chosen = canary.by_cookie(rules, request.cookies)
    return Alternative(route=found, rules=rules, chosen=chosen)


def name(ingress: Ingress, backend: IngressBackend) -> str:
    """Return `namespace/service:port`, or the kind and name of a backend that is no Service."""
    if backend.service is not None:
        port = backend.service.port
        return f"{ingress.namespace}/{backend.service.name}:{port.name or port.number}"
    resource = backend.resource or {}
    return f"{resource.get('kind', '')}/{resource.get('name', '')}"

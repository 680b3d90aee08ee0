"""Routing: from all Ingresses to the one rule that answers a request.

Source: kubernetes.io/docs/concepts/services-networking/ingress (v1.36); between Ingresses that claim
the same host and path the oldest wins, as kubernetes.github.io/ingress-nginx/how-it-works says.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ontology.cluster.ingress import Ingress, IngressBackend
from ontology.semantics.ingress import canary, hosts, paths
from ontology.semantics.ingress.ages import oldest_first


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One path of one rule of one Ingress."""

    ingress: Ingress
    host: str
    path: str
    path_type: str
    backend: IngressBackend

    def __str__(self) -> str:
        return f"{self.host or '*'}{self.path} ({self.path_type})"


_TYPES = ("Exact", "Prefix", "ImplementationSpecific")


@dataclass(frozen=True, slots=True)
class Table:
    """The routes by host, path type and path, made once for all requests; canaries by host and path."""

    routes: Mapping[str, Mapping[tuple[str, str], Route]]
    canaries: Mapping[tuple[str, str], Route]
    defaults: Mapping[str, tuple[Ingress, IngressBackend]]

    def host(self, host: str) -> str | None:
        """Return the host of rules that serves a request: the very name, a wildcard, or none named."""
        label, dot, rest = host.partition(".")
        wildcard = f"*.{rest}" if label and dot else ""
        return next((name for name in (host, wildcard, "") if name in self.routes), None)

    def matching(self, host: str, path: str) -> list[Route]:
        """Return the routes of a host that cover a path, the deciding one first."""
        routes = self.routes.get(host, {})
        found = [
            route
            for path_type in _TYPES
            for key in paths.candidates(path_type, path)
            if (route := routes.get((path_type, key))) is not None
        ]
        return sorted(found, key=paths.rank, reverse=True)

    def default(self, host: str | None) -> tuple[Ingress, IngressBackend] | None:
        """Return the default backend of a host's Ingress, or of one for all hosts."""
        return self.defaults.get(host or "") or self.defaults.get("")


def table(ingresses: Iterable[Ingress]) -> Table:
    """Return the routes of the Ingresses that a controller serves.

    Raises:
        InvalidObjectError: canary annotations that mean nothing.
    """
    routes: dict[str, dict[tuple[str, str], Route]] = defaultdict(dict)
    canaries: dict[tuple[str, str], Route] = {}
    defaults: dict[str, tuple[Ingress, IngressBackend]] = {}
    for ingress in oldest_first(ingresses):
        alternative = canary.of(ingress) is not None
        for route in _routes(ingress):
            if alternative:
                canaries.setdefault((route.host, paths.key(route)), route)
            else:
                routes[route.host].setdefault((route.path_type, paths.key(route)), route)
        if alternative:
            continue
        named = _hosts(ingress)
        for host in named:
            routes[host]  # served from here on, if only by a default: a host may have no path at all
        if ingress.spec.default_backend is not None:
            for host in named or [""]:
                defaults.setdefault(host, (ingress, ingress.spec.default_backend))
    return Table(routes, canaries, defaults)


def _hosts(ingress: Ingress) -> list[str]:
    return [hosts.normalized(rule.host) if rule.host else "" for rule in ingress.spec.rules or ()]


def _routes(ingress: Ingress) -> Iterable[Route]:
    for rule in ingress.spec.rules or ():
        for each in (rule.http.paths if rule.http else None) or ():
            yield Route(
                ingress=ingress,
                host=hosts.normalized(rule.host) if rule.host else "",
                path=each.path or "/",
                path_type=each.path_type,
                backend=each.backend,
            )

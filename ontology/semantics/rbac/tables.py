"""Tables: what rules spell (verb, group, resource; or verb and URL) to the lowest rank that grants it.

One table serves a role, wherever it is bound; another the many bindings of one subject, put together. A
look-up costs the same however many rights a table has.

Source: kubernetes.io/docs/reference/access-authn-authz/rbac (v1.36).
"""

from collections.abc import Sequence

from ontology.cluster.rbac import PolicyRule
from ontology.semantics.rbac import rules
from ontology.semantics.rbac.requests import Request

NEVER = 1 << 62  # the rank of what nothing grants
Key = tuple[str, str, str]
"""Verb, API group and resource, as a rule spells them."""

_SPELLED_OUT = (0, 0, 0)
# A rule of more rights is tested as it is, and so is every rule of a table that has grown too large: three
# lists of a thousand entries would spell a thousand million.
_MOST_RIGHTS, _MOST_ENTRIES = 512, 1_000_000


class Table:
    """Rules with their ranks, spelled out by `spell` or else by the first look-up.

    Where it is `plain`, nothing but `any_name` need be looked at for a resource; while it is not spelled out
    it never is.
    """

    __slots__ = (
        "_large",
        "_named",
        "_prefix_lengths",
        "_prefixes",
        "_ranked",
        "_shapes",
        "_urls",
        "any_name",
        "plain",
        "size",
    )

    def __init__(self, ranked: Sequence[tuple[int, Sequence[PolicyRule]]]) -> None:
        """Take the rules of each rank, ranks ascending."""
        self._ranked: Sequence[tuple[int, Sequence[PolicyRule]]] | None = ranked
        self.size = sum(rules.size(rule) for _, found in ranked for rule in found)
        self.plain = False
        self.any_name: dict[Key, int] = {}

    def spell(self) -> None:
        """Spell the rules out, so that the first look-up costs no more than the others."""
        self._named: dict[tuple[str, str, str, str], int] = {}
        self._urls: dict[tuple[str, str], int] = {}
        self._prefixes: dict[tuple[str, str], int] = {}
        self._large: list[tuple[int, PolicyRule]] = []
        shapes: set[rules.Shape] = set()
        for rank, found in self._ranked or ():  # ascending, so the first to set a key has the lowest rank
            for rule in found:
                if rules.size(rule) > _MOST_RIGHTS or len(self.any_name) + len(self._named) > _MOST_ENTRIES:
                    self._large.append((rank, rule))
                else:
                    self._add(rule, rank, shapes)
        self._shapes: tuple[rules.Shape, ...] = tuple(shapes - {_SPELLED_OUT})
        self._prefix_lengths = sorted({len(prefix) for _, prefix in self._prefixes})
        self._ranked = None
        self.plain = not (self._named or self._shapes or self._large)

    def _add(self, rule: PolicyRule, rank: int, shapes: set[rules.Shape]) -> None:
        for verb in rule.verbs:
            for url in rule.non_resource_urls:
                self._urls.setdefault((verb, url), rank)
                prefix = rules.url_prefix(url)
                if prefix is not None:
                    self._prefixes.setdefault((verb, prefix), rank)
            for group in rule.api_groups:
                for resource in rule.resources:
                    shapes.add(rules.shape(verb, group, resource))
                    if not rule.resource_names:
                        self.any_name.setdefault((verb, group, resource), rank)
                    for name in rule.resource_names:
                        self._named.setdefault((verb, group, resource, name), rank)

    def rank(self, request: Request, exact: Key) -> int:
        """Return the lowest rank that allows a request for a resource; `exact` is how a rule spells it."""
        if self._ranked is not None:
            self.spell()
        name = request.name
        best = min(self.any_name.get(exact, NEVER), self._named.get((*exact, name), NEVER))
        if self._shapes:
            verbs, groups, resources = rules.entries(request)
            for verb, group, resource in self._shapes:
                if resource < len(resources):  # `*/scale` asks for a subresource
                    key = (verbs[verb], groups[group], resources[resource])
                    best = min(best, self.any_name.get(key, NEVER), self._named.get((*key, name), NEVER))
        return min(best, self._large_rank(request)) if self._large else best

    def url_rank(self, request: Request, path: str) -> int:
        """Return the lowest rank that allows a request for a URL."""
        if self._ranked is not None:
            self.spell()
        best = self._large_rank(request)
        for verb in rules.verb_entries(request):
            best = min(best, self._urls.get((verb, path), NEVER))
            for length in self._prefix_lengths:
                best = min(best, self._prefixes.get((verb, path[:length]), NEVER))
        return best

    def _large_rank(self, request: Request) -> int:
        return next((rank for rank, rule in self._large if rules.allows(rule, request)), NEVER)

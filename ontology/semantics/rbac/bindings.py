"""The authorizer: subjects to bindings to rules, indexed once for a set of objects.

The authorizer of Kubernetes visits every ClusterRoleBinding, then every RoleBinding of the namespace, and
takes the first that applies and allows. Here each pair of binding and subject gets a *rank* in that order.
A table for each subject and namespace maps what rules spell (verb, group, resource) to the lowest rank that
grants it, so that the first allowing binding, and within it the first subject, is the minimum of a few
look-ups. A table is built when its subject first asks; what others hold costs a request nothing. What there
is most of, grants and what subjects hold, is kept out of the garbage collector: none of it forms cycles.

Source: kubernetes.io/docs/reference/access-authn-authz/rbac (v1.36).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.json import encode

from ontology.cluster.rbac import (
    GROUP,
    KINDS,
    Binding,
    ClusterRole,
    ClusterRoleBinding,
    PolicyRule,
    RbacObject,
    Role,
    RoleBinding,
    Subject,
    read,
)
from ontology.scenario import Scenario
from ontology.semantics.rbac import rules, subjects
from ontology.semantics.rbac.aggregation import aggregate
from ontology.semantics.rbac.quoting import quote
from ontology.semantics.rbac.requests import Request, User

CLUSTER = ""  # the scope of ClusterRoleBindings
_NEVER = 1 << 62
_SPELLED_OUT = (0, 0, 0)
# A rule of more rights is tested as it is, and so is every rule of a table that has grown too large: three
# lists of a thousand entries would spell a thousand million.
_MOST_RIGHTS, _MOST_ENTRIES = 512, 1_000_000


class Grant(Struct, frozen=True, gc=False):
    """A binding, the place of one of its subjects, and the rules of its role (None: no such role).

    `order` is the binding's place in the order of visiting.
    """

    order: int
    binding: Binding
    position: int
    rules: Sequence[PolicyRule] | None

    @property
    def subject(self) -> Subject:
        """The subject."""
        return self.binding.subjects[self.position]

    @property
    def scope(self) -> str:
        """The namespace in which the binding grants, `""` for everywhere."""
        return self.binding.scope


class Decision(Struct, frozen=True):
    """Whether RBAC allows a request, in the authorizer's words; `rank` of the grant that decided."""

    allowed: bool
    reason: str
    rank: int | None = None


class _Table:
    """What one subject holds in one scope: the lowest rank for each thing that rules spell.

    Where it is `plain`, nothing but `any_name` need be looked at for a resource.
    """

    __slots__ = (
        "any_name",
        "large",
        "missing",
        "named",
        "plain",
        "prefix_lengths",
        "prefixes",
        "shapes",
        "urls",
    )

    def __init__(self, ranks: Iterable[int], grants: Sequence[Grant]) -> None:
        self.any_name: dict[tuple[str, str, str], int] = {}
        self.named: dict[tuple[str, str, str, str], int] = {}
        self.urls: dict[tuple[str, str], int] = {}
        self.prefixes: dict[tuple[str, str], int] = {}
        self.large: list[tuple[int, PolicyRule]] = []
        self.missing: list[int] = []
        shapes: set[rules.Shape] = set()
        for rank in ranks:  # ascending, so the first to set a key has the lowest rank
            found = grants[rank].rules
            if found is None:
                self.missing.append(rank)
                continue
            for rule in found:
                if rules.size(rule) > _MOST_RIGHTS or len(self.any_name) + len(self.named) > _MOST_ENTRIES:
                    self.large.append((rank, rule))
                else:
                    self._add(rule, rank, shapes)
        self.shapes: tuple[rules.Shape, ...] = tuple(shapes - {_SPELLED_OUT})
        self.prefix_lengths = sorted({len(prefix) for _, prefix in self.prefixes})
        self.plain = not (self.named or self.shapes or self.large)

    def _add(self, rule: PolicyRule, rank: int, shapes: set[rules.Shape]) -> None:
        for verb in rule.verbs:
            for url in rule.non_resource_urls:
                self.urls.setdefault((verb, url), rank)
                prefix = rules.url_prefix(url)
                if prefix is not None:
                    self.prefixes.setdefault((verb, prefix), rank)
            for group in rule.api_groups:
                for resource in rule.resources:
                    shapes.add(rules.shape(verb, group, resource))
                    if not rule.resource_names:
                        self.any_name.setdefault((verb, group, resource), rank)
                    for name in rule.resource_names:
                        self.named.setdefault((verb, group, resource, name), rank)

    def rank(self, request: Request, exact: tuple[str, str, str]) -> int:
        """Return the lowest rank that allows a request for a resource."""
        name = request.name
        best = min(self.any_name.get(exact, _NEVER), self.named.get((*exact, name), _NEVER))
        if self.shapes:
            verbs, groups, resources = rules.entries(request)
            for verb, group, resource in self.shapes:
                if resource < len(resources):  # `*/scale` asks for a subresource
                    key = (verbs[verb], groups[group], resources[resource])
                    best = min(best, self.any_name.get(key, _NEVER), self.named.get((*key, name), _NEVER))
        return min(best, self._large_rank(request)) if self.large else best

    def url_rank(self, request: Request, path: str) -> int:
        """Return the lowest rank that allows a request for a URL."""
        best = self._large_rank(request)
        for verb in rules.verb_entries(request):
            best = min(best, self.urls.get((verb, path), _NEVER))
            for length in self.prefix_lengths:
                best = min(best, self.prefixes.get((verb, path[:length]), _NEVER))
        return best

    def _large_rank(self, request: Request) -> int:
        return next((rank for rank, rule in self.large if rules.allows(rule, request)), _NEVER)


class _Held(Struct, gc=False):
    """The ranks of one subject in one scope, ascending, and their table once it is asked for."""

    ranks: list[int]
    table: _Table | None = None


_Scopes = dict[str, _Held]


class Authorizer:
    """All roles and bindings of a set of objects. Immutable as seen from outside.

    Order is that of the objects; a live cluster promises none, so the reason may name another binding there,
    while `allowed` is the same. Of namesakes among roles the first counts.
    """

    def __init__(self, objects: Iterable[RbacObject]) -> None:
        self.cluster_roles: dict[str, ClusterRole] = {}
        self._roles: dict[tuple[str, str], Role] = {}
        cluster_wide: list[Binding] = []
        namespaced: list[Binding] = []
        for each in objects:
            match each:
                case ClusterRole():
                    self.cluster_roles.setdefault(each.name, each)
                case Role():
                    self._roles.setdefault((each.scope, each.name), each)
                case ClusterRoleBinding():
                    cluster_wide.append(each)
                case RoleBinding():
                    namespaced.append(each)
        self.aggregated = aggregate(tuple(self.cluster_roles.values()))
        self.bindings: tuple[Binding, ...] = (*cluster_wide, *namespaced)
        self._users: dict[str, _Scopes] = {}
        self._groups: dict[str, _Scopes] = {}
        self._grants: list[Grant] = []
        self._reasons: dict[int, str] = {}
        for order, binding in enumerate(self.bindings):
            self._index(order, binding)

    def _index(self, order: int, binding: Binding) -> None:
        scope = binding.scope
        found = self.resolve(binding)
        for position, subject in enumerate(binding.subjects):
            name = subjects.username(subject, scope)
            holders, key = (self._groups, subject.name) if name is None else (self._users, name)
            scopes = holders.get(key)
            if scopes is None:
                scopes = holders[key] = {}
            held = scopes.get(scope)
            rank = len(self._grants)
            if held is None:
                scopes[scope] = _Held([rank])
            else:
                held.ranks.append(rank)
            self._grants.append(Grant(order, binding, position, found))

    @property
    def roles(self) -> tuple[Role | ClusterRole, ...]:
        """Every Role, then every ClusterRole, in the order given."""
        return (*self._roles.values(), *self.cluster_roles.values())

    def role(self, binding: Binding) -> Role | ClusterRole | None:
        """Return the role that a binding refers to; a Role is looked up in the binding's own namespace."""
        reference = binding.role_ref
        if reference.kind == "ClusterRole":
            return self.cluster_roles.get(reference.name)
        return self._roles.get((binding.scope, reference.name))

    def rules_of(self, role: Role | ClusterRole) -> Sequence[PolicyRule]:
        """Return the rules of a role, after aggregation."""
        return self.aggregated.rules[role.name] if isinstance(role, ClusterRole) else role.rules

    def resolve(self, binding: Binding) -> Sequence[PolicyRule] | None:
        """Return the rules that a binding grants, after aggregation; None where its role does not exist."""
        role = self.role(binding)
        return None if role is None else self.rules_of(role)

    def authorize(self, request: Request) -> Decision:
        """Return whether RBAC allows the request, with the authorizer's own reason.

        A reference to a role that does not exist never stops the evaluation: it is told only in a denial.
        """
        user, path = request.user, request.path
        held = [self._users.get(user.name), *map(self._groups.get, user.groups)]
        key = (request.verb, request.api_group, request.combined_resource)
        missing: list[int] = []
        for scope in (CLUSTER, request.scope) if request.scope else (CLUSTER,):
            best = _NEVER
            for scopes in held:
                if scopes is None or (found := scopes.get(scope)) is None:
                    continue
                table = found.table
                if table is None:
                    table = found.table = _Table(found.ranks, self._grants)
                if path is not None:
                    rank = table.url_rank(request, path)
                else:
                    rank = table.any_name.get(key, _NEVER) if table.plain else table.rank(request, key)
                best = rank if rank < best else best  # noqa: FURB136 - min() costs a tenth of it all
                if table.missing:
                    missing += table.missing
            if best != _NEVER:
                return Decision(allowed=True, reason=self._reason(best), rank=best)
        reason = f"RBAC: {unresolved(map(self.grant, sorted(missing)))}" if missing else ""
        return Decision(allowed=False, reason=reason)

    def grants(self, user: User, namespace: str = CLUSTER) -> Iterator[Grant]:
        """Yield the grants that apply to a user in the order of visiting, each binding by its first subject.

        Those of ClusterRoleBindings, then with a namespace those of its RoleBindings.
        """
        return self._visited(user, (CLUSTER, namespace) if namespace else (CLUSTER,))

    def grants_everywhere(self, user: User) -> Iterator[Grant]:
        """Yield the grants that apply to a user in any namespace, in the order of visiting."""
        return self._visited(user, {scope for scopes in self._holders(user) for scope in scopes})

    def count(self, user: User, namespace: str) -> int:
        """Return how many subjects of the bindings of `grants` are the user, without visiting them."""
        scopes = {CLUSTER, namespace}
        return sum(
            len(each[scope].ranks) for each in self._holders(user) for scope in scopes if scope in each
        )

    def allowing(self, request: Request) -> Iterator[Grant]:
        """Yield every grant that allows the request, in the order of visiting."""
        for grant in self.grants(request.user, request.scope):
            if any(rules.allows(rule, request) for rule in grant.rules or ()):
                yield grant

    def grant(self, rank: int) -> Grant:
        """Return the grant of a decision's rank."""
        return self._grants[rank]

    def _holders(self, user: User) -> list[_Scopes]:
        holders = [self._users.get(user.name), *map(self._groups.get, user.groups)]
        return [each for each in holders if each is not None]

    def _visited(self, user: User, scopes: Iterable[str]) -> Iterator[Grant]:
        scopes = tuple(scopes)
        held = [each[scope] for each in self._holders(user) for scope in scopes if scope in each]
        order = -1
        for rank in sorted({rank for each in held for rank in each.ranks}):
            grant = self._grants[rank]
            if grant.order != order:
                order = grant.order
                yield grant

    def _reason(self, rank: int) -> str:
        reason = self._reasons.get(rank)
        if reason is None:
            reason = self._reasons[rank] = f"RBAC: allowed by {granted_by(self._grants[rank])}"
        return reason


def granted_by(grant: Grant) -> str:
    """Return binding, role and subject as the authorizer prints them; a binding's name comes first."""
    binding = grant.binding
    reference = binding.role_ref
    name = f"{binding.name}/{binding.scope}" if binding.scope else binding.name
    whom = subjects.described(grant.subject, binding.scope)
    return f"{binding.KIND} {quote(name)} of {reference.kind} {quote(reference.name)} to {whom}"


def titled(binding: Binding) -> str:
    """Return a binding as people name it: ``RoleBinding `read` in `dev` ``."""
    where = f" ({binding.scope})" if binding.scope else ""
    return f"{binding.KIND} `{binding.name}`{where}"


def not_found(binding: Binding) -> str:
    """Return the API server's sentence for the role that a binding refers to and that does not exist."""
    reference = binding.role_ref
    return f"{reference.kind.lower()}.{GROUP} {quote(reference.name)} not found"


def unresolved(grants: Iterable[Grant]) -> str:
    """Return the roles of these grants that do not exist, as the authorizer lists them; `""` for none.

    Several are put in brackets, in the order of the grants, without repetition.
    """
    found = dict.fromkeys(not_found(grant.binding) for grant in grants if grant.rules is None)
    return f"[{', '.join(found)}]" if len(found) > 1 else "".join(found)


_latest: tuple[bytes, Authorizer] | None = None


def authorizer(scenario: Scenario) -> Authorizer:
    """Return the authorizer of a scenario's objects.

    The latest is kept, so that a batch of questions about the same objects builds one index. It is known
    again by the text of the manifests, so a caller who changes one gets a new index.

    Raises:
        InvalidObjectError: a role or binding that the API server would refuse.
    """
    global _latest  # noqa: PLW0603 - a memo of one: the same arguments give the same answer with and without
    given = [
        (path, manifest)
        for path, manifest in scenario.manifests
        if manifest["kind"] in KINDS and manifest["apiVersion"].startswith(GROUP)
    ]
    text = _text([manifest for _, manifest in given])
    latest = _latest
    if latest is not None and text is not None and latest[0] == text:
        return latest[1]
    built = Authorizer(read(manifest, path=path) for path, manifest in given)
    if text is not None:
        _latest = (text, built)
    return built


def _text(manifests: list[Mapping[str, Any]]) -> bytes | None:
    """Return manifests as text; None for what no text holds (an integer of more than 64 bits)."""
    try:
        return encode(manifests)
    except (OverflowError, TypeError, ValueError):
        return None

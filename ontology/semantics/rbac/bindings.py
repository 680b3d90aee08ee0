"""The authorizer: subjects to bindings to rules, indexed once for a set of objects.

The authorizer of Kubernetes visits every ClusterRoleBinding, then every RoleBinding of the namespace, and
takes the first that applies and allows. Here each pair of binding and subject gets a *rank* in that order.
A request looks at the ranks of its own user and groups alone, in its namespace and cluster-wide, and asks the
table of each role; a subject with many bindings has one table for all of them. So the first allowing binding,
and within it the first subject, is the minimum of a few look-ups, the first request of a subject costs what
later ones do, and what others hold costs nothing. What there is most of, grants and what subjects hold, is
kept out of the garbage collector: none of it forms cycles.

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
from ontology.semantics.rbac.tables import NEVER, Table

CLUSTER = ""  # the scope of ClusterRoleBindings
# So many rights are spelled out with the index, so that the first request finds them: more than most clusters
# have. What is beyond them is spelled out when it is first asked for.
_SPELLED = 2_000_000

_NOTHING = Table(())


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


class _Held(Struct, gc=False):
    """What one subject holds in one scope: the ranks of its grants, ascending, and the table of their rules.

    The ranks in `table` count from `base`: a single grant has the table of its role. `missing` are the grants
    whose role does not exist; they are not among `ranks`.
    """

    ranks: list[int]
    missing: list[int] | None = None
    base: int = 0
    table: Table = _NOTHING

    @property
    def all(self) -> list[int]:
        """The ranks of all grants, those without a role too."""
        return [*self.ranks, *(self.missing or ())]


_Scopes = dict[str, _Held]

_DENIED = Decision(allowed=False, reason="")


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
        tables: dict[int, Table] = {}
        for order, binding in enumerate(self.bindings):
            self._index(order, binding, tables)
        _spell((*tables.values(), *self._merged()))

    def _index(self, order: int, binding: Binding, tables: dict[int, Table]) -> None:
        """Take in a binding; `tables` are those of the roles, by the identity of their rules."""
        scope = binding.scope
        found = self.resolve(binding)
        table = _NOTHING
        if found is not None and (table := tables.get(id(found), _NOTHING)) is _NOTHING:
            table = tables[id(found)] = Table(((0, found),))
        for position, subject in enumerate(binding.subjects):
            name = subjects.username(subject, scope)
            holders, key = (self._groups, subject.name) if name is None else (self._users, name)
            scopes = holders.get(key)
            if scopes is None:
                scopes = holders[key] = {}
            rank = len(self._grants)
            held = scopes.get(scope)
            if held is None:
                held = scopes[scope] = _Held([])
            if found is None:
                held.missing = held.missing or []
                held.missing.append(rank)
            else:
                held.ranks.append(rank)
                held.base, held.table = rank, table
            self._grants.append(Grant(order, binding, position, found))

    def _merged(self) -> Iterator[Table]:
        """Give every subject with several grants in a scope one table for all of them, and yield these."""
        for holders in (self._users, self._groups):
            for scopes in holders.values():
                for held in scopes.values():
                    if len(held.ranks) > 1:
                        held.base, held.table = 0, self._merge(held.ranks)
                        yield held.table

    def _merge(self, ranks: Iterable[int]) -> Table:
        """Return the table of several grants, of each role the first."""
        first: dict[int, tuple[int, Sequence[PolicyRule]]] = {}
        for rank in ranks:
            found = self._grants[rank].rules or ()
            first.setdefault(id(found), (rank, found))
        return Table(tuple(first.values()))

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
        holders = [self._users.get(user.name), *map(self._groups.get, user.groups)]
        key = (request.verb, request.api_group, request.combined_resource)
        missing: list[int] = []
        for scope in (CLUSTER, request.scope) if request.scope else (CLUSTER,):
            best = NEVER
            for scopes in holders:
                if scopes is None or (held := scopes.get(scope)) is None:
                    continue
                table = held.table
                if path is not None:
                    rank = table.url_rank(request, path)
                else:
                    rank = table.any_name.get(key, NEVER) if table.plain else table.rank(request, key)
                rank += held.base
                best = rank if rank < best else best  # noqa: FURB136 - min() costs a tenth of it all
                if held.missing:
                    missing += held.missing
            if best != NEVER:
                return Decision(allowed=True, reason=self._reason(best), rank=best)
        if not missing:
            return _DENIED
        return Decision(allowed=False, reason=f"RBAC: {unresolved(map(self.grant, sorted(missing)))}")

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
        return sum(len(each[scope].all) for each in self._holders(user) for scope in scopes & each.keys())

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
        for rank in sorted({rank for each in held for rank in each.all}):
            grant = self._grants[rank]
            if grant.order != order:
                order = grant.order
                yield grant

    def _reason(self, rank: int) -> str:
        reason = self._reasons.get(rank)
        if reason is None:
            reason = self._reasons[rank] = f"RBAC: allowed by {granted_by(self._grants[rank])}"
        return reason


def _spell(tables: Iterable[Table]) -> None:
    """Spell tables out until there are as many rights as are spelled out at once."""
    left = _SPELLED
    for table in tables:
        left -= table.size
        if left < 0:
            return
        table.spell()


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

"""Who could become cluster admin, and how: the ways by which rights turn into more rights.

A way leads from what one may do to another identity, or straight to every right. Identities are the subjects
of bindings and the service accounts given; a member of a group is taken to be in no other group.

Source: kubernetes.io/docs/concepts/security/rbac-good-practices, privilege escalation risks (v1.36).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ontology.cluster.accounts import Secret, ServiceAccount
from ontology.cluster.meta import KubeObject
from ontology.cluster.pods import Pod
from ontology.cluster.rbac import GROUP, ClusterRole, Subject
from ontology.errors import TooCostlyError
from ontology.lang import Lang
from ontology.messages import render
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.rbac import subjects
from ontology.semantics.rbac.bindings import CLUSTER, Authorizer, authorizer
from ontology.semantics.rbac.escalation import EVERYTHING, MASTERS, held_rules, lacking
from ontology.semantics.rbac.requests import Request, User
from ontology.verdict import Outcome, Step, Verdict

_MOST_PAIRS = 100_000
_ACCOUNT_OF_SECRET = "kubernetes.io/service-account.name"  # noqa: S105 - an annotation's key
_TOKEN_SECRET = "kubernetes.io/service-account-token"  # noqa: S105 - a Secret's type
# What makes pods: who may create one of these runs pods with any service account of the namespace.
_POD_MAKERS = (
    ("", "pods"),
    ("", "replicationcontrollers"),
    ("apps", "deployments"),
    ("apps", "replicasets"),
    ("apps", "statefulsets"),
    ("apps", "daemonsets"),
    ("batch", "jobs"),
    ("batch", "cronjobs"),
)


class EscalationPaths(Question, frozen=True):
    """Nothing more to say: every subject is looked at."""


Account = tuple[str, str]  # namespace and name


@dataclass(frozen=True, slots=True)
class Hop:
    """One way taken: the rule that names it, what it uses, and the identity it gains (None: every right)."""

    rule: str
    facts: Mapping[str, str]
    gains: "Identity | None" = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Someone, as a subject of bindings names them; a service account with its namespace."""

    kind: str
    name: str
    namespace: str = ""

    def __str__(self) -> str:
        where = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} `{where}`"

    @property
    def user(self) -> User:
        """Whom the API server takes them to be."""
        return subjects.identity(Subject(kind=self.kind, name=self.name, namespace=self.namespace), CLUSTER)

    def plain(self) -> dict[str, str]:
        """Return kind, name and, for a service account, namespace."""
        found = {"kind": self.kind, "name": self.name}
        return found | {"namespace": self.namespace} if self.namespace else found


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the ways look at: the authorizer, and the names of pods and token Secrets of each account."""

    index: Authorizer
    pods: Mapping[Account, Sequence[str]]
    secrets: Mapping[Account, Sequence[str]]

    def may(  # noqa: PLR0913 - a request has as many attributes
        self, user: User, verb: str, resource: str, *, group: str = "", namespace: str = "", name: str = ""
    ) -> bool:
        """Whether `user` may do this; `resource` may have a subresource (`pods/exec`)."""
        base, _, subresource = resource.partition("/")
        request = Request(
            user=user,
            verb=verb,
            api_group=group,
            resource=base,
            subresource=subresource,
            name=name,
            namespace=namespace,
        )
        return self.index.authorize(request).allowed


Way = Callable[[World, Identity, Sequence[Identity]], Iterator[Hop]]


def evaluate(scenario: Scenario, _: EscalationPaths) -> Verdict:
    """Answer `{"admins", "paths": [{"subject", "steps", "sentence"}]}`; a yes where there is a path.

    Raises:
        TooCostlyError: more subjects than are searched.
    """
    world = World(
        index=authorizer(scenario),
        pods=_by_account((pod, pod.spec.service_account_name or "default") for pod in scenario.all(Pod)),
        secrets=_by_account(
            (secret, (secret.metadata.annotations or {}).get(_ACCOUNT_OF_SECRET, ""))
            for secret in scenario.all(Secret)
            if secret.type == _TOKEN_SECRET
        ),
    )
    everyone = identities(world.index, scenario.all(ServiceAccount))
    hops = search(world, everyone)
    admins = [each for each in everyone if each not in hops and _is_admin(world, each)]
    paths = {each: tuple(_path(hops, each)) for each in everyone if each in hops}
    return Verdict(
        answer={
            "admins": [each.plain() for each in admins],
            "paths": [_plain(who, path) for who, path in paths.items()],
        },
        outcome=Outcome.of(bool(paths)),
        explain=lambda: tuple(_steps(admins, paths)),
    )


def _by_account(objects: Iterable[tuple[KubeObject, str]]) -> dict[Account, list[str]]:
    """Return the names of objects by namespace and account."""
    found: dict[Account, list[str]] = {}
    for each, account in objects:
        found.setdefault((each.namespace, account), []).append(each.name)
    return found


def identities(index: Authorizer, accounts: Sequence[ServiceAccount]) -> tuple[Identity, ...]:
    """Return every subject of a binding and every service account, sorted."""
    found = {Identity("ServiceAccount", each.name, each.namespace) for each in accounts}
    for binding in index.bindings:
        for subject in binding.subjects:
            account = subjects.account_of(subject.name) if subject.kind == "User" else None
            if account:
                found.add(Identity("ServiceAccount", account[1], account[0]))
            elif subject.kind == "ServiceAccount":
                found.add(Identity(subject.kind, subject.name, subject.namespace or binding.scope))
            else:
                found.add(Identity(subject.kind, subject.name))
    return tuple(sorted(found, key=lambda each: (each.kind, each.namespace, each.name)))


def search(world: World, everyone: Sequence[Identity]) -> dict[Identity, Hop]:
    """Return the first hop of a shortest path for everyone who has one and is not admin already.

    Raises:
        TooCostlyError: more pairs of subjects than are searched.
    """
    reached = [each for each in everyone if _is_admin(world, each)]
    waiting = [each for each in everyone if each not in set(reached)]
    hops: dict[Identity, Hop] = {}
    fresh: Sequence[Identity] = reached
    first = True
    while waiting and (fresh or first):
        if len(waiting) * (len(fresh) + 1) > _MOST_PAIRS:
            raise TooCostlyError(f"more than {_MOST_PAIRS} pairs of subjects to search", path="objects")
        found = {each: hop for each in waiting if (hop := _hop(world, each, fresh, direct=first))}
        hops |= found
        waiting = [each for each in waiting if each not in found]
        fresh, first = list(found), False
    return hops


def _hop(world: World, who: Identity, targets: Sequence[Identity], *, direct: bool) -> Hop | None:
    ways = (*_DIRECT, *_INDIRECT) if direct else _INDIRECT
    return next((hop for way in ways for hop in way(world, who, targets)), None)


def _is_admin(world: World, who: Identity) -> bool:
    user = who.user
    return MASTERS in user.groups or not lacking(held_rules(world.index, user, CLUSTER), EVERYTHING[:1])


def _path(hops: Mapping[Identity, Hop], who: Identity) -> Iterator[tuple[Identity, Hop]]:
    at: Identity | None = who
    while at is not None and at in hops:
        yield at, hops[at]
        at = hops[at].gains


def _binds_admin(world: World, who: Identity, _: Sequence[Identity]) -> Iterator[Hop]:
    """Bind a role of every right to oneself."""
    user = who.user
    if not world.may(user, "create", "clusterrolebindings", group=GROUP):
        return
    for name in _admin_roles(world.index):
        if world.may(user, "bind", "clusterroles", group=GROUP, name=name):
            yield Hop("rbac.pathBind", {"role": name})


def _admin_roles(index: Authorizer) -> Iterator[str]:
    # every cluster has the role cluster-admin, whether the manifests say so or not
    found = [name for name, held in index.aggregated.rules.items() if not lacking(held, EVERYTHING[:1])]
    yield from dict.fromkeys(["cluster-admin", *sorted(found)])


def _escalates_role(world: World, who: Identity, _: Sequence[Identity]) -> Iterator[Hop]:
    """Write every right into a ClusterRole that one is bound to everywhere."""
    user = who.user
    for grant in world.index.grants(user):
        role = world.index.role(grant.binding)
        if not isinstance(role, ClusterRole) or role.aggregation_rule is not None:
            continue
        name = role.name
        writes = any(
            world.may(user, verb, "clusterroles", group=GROUP, name=name) for verb in ("update", "patch")
        )
        if writes and world.may(user, "escalate", "clusterroles", group=GROUP, name=name):
            yield Hop("rbac.pathEscalate", {"role": name})


def _impersonates_masters(world: World, who: Identity, _: Sequence[Identity]) -> Iterator[Hop]:
    """Pose as a member of system:masters; to pose as a group one must pose as some user too."""
    user = who.user
    if world.may(user, "impersonate", "groups", name=MASTERS) and world.may(user, "impersonate", "users"):
        yield Hop("rbac.pathMasters", {"group": MASTERS})


def _impersonates(world: World, who: Identity, targets: Sequence[Identity]) -> Iterator[Hop]:
    """Pose as someone with more rights."""
    user = who.user
    resources = {"User": "users", "Group": "groups", "ServiceAccount": "serviceaccounts"}
    for target in targets:
        resource = resources[target.kind]
        allowed = world.may(user, "impersonate", resource, name=target.name, namespace=target.namespace)
        if allowed and (target.kind != "Group" or world.may(user, "impersonate", "users")):
            yield Hop("rbac.pathImpersonate", {"target": str(target)}, target)


def _requests_token(world: World, who: Identity, targets: Sequence[Identity]) -> Iterator[Hop]:
    """Ask for a token of a service account."""
    for target in _accounts(targets):
        where = {"namespace": target.namespace, "name": target.name}
        if world.may(who.user, "create", "serviceaccounts/token", **where):
            yield Hop("rbac.pathToken", {"target": str(target)}, target)


def _creates_pods(world: World, who: Identity, targets: Sequence[Identity]) -> Iterator[Hop]:
    """Run a pod with a service account and take its token."""
    for target in _accounts(targets):
        for group, resource in _POD_MAKERS:
            if world.may(who.user, "create", resource, group=group, namespace=target.namespace):
                facts = {"target": str(target), "resource": resource, "namespace": target.namespace}
                yield Hop("rbac.pathPods", facts, target)


def _enters_pods(world: World, who: Identity, targets: Sequence[Identity]) -> Iterator[Hop]:
    """Enter a running pod and take its token."""
    for target in _accounts(targets):
        namespace = target.namespace
        for pod in world.pods.get((namespace, target.name), ()):
            if world.may(who.user, "create", "pods/exec", namespace=namespace, name=pod):
                facts = {"target": str(target), "pod": pod, "namespace": namespace}
                yield Hop("rbac.pathExec", facts, target)


def _reads_secrets(world: World, who: Identity, targets: Sequence[Identity]) -> Iterator[Hop]:
    """Read a long-lived token from a Secret, one that is there or one made for it."""
    user = who.user
    for target in _accounts(targets):
        namespace = target.namespace
        facts = {"target": str(target), "namespace": namespace}
        for secret in world.secrets.get((namespace, target.name), ()):
            if _reads(world, user, namespace, secret):
                yield Hop("rbac.pathSecret", facts | {"secret": secret}, target)
        if world.may(user, "create", "secrets", namespace=namespace) and _reads(world, user, namespace, ""):
            yield Hop("rbac.pathNewSecret", facts, target)


def _reads(world: World, user: User, namespace: str, name: str) -> bool:
    """Whether the user sees what a Secret holds; `list` and `watch` show it as `get` does."""
    return world.may(user, "get", "secrets", namespace=namespace, name=name) or any(
        world.may(user, verb, "secrets", namespace=namespace) for verb in ("list", "watch")
    )


def _accounts(targets: Sequence[Identity]) -> Iterator[Identity]:
    return (each for each in targets if each.kind == "ServiceAccount")


# Straight to every right, and by way of someone else.
_DIRECT: tuple[Way, ...] = (_binds_admin, _escalates_role, _impersonates_masters)
_INDIRECT: tuple[Way, ...] = (_impersonates, _requests_token, _creates_pods, _enters_pods, _reads_secrets)


def _plain(who: Identity, path: tuple[tuple[Identity, Hop], ...]) -> dict[str, Any]:
    return {
        "subject": who.plain(),
        "steps": [
            {
                "by": hop.rule.removeprefix("rbac.path").lower(),
                "subject": at.plain(),
                "gains": None if hop.gains is None else hop.gains.plain(),
            }
            for at, hop in path
        ],
        "sentence": {lang.value: sentence(path, lang) for lang in (Lang.EN, Lang.KO)},
    }


def sentence(path: tuple[tuple[Identity, Hop], ...], lang: Lang) -> str:
    """Return the path as one sentence a hop, the first hop first."""
    return ". ".join(render(_step(at, hop), lang) for at, hop in path)


def _step(who: Identity, hop: Hop) -> Step:
    return Step(
        hop.rule, holds=True, facts=dict(hop.facts) | {"subject": str(who)}, concepts=(who.kind, "RBAC")
    )


def _steps(
    admins: Sequence[Identity], paths: Mapping[Identity, tuple[tuple[Identity, Hop], ...]]
) -> Iterator[Step]:
    for admin in admins:
        yield Step("rbac.isAdmin", holds=True, facts={"subject": str(admin)}, concepts=(admin.kind,))
    if not paths:
        yield Step("rbac.noPath", holds=False, facts={"count": len(admins)}, concepts=("RBAC",))
    for path in paths.values():
        for at, hop in path:
            yield _step(at, hop)


ESCALATION_PATHS = Evaluator(question=EscalationPaths, evaluate=evaluate)

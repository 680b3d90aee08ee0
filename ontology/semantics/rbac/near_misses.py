"""Near misses: what almost allows a denied request, and by what it falls short.

In the order of closeness: a binding of the user's that grants it in another namespace; a rule of the user's
that lacks one thing; a role that is not where its binding looks; a subject that is almost the user.
"""

from collections.abc import Iterator
from typing import Any

from ontology.cluster.rbac import ClusterRole, PolicyRule, Role, Subject
from ontology.semantics.rbac import rules, subjects
from ontology.semantics.rbac.bindings import CLUSTER, Authorizer, Grant, titled
from ontology.semantics.rbac.requests import Request, User, described
from ontology.verdict import Role as StepRole
from ontology.verdict import Step

Facts = dict[str, Any]


def near_misses(index: Authorizer, request: Request) -> Iterator[Step]:
    """Yield what almost allows the request, the closest first."""
    facts = described(request)
    yield from _elsewhere(index, request, facts)
    yield from _lacking(index, request, facts)
    yield from _misplaced_roles(index, request, facts)
    yield from _almost_the_user(index, request, facts)


def _miss(rule: str, facts: Facts, *concepts: str) -> Step:
    return Step(rule, holds=False, facts=facts, role=StepRole.NEAR_MISS, concepts=concepts)


def _elsewhere(index: Authorizer, request: Request, facts: Facts) -> Iterator[Step]:
    """Yield RoleBindings that would grant it, were it asked in their namespace."""
    for grant in index.grants_everywhere(request.user):
        binding = grant.binding
        if binding.scope in {CLUSTER, request.scope}:
            continue
        if any(rules.allows(rule, request) for rule in grant.rules or ()):
            told = facts | _named(grant) | {"scope": binding.scope}
            reference = binding.role_ref.kind
            if request.path is not None:
                yield _miss("rbac.urlsNeedClusterRoleBinding", told, binding.KIND, reference)
            elif not request.namespace:
                yield _miss("rbac.clusterScope", told, binding.KIND, reference)
            elif reference == "ClusterRole":
                yield _miss("rbac.roleBindingToClusterRole", told, binding.KIND, reference)
            else:
                yield _miss("rbac.roleBinding", told, binding.KIND, reference)


def _lacking(index: Authorizer, request: Request, facts: Facts) -> Iterator[Step]:
    """Yield the rules of the user's that lack one thing, those that mean the same resource first."""
    found = [
        (_distance(rule, request), lack, grant, rule)
        for grant in index.grants(request.user, request.scope)
        for rule in grant.rules or ()
        if (lack := lacking(rule, request)) is not None
    ]
    for _, lack, grant, rule in sorted(found, key=lambda each: each[0]):
        told = facts | _named(grant) | _entries(rule, request) | {"rule": rules.described(rule)}
        yield _miss(lack, told, grant.binding.role_ref.kind)


def lacking(rule: PolicyRule, request: Request) -> str | None:
    """Return the rule that says which one thing is lacking; None where more than one is, or nothing."""
    unmet = rules.unmet(rule, request)
    if sum(unmet) != 1:
        return None
    if request.path is not None:
        url = "rbac.url" if rule.non_resource_urls else None
        return "rbac.verb" if unmet[0] else url
    verb, group, resource, _ = unmet
    if verb:
        return "rbac.verb"
    if group:
        return "rbac.apiGroup"
    if resource:
        return _resource_lack(rule, request)
    return "rbac.resourceName" if request.name else "rbac.unnamedRequest"


def _resource_lack(rule: PolicyRule, request: Request) -> str:
    if request.subresource:
        if request.resource in rule.resources:
            return "rbac.subresource"
        return "rbac.subresourceWildcard" if f"{request.resource}/*" in rule.resources else "rbac.resource"
    below = any(entry.startswith(f"{request.resource}/") for entry in rule.resources)
    return "rbac.subresourceOnly" if below else "rbac.resource"


def _distance(rule: PolicyRule, request: Request) -> int:
    """Return 0 for a rule that speaks of the same resource or URL, 1 for one that spells it differently."""
    if request.path is not None:
        return 0 if any(rules.url_covers(url, request.path) for url in rule.non_resource_urls) else 1
    bases = {entry.partition("/")[0] for entry in rule.resources}
    if bases & {request.resource, rules.ALL}:
        return 0
    return 1 if any(_alike(base, request.resource) for base in bases) else 2


def _alike(one: str, other: str) -> bool:
    """Whether two spellings differ in case or in the plural alone."""
    one, other = one.casefold(), other.casefold()
    return one == other or one.removesuffix("s") == other.removesuffix("s")


def _entries(rule: PolicyRule, request: Request) -> Facts:
    return {
        "verbs": rule.verbs,
        "groups": tuple(group or '""' for group in rule.api_groups),
        "resources": rule.resources,
        "names": tuple(f"`{name}`" for name in rule.resource_names),
        "urls": rule.non_resource_urls,
        "resource": request.combined_resource,
        "base": request.resource,
        "group": request.api_group or '""',
        "name": request.name,
        "path": request.path,
    }


def _named(grant: Grant) -> Facts:
    binding = grant.binding
    return {
        "binding": titled(binding),
        "role": f"{binding.role_ref.kind} `{binding.role_ref.name}`",
        "subject": subjects.described(grant.subject, binding.scope),
    }


def _misplaced_roles(index: Authorizer, request: Request, facts: Facts) -> Iterator[Step]:
    """Yield roles that a binding of the user's names, but that stand where it does not look."""
    by_name: dict[str, list[Role | ClusterRole]] = {}
    for role in index.roles:
        by_name.setdefault(role.name, []).append(role)
    for grant in index.grants(request.user, request.scope):
        reference = grant.binding.role_ref
        for role in by_name.get(reference.name, ()) if grant.rules is None else ():
            where = f"{role.KIND} `{role.name}`" + (f" ({role.scope})" if role.scope else "")
            told = facts | _named(grant) | {"found": where}
            yield _miss("rbac.missingRole", told, reference.kind, role.KIND)


def _almost_the_user(index: Authorizer, request: Request, facts: Facts) -> Iterator[Step]:
    """Yield subjects of bindings that would allow it, were the subject the user."""
    for binding in index.bindings:
        if binding.scope not in {CLUSTER, request.scope}:
            continue
        almost = [
            (each, why) for each in binding.subjects if (why := _slip(each, binding.scope, request.user))
        ]
        if almost and any(rules.allows(rule, request) for rule in index.resolve(binding) or ()):
            for subject, why in almost:
                told = facts | {
                    "binding": titled(binding),
                    "role": f"{binding.role_ref.kind} `{binding.role_ref.name}`",
                    "subject": subjects.described(subject, binding.scope),
                    "groups": request.user.groups,
                }
                yield _miss(why, told, subject.kind, binding.KIND)


def _slip(subject: Subject, scope: str, user: User) -> str | None:
    """Return the rule that says why a subject is almost the user; None where it is far off, or is it."""
    if subjects.applies(subject, scope, user):
        return None
    if subject.name == rules.ALL:
        return "rbac.subjectWildcard"
    name = subjects.username(subject, scope)
    wanted, candidates = (subject.name, user.groups) if name is None else (name, (user.name,))
    if any(wanted.casefold() == each.casefold() for each in candidates):
        return "rbac.subjectCase"
    _, account = subjects.account_of(user.name) or ("", "")
    if subject.kind == "ServiceAccount" and subject.name == account:
        return "rbac.subjectNamespace"
    if subject.name in {user.name, account, *user.groups}:
        return "rbac.subjectKind"
    return None

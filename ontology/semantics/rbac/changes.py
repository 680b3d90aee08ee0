"""Changes that flip a verdict: the smallest grant, a role that is there already, what to take away.

Each change is evaluated before it is offered. A grant is complete manifests under unused names.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ontology.cluster.rbac import GROUP, Binding, ClusterRole, Role, read
from ontology.semantics.rbac import rules, subjects
from ontology.semantics.rbac.bindings import Authorizer, Grant, titled
from ontology.semantics.rbac.requests import Request, User, described
from ontology.verdict import Role as StepRole
from ontology.verdict import Step

Manifest = Mapping[str, Any]

_API_VERSION = f"{GROUP}/v1"
_NOT_IN_NAMES = re.compile(r"[^a-z0-9.]+")


def grants(index: Authorizer, request: Request) -> Iterator[Step]:
    """Yield what would allow a denied request: a grant of nothing more, then a role that is there already.

    Nothing for a request of nobody, without user name and groups.
    """
    yield from grant_only(index, request)
    subject, role = _subject(request.user), _least_sufficient(index, request)
    if subject is None or role is None:
        return
    binding = _binding(index, request, subject, kind=role.KIND, role=role.name)
    more = _rights(index, role) - 1
    if Authorizer([*index.roles, read(binding, path="")]).authorize(request).allowed:
        told = described(request) | {"role": _titled(role), "binding": _shown(binding), "more": more}
        yield _change("rbac.bindExisting", told, {"create": [binding]}, binding["kind"], role.KIND)


def grant_only(index: Authorizer, request: Request) -> Iterator[Step]:
    """Yield the change that allows this request and nothing more."""
    subject = _subject(request.user)
    if subject is None:
        return
    manifests = smallest_grant(index, request, subject)
    # INVARIANT: the names are unused and RBAC only adds, so what the new objects allow alone they also allow
    # beside the others.
    if Authorizer([read(each, path="") for each in manifests]).authorize(request).allowed:
        told = described(request) | {"role": _shown(manifests[0]), "binding": _shown(manifests[1])}
        yield _change("rbac.grant", told, {"create": list(manifests)}, *(each["kind"] for each in manifests))


def _change(rule: str, facts: Mapping[str, Any], change: Mapping[str, Any], *concepts: str) -> Step:
    return Step(rule, holds=True, facts=facts, role=StepRole.CHANGE, change=change, concepts=concepts)


def smallest_grant(index: Authorizer, request: Request, subject: Manifest) -> tuple[Manifest, Manifest]:
    """Return a role and a binding that allow `subject` exactly this request.

    In a namespace a Role and a RoleBinding, for the whole cluster and for URLs a ClusterRole and a
    ClusterRoleBinding. A request without a name is for every object, so its rule names none.
    """
    rule: dict[str, Any] = {"verbs": [request.verb]}
    if request.path is not None:
        rule["nonResourceURLs"] = [request.path]
    else:
        rule |= {"apiGroups": [request.api_group], "resources": [request.combined_resource]}
        if request.name:
            rule["resourceNames"] = [request.name]
    kind = "Role" if request.scope else "ClusterRole"
    taken = {role.name for role in index.roles}
    target = request.path if request.path is not None else request.combined_resource
    name = _unused(_slug(request.verb, target, request.name), taken)
    role = _object(kind, name, request.scope) | {"rules": [rule]}
    return role, _binding(index, request, subject, kind=kind, role=name)


def _binding(index: Authorizer, request: Request, subject: Manifest, *, kind: str, role: str) -> Manifest:
    name = _unused(_slug(subject["name"], role), {each.name for each in index.bindings})
    return _object("RoleBinding" if request.scope else "ClusterRoleBinding", name, request.scope) | {
        "roleRef": {"apiGroup": GROUP, "kind": kind, "name": role},
        "subjects": [dict(subject)],
    }


def _object(kind: str, name: str, namespace: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": _API_VERSION, "kind": kind, "metadata": metadata}


def _subject(user: User) -> Manifest | None:
    account = subjects.account_of(user.name)
    if account is not None:
        return {"kind": "ServiceAccount", "name": account[1], "namespace": account[0]}
    if user.name:
        return {"apiGroup": GROUP, "kind": "User", "name": user.name}
    return {"apiGroup": GROUP, "kind": "Group", "name": user.groups[0]} if user.groups else None


def _slug(*words: str) -> str:
    text = "-".join(words).lower()
    return _NOT_IN_NAMES.sub("-", text).strip("-.") or "grant"


def _unused(name: str, taken: set[str]) -> str:
    candidates = (name if number == 1 else f"{name}-{number}" for number in range(1, len(taken) + 2))
    return next(each for each in candidates if each not in taken)


def _titled(role: Role | ClusterRole) -> str:
    return f"{role.KIND} `{role.name}`" + (f" ({role.scope})" if role.scope else "")


def _shown(manifest: Manifest) -> str:
    namespace = manifest["metadata"].get("namespace")
    return f"{manifest['kind']} `{manifest['metadata']['name']}`" + (f" ({namespace})" if namespace else "")


def _least_sufficient(index: Authorizer, request: Request) -> Role | ClusterRole | None:
    """Return the role with the fewest rights that would allow the request, bound where it is asked.

    A role with wildcards is not offered: what it gives besides cannot be counted.
    """
    sufficient = [
        role
        for role in index.roles
        if (role.scope == request.scope or isinstance(role, ClusterRole))
        and any(rules.allows(rule, request) for rule in index.rules_of(role))
        and not any(rules.is_open(rule) for rule in index.rules_of(role))
    ]
    return min(sufficient, key=lambda role: (_rights(index, role), role.name), default=None)


def _rights(index: Authorizer, role: Role | ClusterRole) -> int:
    return sum(map(rules.size, index.rules_of(role)))


def revocations(index: Authorizer, request: Request) -> Iterator[Step]:
    """Yield the bindings that all must lose the user for an allowed request to be denied."""
    allowing = tuple(index.allowing(request))
    if not _denied_without(index, request, allowing):
        return
    facts = described(request) | {"bindings": tuple(titled(each.binding) for each in allowing)}
    removed = [_reference(each.binding) for each in allowing]
    yield _change("rbac.revoke", facts, {"delete": removed}, *(each.binding.KIND for each in allowing))


def _denied_without(index: Authorizer, request: Request, removed: Sequence[Grant]) -> bool:
    gone = {grant.order for grant in removed}
    left = [each.binding for each in index.grants(request.user, request.scope) if each.order not in gone]
    return not Authorizer([*index.roles, *left]).authorize(request).allowed


def _reference(binding: Binding) -> Manifest:
    return _object(binding.KIND, binding.name, binding.scope)

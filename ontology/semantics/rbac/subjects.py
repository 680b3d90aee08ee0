"""Subjects: to whom a binding applies, and how the authorizer names them.

A ServiceAccount subject matches by user name alone, `system:serviceaccount:<namespace>:<name>`; groups are
never derived from a name. A `namespace` on a User or Group subject is ignored.

Source: kubernetes.io/docs/reference/access-authn-authz/rbac, referring to subjects (v1.36).
"""

from ontology.cluster.rbac import Subject
from ontology.semantics.rbac.quoting import quote
from ontology.semantics.rbac.requests import User

SERVICE_ACCOUNT_PREFIX = "system:serviceaccount:"


def account_username(namespace: str, name: str) -> str:
    """Return the user name of a service account."""
    return f"{SERVICE_ACCOUNT_PREFIX}{namespace}:{name}"


def account_groups(namespace: str) -> tuple[str, ...]:
    """Return the groups that the API server gives to every service account of a namespace."""
    return ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")


def account_of(username: str) -> tuple[str, str] | None:
    """Return namespace and name of the service account behind a user name, or None."""
    if not username.startswith(SERVICE_ACCOUNT_PREFIX):
        return None
    namespace, colon, name = username.removeprefix(SERVICE_ACCOUNT_PREFIX).partition(":")
    return (namespace, name) if colon and namespace and name and ":" not in name else None


def username(subject: Subject, scope: str) -> str | None:
    """Return the user name that a subject stands for in a binding of namespace `scope`; None for a group."""
    if subject.kind == "User":
        return subject.name
    if subject.kind == "ServiceAccount":
        return account_username(subject.namespace or scope, subject.name)
    return None


def applies(subject: Subject, scope: str, user: User) -> bool:
    """Whether a subject of a binding in namespace `scope` (`""`: cluster-wide) is this user."""
    name = username(subject, scope)
    return subject.name in user.groups if name is None else name == user.name


def described(subject: Subject, scope: str) -> str:
    """Return the subject as the authorizer prints it; a service account's name comes before its namespace."""
    if subject.kind == "ServiceAccount":
        return f"{subject.kind} {quote(f'{subject.name}/{subject.namespace or scope}')}"
    return f"{subject.kind} {quote(subject.name)}"


def identity(subject: Subject, scope: str) -> User:
    """Return whom the API server takes an authenticated bearer of this subject to be.

    A user and a member of a group are also `system:authenticated`; a service account has its groups.
    """
    match subject.kind:
        case "ServiceAccount":
            namespace = subject.namespace or scope
            return User(name=account_username(namespace, subject.name), groups=account_groups(namespace))
        case "Group" if subject.name in {"system:authenticated", "system:unauthenticated"}:
            return User(name="", groups=(subject.name,))
        case "Group":
            return User(name="", groups=(subject.name, "system:authenticated"))
        case _:
            account = account_of(subject.name)
            groups = account_groups(account[0]) if account else ("system:authenticated",)
            return User(name=subject.name, groups=groups)

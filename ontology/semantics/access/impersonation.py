"""Impersonation: whom the API server takes a request with `--as` and `--as-group` to be from.

Source: kubernetes.io/docs/reference/access-authn-authz/authentication, user impersonation (v1.36).
"""

from collections.abc import Sequence

ANONYMOUS, UNAUTHENTICATED, AUTHENTICATED = (
    "system:anonymous",
    "system:unauthenticated",
    "system:authenticated",
)
_ACCOUNT = "system:serviceaccount:"


def impersonated(user: str, groups: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the groups of an impersonated user.

    Without groups of the request a service account has its own. Everyone but the anonymous user is
    authenticated beside what is asked for, unless the request names one of the two groups itself.
    """
    found = tuple(groups)
    parts = user.removeprefix(_ACCOUNT).split(":")
    is_account = user.startswith(_ACCOUNT) and len(parts) == len(("namespace", "name")) and all(parts)
    if not found and is_account:
        found = ("system:serviceaccounts", f"system:serviceaccounts:{parts[0]}")
    if {AUTHENTICATED, UNAUTHENTICATED} & {*found}:
        return found
    return (*found, UNAUTHENTICATED if user == ANONYMOUS else AUTHENTICATED)

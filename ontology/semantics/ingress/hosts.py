"""Hosts: which host of a rule a request is for.

Source: kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards (v1.36).
"""

from collections.abc import Iterable


def normalized(host: str) -> str:
    """Return a host in lower case without port and final dot; an IPv6 literal keeps its brackets."""
    name = host.strip().lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0].removesuffix(".")


def matches(pattern: str, host: str) -> bool:
    """Whether a rule's host covers a request's; `*` stands for exactly one label, no host for all."""
    wanted = pattern.lower()
    if not wanted or wanted == host:
        return True
    if not wanted.startswith("*."):
        return False
    label, dot, rest = host.partition(".")
    return bool(label and dot) and rest == wanted[2:]


def chosen(patterns: Iterable[str], host: str) -> str | None:
    """Return the host of rules that serves a request: the very name before a wildcard before none.

    Only the rules of this one host are asked for a path: a name shadows the wildcard that covers it.
    """
    fitting = [pattern for pattern in patterns if matches(pattern, host)]
    return max(fitting, key=_rank, default=None)


def _rank(pattern: str) -> int:
    if not pattern:
        return 0
    return 1 if pattern.startswith("*.") else 2

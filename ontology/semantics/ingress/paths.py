"""Paths: which path of a host's rules a request takes.

Source: kubernetes.io/docs/concepts/services-networking/ingress/#path-types (v1.36). What
ImplementationSpecific means is the controller's: NGINX compares the beginning of the text.
"""

from collections.abc import Iterator
from typing import Protocol


class Located(Protocol):
    """Anything with a path and its type."""

    @property
    def path(self) -> str:
        """The path as written; empty means `/`."""

    @property
    def path_type(self) -> str:
        """Exact, Prefix or ImplementationSpecific."""


def without_query(target: str) -> str:
    """Return the path of a request's target, without query and fragment."""
    return target.partition("?")[0].partition("#")[0] or "/"


def matches(rule: Located, path: str) -> bool:
    """Whether a request's path is covered; upper and lower case differ."""
    wanted = rule.path or "/"
    match rule.path_type:
        case "Exact":
            return path == wanted
        case "Prefix":
            return _covers(_elements(wanted), _elements(path))
        case _:
            return path.startswith(wanted)


def _elements(path: str) -> list[str]:
    # a slash at the end does not count, one in the middle does: /a//b has an empty element
    return path.strip("/").split("/") if path.strip("/") else []


def _covers(prefix: list[str], elements: list[str]) -> bool:
    return elements[: len(prefix)] == prefix


def key(rule: Located) -> str:
    """Return what two rules of one type share when they cover the same paths."""
    wanted = rule.path or "/"
    return "/".join(_elements(wanted)) if rule.path_type == "Prefix" else wanted


def candidates(path_type: str, path: str) -> Iterator[str]:
    """Yield the keys of rules that would cover a path, the longest first.

    A request is looked up by each of its own beginnings, so its cost does not grow with the rules.
    """
    match path_type:
        case "Exact":
            yield path
        case "Prefix":
            elements = _elements(path)
            yield from ("/".join(elements[:count]) for count in range(len(elements), -1, -1))
        case _:
            yield from (path[:count] for count in range(len(path), 0, -1))


def rank(rule: Located) -> tuple[int, bool]:
    """Return what decides between paths that match: the longest wins, Exact before the others."""
    wanted = rule.path or "/"
    length = len(wanted.rstrip("/")) if rule.path_type == "Prefix" else len(wanted)
    return length, rule.path_type == "Exact"

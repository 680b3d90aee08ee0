"""`kubectl proxy`: whom it lets in, by address, host, path and method, and as whom they then act.

Whoever gets through acts with the credentials of the proxy's own kubeconfig and needs none: a proxy that
listens for others and accepts any host hands them out.

Source: kubernetes.io/docs/reference/kubectl/generated/kubectl_proxy/ (v1.36).
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from re import _constants as kinds  # type: ignore[attr-defined] # no other way to see the shape of a pattern
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from ontology.errors import InvalidQuestionError, TooCostlyError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.verdict import Outcome, Role, Step, Verdict

# Python's engine may try every way to split a text; these bounds keep that to a second or two.
_MAX_TEXT, _MAX_REPEATS = 512, 3
_NOT_REGULAR = frozenset({kinds.ASSERT, kinds.ASSERT_NOT, kinds.GROUPREF, kinds.GROUPREF_EXISTS})
_ROOT = "question.proxy"


class Proxy(Question, frozen=True):
    """The proxy's flags, comma-separated patterns as kubectl has them, and one request to it.

    `client` is the address it comes from, `host` its Host header, `user` who the proxy's kubeconfig is.
    """

    address: str = "127.0.0.1"
    accept_hosts: str = r"^localhost$,^127\.0\.0\.1$,^\[::1\]$"
    accept_paths: str = "^.*"
    reject_paths: str = "^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach"
    reject_methods: str = "^$"
    disable_filter: bool = False
    client: str = "127.0.0.1"
    host: str = "localhost:8001"
    method: str = "GET"
    path: str = "/api"
    user: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the proxy: its rule, and the pattern that decided, if one did."""

    rule: str
    holds: bool
    pattern: str = ""


def evaluate(_: Scenario, question: Proxy) -> Verdict:
    """Answer `{"reachable", "accepted", "status", "user"}`; a yes is a request that is passed on.

    `status` is 403 where the proxy refuses, null where it is not reached or passes the request on.

    Raises:
        InvalidQuestionError: an address or a pattern that is none.
        TooCostlyError: a pattern whose matching could take for ever.
    """
    reachable = is_reachable(question)
    checks = tuple(_checks(question))
    accepted = reachable and all(each.holds for each in checks)
    answer: dict[str, Any] = {
        "reachable": reachable,
        "accepted": accepted,
        "status": 403 if reachable and not accepted else None,
        "user": (question.user or None) if accepted else None,
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(accepted),
        explain=lambda: tuple(_steps(question, checks, answer)),
    )


def is_reachable(question: Proxy) -> bool:
    """Whether a client at that address can connect: a loopback address is for the same machine alone."""
    listening = _address(question.address, "address")
    client = _address(question.client, "client")
    return listening.is_unspecified or not listening.is_loopback or client.is_loopback


def _address(text: str, name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address("127.0.0.1" if text == "localhost" else text)
    except ValueError as error:
        raise InvalidQuestionError(f"`{text}` is not an IP address", path=f"{_ROOT}.{name}") from error


def _checks(question: Proxy) -> Iterator[Check]:
    """Yield the proxy's checks in its order; nothing is checked with `--disable-filter`."""
    if question.disable_filter:
        return
    rejected = _matching(question.reject_paths, question.path, "rejectPaths")
    yield Check("access.proxyRejectPaths", rejected is None, rejected or "")
    refused = _matching(question.reject_methods, question.method, "rejectMethods")
    yield Check("access.proxyRejectMethods", refused is None, refused or "")
    path = _matching(question.accept_paths, question.path, "acceptPaths")
    yield Check("access.proxyAcceptPaths", path is not None, path or question.accept_paths)
    host = _matching(question.accept_hosts, host_of(question.host), "acceptHosts")
    yield Check("access.proxyAcceptHosts", host is not None, host or question.accept_hosts)


def host_of(header: str) -> str:
    """Return a Host header without its port; brackets of an IPv6 address go with the port."""
    bracketed = re.fullmatch(r"\[([^\]]*)\]:\d*", header)
    if bracketed:
        return bracketed[1]
    plain = re.fullmatch(r"([^:]*):\d*", header)
    return plain[1] if plain else header


def _matching(patterns: str, text: str, name: str) -> str | None:
    """Return the first of the comma-separated patterns that is found in `text`; they are not anchored."""
    path = f"{_ROOT}.{name}"
    if len(patterns) > _MAX_TEXT or len(text) > _MAX_TEXT:
        raise TooCostlyError(f"more than {_MAX_TEXT} characters", path=path)
    return next((each for each in patterns.split(",") if _compiled(each, path).search(text)), None)


def _compiled(pattern: str, path: str) -> re.Pattern[str]:
    # `^*$` is in many a tutorial: kubectl's engine takes a repeated `^` for one that may be missing
    repeatable = pattern[2:] if pattern.startswith(("^*", "^?")) else pattern
    try:
        parsed = parser.parse(repeatable)
    except re.error as error:
        raise InvalidQuestionError(f"`{pattern}` is not a pattern: {error.msg}", path=path) from error
    if _repeats(parsed) > _MAX_REPEATS:
        problem = (
            f"`{pattern}` has more than {_MAX_REPEATS} repetitions, or one that repeats or branches inside"
        )
        raise TooCostlyError(problem, path=path)
    return re.compile(repeatable)


def _repeats(parsed: Any) -> float:
    """Return how many parts repeat; infinity where matching could take exponential time."""
    total: float = 0
    for kind, value in parsed:
        if kind in {kinds.MAX_REPEAT, kinds.MIN_REPEAT}:
            inner = value[2]
            total += inf if _repeats(inner) or _branches(inner) else 1
        elif kind is kinds.BRANCH:
            total += sum(_repeats(each) for each in value[1])
        elif kind is kinds.SUBPATTERN:
            total += _repeats(value[3])
        elif kind in _NOT_REGULAR:  # kubectl's engine has none of these
            total = inf
    return total


def _branches(parsed: Any) -> bool:
    return any(
        kind is kinds.BRANCH or (kind is kinds.SUBPATTERN and _branches(value[3])) for kind, value in parsed
    )


def _steps(question: Proxy, checks: tuple[Check, ...], answer: dict[str, Any]) -> Iterator[Step]:
    facts = {
        "address": question.address,
        "client": question.client,
        "host": host_of(question.host),
        "path": question.path,
        "method": question.method,
        "user": question.user or "-",
    }
    concepts = ("kubectl proxy",)
    yield Step("access.proxyAddress", holds=answer["reachable"], facts=facts, concepts=concepts)
    if not answer["reachable"]:
        change = {"address": "0.0.0.0"}  # noqa: S104 - a suggestion, with its danger in words
        yield Step("access.proxyAddress", holds=True, facts=facts, role=Role.CHANGE, change=change)
        return
    if question.disable_filter:
        yield Step("access.proxyNoFilter", holds=True, facts=facts, concepts=concepts)
    for check in checks:
        told = facts | {"pattern": check.pattern}
        yield Step(check.rule, holds=check.holds, facts=told, concepts=(*concepts, "--accept-hosts"))
    if answer["accepted"]:
        yield Step("access.proxyUser", holds=True, facts=facts, concepts=(*concepts, "kubeconfig"))
        return
    failing = [check for check in checks if not check.holds]
    if [check.rule for check in failing] == ["access.proxyAcceptHosts"]:
        change = {"acceptHosts": f"^{re.escape(facts['host'])}$"}
        told = facts | {"pattern": change["acceptHosts"]}
        yield Step("access.proxyAcceptHosts", holds=True, facts=told, role=Role.CHANGE, change=change)


PROXY = Evaluator(question=Proxy, evaluate=evaluate)

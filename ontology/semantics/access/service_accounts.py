"""Service-account tokens: whom a bound token stands for, and why it does no longer.

Source: kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin (v1.36).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeVar

from msgspec import Struct, field

from ontology import instants
from ontology.cluster.accounts import Secret, ServiceAccount
from ontology.cluster.meta import KubeObject
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.access.clock import instant
from ontology.verdict import Outcome, Role, Step, Verdict

_LAST = instants.parse("9999-12-31T23:59:59Z")
_GRACE = 60 * instants.SECOND  # clocks may differ by a minute
_ROOT = "question.serviceAccountToken"
K = TypeVar("K", bound=KubeObject)

_EXTRA = "authentication.kubernetes.io/"


class Bound(Struct, frozen=True):
    """A reference of a token: to its account, or to an object that it ends with."""

    name: str = ""
    uid: str = ""


class KubernetesClaims(Struct, frozen=True):
    """The claim `kubernetes.io`."""

    namespace: str = ""
    serviceaccount: Bound = Bound()
    secret: Bound | None = None
    pod: Bound | None = None
    node: Bound | None = None


class Claims(Struct, frozen=True):
    """The payload of a token whose signature is good; instants in seconds since 1970."""

    iss: str = ""
    aud: str | tuple[str, ...] | None = ()
    exp: float | None = None
    nbf: float | None = None
    iat: float | None = None
    jti: str | None = None
    kubernetes: KubernetesClaims = field(default=KubernetesClaims(), name="kubernetes.io")


class ServiceAccountToken(Question, frozen=True):
    """The token's claims, issuer and audiences of the API server, and the time, RFC 3339."""

    claims: Claims
    issuer: str
    audiences: tuple[str, ...]
    now: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One check of a token: its rule, the reason it gives when it fails, and what it saw."""

    rule: str
    reason: str
    facts: Mapping[str, Any]

    @property
    def holds(self) -> bool:
        """Whether the check passed."""
        return not self.reason


def evaluate(scenario: Scenario, question: ServiceAccountToken) -> Verdict:
    """Answer `{"authenticated", "user", "groups", "uid", "extra", "reason"}`; a yes is an accepted token.

    Raises:
        InvalidQuestionError: `now` is no instant, or a time of the claims no number.
    """
    now = instant(question.now, path=f"{_ROOT}.now")
    found = tuple(checks(scenario, question, now))
    failed = found[-1].reason
    return Verdict(
        answer=_refused(failed) if failed else _accepted(question.claims),
        outcome=Outcome.of(not failed),
        explain=lambda: tuple(_steps(scenario, question, found)),
    )


def checks(scenario: Scenario, question: ServiceAccountToken, now: int) -> Iterator[Finding]:
    """Yield the checks in the API server's order, up to and with the first that fails."""
    for check in (*_claim_checks(question, now), *_object_checks(scenario, question, now)):
        yield check
        if not check.holds:
            return


def _claim_checks(question: ServiceAccountToken, now: int) -> Iterator[Finding]:
    claims = question.claims
    yield _finding(
        "access.tokenIssuer", "issuer", claims.iss == question.issuer, issuer=claims.iss, ours=question.issuer
    )
    audiences = (claims.aud,) if isinstance(claims.aud, str) else claims.aud or ()
    common = not audiences or not question.audiences or bool({*audiences} & {*question.audiences})
    yield _finding("access.tokenAudience", "audience", common, audiences=audiences, ours=question.audiences)
    times = (
        ("access.tokenNotBefore", "not-yet-valid", claims.nbf, 1),
        ("access.tokenExpiry", "expired", claims.exp, -1),
        ("access.tokenIssuedAt", "issued-in-the-future", claims.iat, 1),
    )
    for rule, reason, seconds, sign in times:
        moment = None if seconds is None else _moment(seconds)
        in_time = moment is None or sign * (moment - now) <= _GRACE
        yield _finding(rule, reason, in_time, moment=_shown(moment), now=_shown(now))


def _moment(seconds: float) -> int:
    """Return the instant of a claim; fractions of a second do not count.

    Raises:
        InvalidQuestionError: not a number, or without end.
    """
    if not isfinite(seconds):
        raise InvalidQuestionError(f"`{seconds}` is no time", path=f"{_ROOT}.claims")
    return int(seconds) * instants.SECOND


def _shown(moment: int | None) -> str | None:
    """Return an instant as the API writes it, in seconds where no calendar reaches."""
    if moment is None or _is_dated(moment):
        return None if moment is None else instants.render(moment)
    return f"{moment // instants.SECOND}s"


def _is_dated(moment: int) -> bool:
    """Whether a calendar of four-digit years reaches the instant."""
    return 0 <= moment <= _LAST


def _object_checks(scenario: Scenario, question: ServiceAccountToken, now: int) -> Iterator[Finding]:
    claims = question.claims.kubernetes
    namespace, reference = claims.namespace, claims.serviceaccount
    facts = {"account": f"{namespace}/{reference.name}", "claimed": reference.uid}
    account = _find(scenario.all(ServiceAccount), reference.name, namespace)
    yield _finding("access.accountExists", "service-account-not-found", account is not None, **facts)
    if account is not None:
        uid = account.metadata.uid
        yield _finding("access.accountUid", "uid-mismatch", uid == reference.uid, **facts, uid=uid)
        alive = not _is_gone(account, now)
        yield _finding("access.accountAlive", "service-account-deleted", alive, **facts)
    bound = (
        (claims.secret, Secret, namespace),
        (claims.pod, Pod, namespace),
        # the node of a token that is bound to a pod is carried, not looked up
        (claims.node if claims.pod is None else None, Node, None),
    )
    for reference_, kind, where in bound:
        if reference_ is not None:
            yield from _bound_checks(reference_, kind, _find(scenario.all(kind), reference_.name, where), now)


def _bound_checks(
    reference: Bound, kind: type[KubeObject], found: KubeObject | None, now: int
) -> Iterator[Finding]:
    facts = {"kind": kind.KIND, "name": reference.name, "claimed": reference.uid}
    yield _finding("access.boundObject", "invalidated", found is not None, **facts)
    if found is not None:
        uid = found.metadata.uid
        yield _finding("access.boundUid", "uid-mismatch", uid == reference.uid, **facts, uid=uid)
        yield _finding("access.boundObject", "invalidated", not _is_gone(found, now), **facts)


def _finding(rule: str, reason: str, holds: bool, **facts: Any) -> Finding:
    return Finding(rule, "" if holds else reason, facts)


def _find(objects: Iterable[K], name: str, namespace: str | None) -> K | None:
    """Return the object of that name, in a namespace or, without one, of the cluster."""
    return next((each for each in objects if each.name == name and namespace in {None, each.namespace}), None)


def _is_gone(found: KubeObject, now: int) -> bool:
    """Whether its deletion was asked for more than a minute ago."""
    deleted = found.metadata.deletion_timestamp
    return deleted is not None and instants.parse(deleted) < now - _GRACE


def _refused(reason: str) -> dict[str, Any]:
    return {
        "authenticated": False,
        "user": None,
        "groups": None,
        "uid": None,
        "extra": None,
        "reason": reason,
    }


def _accepted(claims: Claims) -> dict[str, Any]:
    token = claims.kubernetes
    extra: dict[str, list[str]] = {}
    if claims.jti:
        extra[f"{_EXTRA}credential-id"] = [f"JTI={claims.jti}"]
    if token.pod is not None and token.pod.name and token.pod.uid:
        extra |= {f"{_EXTRA}pod-name": [token.pod.name], f"{_EXTRA}pod-uid": [token.pod.uid]}
    if token.node is not None and token.node.name:
        extra[f"{_EXTRA}node-name"] = [token.node.name]
        if token.node.uid:
            extra[f"{_EXTRA}node-uid"] = [token.node.uid]
    account = token.serviceaccount
    return {
        "authenticated": True,
        "user": f"system:serviceaccount:{token.namespace}:{account.name}",
        "groups": ["system:serviceaccounts", f"system:serviceaccounts:{token.namespace}"],
        "uid": account.uid,
        "extra": extra,
        "reason": "",
    }


def _steps(scenario: Scenario, question: ServiceAccountToken, found: tuple[Finding, ...]) -> Iterator[Step]:
    for each in found:
        yield Step(each.rule, holds=each.holds, facts=each.facts, concepts=("Token", "ServiceAccount"))
    last = found[-1]
    claims = question.claims
    if last.holds:
        answer = _accepted(claims)
        facts = {"user": answer["user"], "groups": tuple(answer["groups"])}
        yield Step("access.accountName", holds=True, facts=facts, concepts=("ServiceAccount", "Group"))
    elif last.reason == "service-account-not-found":
        for account in scenario.all(ServiceAccount):
            if account.name == claims.kubernetes.serviceaccount.name:
                facts = dict(last.facts) | {"found": f"{account.namespace}/{account.name}"}
                yield Step(
                    last.rule, holds=False, facts=facts, role=Role.NEAR_MISS, concepts=("ServiceAccount",)
                )
    elif last.reason in _TIMES:
        yield from _in_time(scenario, question, last)


# The claim that each refusal for the time is about.
_TIMES = {"not-yet-valid": "nbf", "expired": "exp", "issued-in-the-future": "iat"}


def _in_time(scenario: Scenario, question: ServiceAccountToken, last: Finding) -> Iterator[Step]:
    """Yield the time at which the same token is accepted, if there is one."""
    seconds = getattr(question.claims, _TIMES[last.reason])
    moment = _moment(seconds)
    change = {"now": _shown(moment)}
    if _is_dated(moment) and all(each.holds for each in checks(scenario, question, moment)):
        yield Step(
            last.rule,
            holds=True,
            facts=dict(last.facts) | change,
            role=Role.CHANGE,
            change=change,
            concepts=("Token",),
        )


SERVICE_ACCOUNT_TOKEN = Evaluator(question=ServiceAccountToken, evaluate=evaluate)

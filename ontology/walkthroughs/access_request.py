"""One request to the API server: authentication, authorization, admission; where 401 and 403 come from.

What stands beside RBAC here: members of `system:masters` pass before it, and without credentials a request is
anonymous. Of admission the namespace's life, the service account of a pod and the escalation check of RBAC's
own objects are walked; other plugins, quotas and webhooks are not.

Source: kubernetes.io/docs/concepts/security/controlling-access (v1.36).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ontology.cluster.accounts import ServiceAccount
from ontology.cluster.namespaces import Namespace
from ontology.cluster.rbac import GROUP
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.access import certificates, service_accounts
from ontology.semantics.access.certificates import ClientCertificate
from ontology.semantics.access.impersonation import ANONYMOUS, AUTHENTICATED, UNAUTHENTICATED, impersonated
from ontology.semantics.access.service_accounts import ServiceAccountToken
from ontology.semantics.rbac import authorize, escalation, subjects
from ontology.semantics.rbac.bindings import Authorizer, authorizer
from ontology.semantics.rbac.escalation import MASTERS, Escalation
from ontology.semantics.rbac.quoting import quote
from ontology.semantics.rbac.requests import Action, Request, User, described
from ontology.verdict import Outcome, Step, Verdict

_OK, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 200, 401, 403, 404
_BUILT_IN = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})
_IMMORTAL = frozenset({"default", "kube-system", "kube-public"})
_RBAC_RESOURCES = frozenset({"roles", "clusterroles", "rolebindings", "clusterrolebindings"})


class Impersonate(Question, frozen=True):
    """Whom the request is to count for: `--as` and `--as-group`."""

    user: str
    groups: tuple[str, ...] = ()


class AccessRequest(Action, frozen=True, kw_only=True):
    """One request: at most one kind of credentials, what is to be done, and the object that is written.

    Without credentials the request is anonymous, unless `anonymous` is false.
    """

    client_certificate: ClientCertificate | None = None
    service_account_token: ServiceAccountToken | None = None
    anonymous: bool = True
    impersonate: Impersonate | None = None
    object: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Where a request ended: the stage, the HTTP status and the API server's sentence."""

    stage: str
    status: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What one stage concluded: a refusal or none, and its steps."""

    refusal: Refusal | None
    steps: tuple[Step, ...]


def evaluate(scenario: Scenario, question: AccessRequest) -> Verdict:
    """Answer `{"status", "stage", "user", "groups", "message"}`; a yes is a request that is let in.

    `stage` is where it ended (`authentication`, `authorization`, `admission`), null where it did not.

    Raises:
        InvalidQuestionError: two kinds of credentials, or a part of the question that is malformed.
    """
    index = authorizer(scenario)
    user, authentication = _authenticate(scenario, question)
    stages = [authentication]
    if user is not None:
        caller = user
        if question.impersonate is not None:
            user, stage = _impersonate(index, caller, question.impersonate)
            stages.append(stage)
        for take in (_authorize, _admit):
            if stages[-1].refusal is None:
                stages.append(take(scenario, index, question, user))
    refusal = stages[-1].refusal
    answer = {
        "status": refusal.status if refusal else _OK,
        "stage": refusal.stage if refusal else None,
        "user": user.name if user else None,
        "groups": list(user.groups) if user else None,
        "message": refusal.message if refusal else "",
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(refusal is None),
        explain=lambda: tuple(step for stage in stages for step in stage.steps),
    )


def _authenticate(scenario: Scenario, question: AccessRequest) -> tuple[User | None, Stage]:
    """Return who asks, None for nobody, and how it was found out.

    A credential that is wrong ends the request; one that is nobody's leaves it anonymous, but a bearer token
    that nobody knows is wrong.
    """
    verdict: Verdict | None = None
    if question.client_certificate is not None and question.service_account_token is not None:
        raise InvalidQuestionError("give one kind of credentials", path="question.request")
    if question.client_certificate is not None:
        verdict = certificates.evaluate(scenario, question.client_certificate)
    elif question.service_account_token is not None:
        verdict = service_accounts.evaluate(scenario, question.service_account_token)
    steps = verdict.steps if verdict else ()
    if verdict is not None and verdict.answer["authenticated"]:
        groups = verdict.answer["groups"]
        user = User(name=verdict.answer["user"], groups=tuple(dict.fromkeys((*groups, AUTHENTICATED))))
        return user, Stage(refusal=None, steps=(*steps, _who("access.authenticated", user, holds=True)))
    nobody = verdict is None or verdict.answer["reason"] in {"no-certificate", "no-common-name"}
    user = User(name=ANONYMOUS, groups=(UNAUTHENTICATED,))
    if nobody and question.anonymous:
        return user, Stage(refusal=None, steps=(*steps, _who("access.anonymous", user, holds=True)))
    refused = Refusal(stage="authentication", status=_UNAUTHORIZED, message="Unauthorized")
    rule = "access.anonymous" if nobody else "access.authenticated"
    return None, Stage(refusal=refused, steps=(*steps, _who(rule, user, holds=False)))


def _who(rule: str, user: User, *, holds: bool) -> Step:
    facts = {"user": user.name, "groups": user.groups}
    return Step(rule, holds=holds, facts=facts, concepts=("Authentication", "kube-apiserver"))


def _impersonate(index: Authorizer, caller: User, wanted: Impersonate) -> tuple[User, Stage]:
    """Return whom the request counts for, if the caller may impersonate the user and each group."""
    account = subjects.account_of(wanted.user)
    asked = [("serviceaccounts", *account) if account else ("users", "", wanted.user)]
    asked += [("groups", "", group) for group in wanted.groups]
    steps: list[Step] = []
    for resource, namespace, name in asked:
        request = Request(user=caller, verb="impersonate", resource=resource, name=name, namespace=namespace)
        allowed, more = _allowed(index, request)
        steps += more
        if not allowed:
            refusal = Refusal(stage="authorization", status=_FORBIDDEN, message=forbidden(request, ""))
            return caller, Stage(refusal=refusal, steps=tuple(steps))
    user = User(name=wanted.user, groups=impersonated(wanted.user, wanted.groups))
    steps.append(_who("access.impersonated", user, holds=True))
    return user, Stage(refusal=None, steps=tuple(steps))


def _allowed(index: Authorizer, request: Request) -> tuple[bool, tuple[Step, ...]]:
    if MASTERS in request.user.groups:
        facts = described(request) | {"groups": request.user.groups}
        return True, (Step("access.masters", holds=True, facts=facts, concepts=("Group", "Authorization")),)
    verdict = authorize.verdict(index, request)
    return bool(verdict.answer["allowed"]), verdict.steps


def _authorize(_: Scenario, index: Authorizer, question: AccessRequest, user: User) -> Stage:
    request = question.request(user)
    allowed, steps = _allowed(index, request)
    if allowed:
        return Stage(refusal=None, steps=steps)
    message = forbidden(request, index.authorize(request).reason)
    refusal = Refusal(stage="authorization", status=_FORBIDDEN, message=message)
    facts = described(request) | {"message": message}
    step = Step("access.forbidden", holds=False, facts=facts, concepts=("Authorization", "kube-apiserver"))
    return Stage(refusal=refusal, steps=(step, *steps))


def forbidden(request: Request, reason: str) -> str:
    """Return the API server's sentence for a request that is not authorized."""
    said = f"User {quote(request.user.name)} cannot {request.verb}"
    if request.path is not None:
        why = f"{said} path {quote(request.path)}"
        return f"forbidden: {why}" + (f": {reason}" if reason else "")
    where = f"in the namespace {quote(request.namespace)}" if request.namespace else "at the cluster scope"
    resource, group = quote(request.combined_resource), quote(request.api_group)
    why = f"{said} resource {resource} in API group {group} {where}" + (f": {reason}" if reason else "")
    return refused(request, request.name, why)


def refused(request: Request, name: str, why: str) -> str:
    """Return `pods "web" is forbidden: why`, without a name `pods is forbidden: why`."""
    qualified = f"{request.resource}.{request.api_group}" if request.api_group else request.resource
    named = f"{qualified} {quote(name)}" if name else qualified
    return f"{named} is forbidden: {why}"


def _admit(scenario: Scenario, _: Authorizer, question: AccessRequest, user: User) -> Stage:
    if question.verb not in {"create", "update", "patch", "delete"} or not isinstance(question.resource, str):
        return Stage(refusal=None, steps=())  # admission looks at writes alone
    request = question.request(user)
    facts = described(request)
    for rule, status, message in _refusals(scenario, request, question.object or {}):
        refusal = Refusal(stage="admission", status=status, message=message)
        step = Step(rule, holds=False, facts=facts | {"message": message}, concepts=("AdmissionControl",))
        return Stage(refusal=refusal, steps=(step,))
    return Stage(
        refusal=None,
        steps=(Step("access.admitted", holds=True, facts=facts, concepts=("AdmissionControl",)),),
    )


def _refusals(
    scenario: Scenario, request: Request, written: dict[str, Any]
) -> Iterator[tuple[str, int, str]]:
    """Yield the rule, status and sentence of each check of admission that refuses the write."""
    name = request.name or (written.get("metadata") or {}).get("name") or ""
    if request.verb == "delete":
        if (request.api_group, request.resource) == ("", "namespaces") and name in _IMMORTAL:
            yield (
                "access.immortalNamespace",
                _FORBIDDEN,
                refused(request, name, "this namespace may not be deleted"),
            )
        return
    if request.verb == "create" and request.namespace:
        yield from _namespace_refusals(scenario, request, name)
    if request.verb == "create" and (request.api_group, request.combined_resource) == ("", "pods"):
        yield from _account_refusals(scenario, request, name, written)
    if request.api_group == GROUP and request.resource in _RBAC_RESOURCES and written:
        asked = Escalation(
            user=request.user.name,
            groups=request.user.groups,
            verb="create" if request.verb == "create" else "update",
            object=written,
        )
        found = escalation.evaluate(scenario, asked).answer
        if not found["allowed"]:
            missing = found["message"].endswith(" not found")
            yield "access.escalation", _NOT_FOUND if missing else _FORBIDDEN, found["message"]


def _namespace_refusals(scenario: Scenario, request: Request, name: str) -> Iterator[tuple[str, int, str]]:
    """Yield what the namespace forbids; without any Namespace given nothing is known of them."""
    given = {each.name: each for each in scenario.all(Namespace)}
    found = given.get(request.namespace)
    if found is None and given and request.namespace not in _BUILT_IN:
        message = f"namespaces {quote(request.namespace)} not found"
        yield "access.namespaceExists", _NOT_FOUND, message
    if found is not None and (found.metadata.deletion_timestamp or found.status.phase == "Terminating"):
        why = f"unable to create new content in namespace {request.namespace} because it is being terminated"
        yield "access.namespaceAlive", _FORBIDDEN, refused(request, name, why)


def _account_refusals(
    scenario: Scenario, request: Request, name: str, written: dict[str, Any]
) -> Iterator[tuple[str, int, str]]:
    """Yield that a pod's service account is missing; `default` is in every namespace."""
    account = (written.get("spec") or {}).get("serviceAccountName") or "default"
    known = {(each.namespace, each.name) for each in scenario.all(ServiceAccount)}
    if account != "default" and (request.namespace, account) not in known:
        why = (
            f"error looking up service account {request.namespace}/{account}: "
            f"serviceaccount {quote(account)} not found"
        )
        yield "access.podAccountExists", _FORBIDDEN, refused(request, name, why)


REQUEST = Evaluator(question=AccessRequest, evaluate=evaluate)

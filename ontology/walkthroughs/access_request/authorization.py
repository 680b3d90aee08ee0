"""Authorization: may they? `system:masters`, the node authorizer and RBAC are asked in this order.

Source: kubernetes.io/docs/reference/access-authn-authz/authorization (v1.36).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ontology.scenario import Scenario
from ontology.semantics.access.impersonation import impersonated
from ontology.semantics.rbac import authorize as rbac
from ontology.semantics.rbac import subjects
from ontology.semantics.rbac.bindings import Authorizer
from ontology.semantics.rbac.escalation import MASTERS
from ontology.semantics.rbac.quoting import quote
from ontology.semantics.rbac.requests import Request, User, described
from ontology.verdict import Step
from ontology.walkthroughs.access_request import nodes
from ontology.walkthroughs.access_request.authentication import who
from ontology.walkthroughs.access_request.question import Impersonate
from ontology.walkthroughs.access_request.stages import Refusal, Stage

_FORBIDDEN = 403
_AUTHENTICATION = "authentication.k8s.io"


@dataclass(frozen=True, slots=True)
class Authorizers:
    """The authorizers of one cluster."""

    scenario: Scenario
    rbac: Authorizer

    def ask(self, request: Request) -> tuple[bool, str, tuple[Step, ...]]:
        """Return whether one of them allows the request, the reasons of those that do not, and the steps."""
        facts = described(request) | {"groups": request.user.groups}
        if MASTERS in request.user.groups:
            return (
                True,
                "",
                (Step("access.masters", holds=True, facts=facts, concepts=("Group", "Authorization")),),
            )
        steps: tuple[Step, ...] = ()
        reasons: list[str] = []
        asked = nodes.allows(self.scenario, request)
        if asked is not None:
            allowed, why = asked
            told = facts | {"reason": why or "-"}
            steps = (Step("access.nodeAuthorizer", holds=allowed, facts=told, concepts=("Node", "kubelet")),)
            if allowed:
                return True, "", steps
            reasons.append(why)
        verdict = rbac.verdict(self.rbac, request)
        reasons.append(verdict.answer["reason"])
        why = ", ".join(each for each in reasons if each)
        return bool(verdict.answer["allowed"]), why, (*steps, *verdict.steps)


def authorize(authorizers: Authorizers, request: Request) -> Stage:
    """Return whether the request may go on to admission."""
    allowed, reason, steps = authorizers.ask(request)
    if allowed:
        return Stage(refusal=None, steps=steps)
    message = forbidden(request, reason)
    refusal = Refusal(stage="authorization", status=_FORBIDDEN, message=message)
    facts = described(request) | {"message": message}
    step = Step("access.forbidden", holds=False, facts=facts, concepts=("Authorization", "kube-apiserver"))
    return Stage(refusal=refusal, steps=(step, *steps))


def impersonate(authorizers: Authorizers, caller: User, wanted: Impersonate) -> tuple[User, Stage]:
    """Return whom the request counts for, if the caller may impersonate all that is asked for."""
    steps: list[Step] = []
    for request in _impersonations(caller, wanted):
        stage = authorize(authorizers, request)
        steps += stage.steps
        if stage.refusal is not None:
            return caller, Stage(refusal=stage.refusal, steps=tuple(steps))
    user = User(name=wanted.user, groups=impersonated(wanted.user, wanted.groups))
    steps.append(who("access.impersonated", user, holds=True))
    return user, Stage(refusal=None, steps=tuple(steps))


def _impersonations(caller: User, wanted: Impersonate) -> Iterator[Request]:
    """Yield the requests that must all be allowed: the user or account, each group, extra and uid."""
    account = subjects.account_of(wanted.user)
    asked = [("serviceaccounts", *account) if account else ("users", "", wanted.user)]
    asked += [("groups", "", group) for group in wanted.groups]
    for resource, namespace, name in asked:
        yield Request(user=caller, verb="impersonate", resource=resource, name=name, namespace=namespace)
    asked = [("userextras", key.lower(), value) for key, values in wanted.extra.items() for value in values]
    asked += [("uids", "", wanted.uid)] if wanted.uid else []
    for resource, subresource, name in asked:
        yield Request(
            user=caller,
            verb="impersonate",
            api_group=_AUTHENTICATION,
            resource=resource,
            subresource=subresource,
            name=name,
        )


def forbidden(request: Request, reason: str) -> str:
    """Return the API server's sentence for a request that is not authorized."""
    said = f"User {quote(request.user.name)} cannot {request.verb}"
    if request.path is not None:
        why = f"{said} path {quote(request.path)}"
        return f"forbidden: {why}" + (f": {reason}" if reason else "")
    where = f"in the namespace {quote(request.namespace)}" if request.namespace else "at the cluster scope"
    resource, group = quote(request.combined_resource), quote(request.api_group)
    why = f"{said} resource {resource} in API group {group} {where}" + (f": {reason}" if reason else "")
    qualified = f"{request.resource}.{request.api_group}" if request.api_group else request.resource
    named = f"{qualified} {quote(request.name)}" if request.name else qualified
    return f"{named} is forbidden: {why}"

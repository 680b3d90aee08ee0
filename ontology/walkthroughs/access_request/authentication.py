"""Authentication: whom the API server takes a request to be from.

Source: kubernetes.io/docs/reference/access-authn-authz/authentication (v1.36).
"""

from ontology.errors import InvalidQuestionError
from ontology.scenario import Scenario
from ontology.semantics.access import certificates, service_accounts
from ontology.semantics.access.impersonation import ANONYMOUS, AUTHENTICATED, UNAUTHENTICATED
from ontology.semantics.rbac.requests import User
from ontology.verdict import Step, Verdict
from ontology.walkthroughs.access_request.question import AccessRequest
from ontology.walkthroughs.access_request.stages import Refusal, Stage

_UNAUTHORIZED = 401


def authenticate(scenario: Scenario, question: AccessRequest) -> tuple[User | None, Stage]:
    """Return who asks, None for nobody, and how it was found out.

    A credential that is wrong ends the request; one that is nobody's leaves it anonymous, but a bearer token
    that nobody knows is wrong.

    Raises:
        InvalidQuestionError: two kinds of credentials, or credentials that are malformed.
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
        return user, Stage(refusal=None, steps=(*steps, who("access.authenticated", user, holds=True)))
    nobody = verdict is None or verdict.answer["reason"] in {"no-certificate", "no-common-name"}
    user = User(name=ANONYMOUS, groups=(UNAUTHENTICATED,))
    if nobody and question.anonymous:
        return user, Stage(refusal=None, steps=(*steps, who("access.anonymous", user, holds=True)))
    refused = Refusal(stage="authentication", status=_UNAUTHORIZED, message="Unauthorized")
    rule = "access.anonymous" if nobody else "access.authenticated"
    return None, Stage(refusal=refused, steps=(*steps, who(rule, user, holds=False)))


def who(rule: str, user: User, *, holds: bool) -> Step:
    """Return the step that says who asks."""
    facts = {"user": user.name, "groups": user.groups}
    return Step(rule, holds=holds, facts=facts, concepts=("Authentication", "kube-apiserver"))

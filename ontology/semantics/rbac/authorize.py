"""May this user do this, by whose leave, why not, and what is the least that would change it.

Source: kubernetes.io/docs/reference/access-authn-authz/rbac (v1.36).
"""

from collections.abc import Iterator
from itertools import islice

from ontology.cluster.rbac import Binding
from ontology.scenario import Evaluator, Scenario
from ontology.semantics.rbac import rules
from ontology.semantics.rbac.bindings import Authorizer, Decision, Grant, authorizer, not_found, titled
from ontology.semantics.rbac.changes import grants, revocations
from ontology.semantics.rbac.near_misses import near_misses
from ontology.semantics.rbac.requests import Action, Request, User, described
from ontology.semantics.rbac.subjects import described as subject_described
from ontology.verdict import Outcome, Step, Verdict

# A reader takes in a handful; a group of thousands may miss by one word in each of its bindings.
_SHOWN = 8


class Authorize(Action, frozen=True, kw_only=True):
    """Who asks, and for what. The groups are complete: nothing is added to them."""

    user: str
    groups: tuple[str, ...] = ()


def evaluate(scenario: Scenario, question: Authorize) -> Verdict:
    """Answer `{"allowed", "reason"}`; a yes is an allowed request."""
    request = question.request(User(name=question.user, groups=question.groups))
    return verdict(authorizer(scenario), request)


def verdict(index: Authorizer, request: Request) -> Verdict:
    """Return the verdict on a request, with the steps to it."""
    decision = index.authorize(request)
    return Verdict(
        answer={"allowed": decision.allowed, "reason": decision.reason},
        outcome=Outcome.of(decision.allowed),
        explain=lambda: tuple(steps(index, request, decision)),
    )


def steps(index: Authorizer, request: Request, decision: Decision) -> Iterator[Step]:
    """Yield why a request is allowed or denied, then near misses, then changes that flip it."""
    if decision.rank is not None:
        yield from _allowed(index, request, index.grant(decision.rank))
        yield from revocations(index, request)
        return
    yield from _denied(index, request)
    yield from islice(near_misses(index, request), _SHOWN)
    yield from grants(index, request)


def _allowed(index: Authorizer, request: Request, grant: Grant) -> Iterator[Step]:
    binding = grant.binding
    facts = described(request) | {
        "binding": titled(binding),
        "subject": subject_described(grant.subject, binding.scope),
        "role": f"{binding.role_ref.kind} `{binding.role_ref.name}`",
        "scope": binding.scope,
    }
    yield Step("rbac.subject", holds=True, facts=facts, concepts=(grant.subject.kind, binding.KIND))
    yield Step(scope_rule(binding), holds=True, facts=facts, concepts=(binding.KIND, binding.role_ref.kind))
    rule = next(each for each in grant.rules or () if rules.allows(each, request))
    if binding.role_ref.kind == "ClusterRole" and binding.role_ref.name in index.aggregated.feeds:
        source = next(name for name, held in _sources(index, binding) if rule in held)
        facts |= {"source": source}
        yield Step("rbac.aggregation", holds=True, facts=facts, concepts=("ClusterRole",))
    facts |= {"rule": rules.described(rule)}
    yield Step("rbac.rule", holds=True, facts=facts, concepts=(binding.role_ref.kind,))
    others = [each for each in index.allowing(request) if each.order != grant.order]
    if others:
        names = tuple(titled(each.binding) for each in others)
        yield Step(
            "rbac.otherGrants", holds=True, facts=facts | {"others": names[:_SHOWN], "count": len(names)}
        )


def _sources(index: Authorizer, binding: Binding) -> Iterator[tuple[str, tuple[object, ...]]]:
    for selected in index.aggregated.feeds[binding.role_ref.name]:
        for name in selected:
            yield name, index.aggregated.rules[name]


def _denied(index: Authorizer, request: Request) -> Iterator[Step]:
    applying = tuple(index.grants(request.user, request.scope))
    facts = described(request) | {
        "groups": request.user.groups,
        "count": len(applying),
        "bindings": tuple(titled(each.binding) for each in applying[:_SHOWN]),
    }
    rule = "rbac.noRule" if applying else "rbac.noBinding"
    yield Step(rule, holds=False, facts=facts, concepts=("RBAC",))
    for each in applying:
        if each.rules is None:
            told = facts | {"binding": titled(each.binding), "missing": not_found(each.binding)}
            yield Step("rbac.missingRole", holds=False, facts=told, concepts=(each.binding.role_ref.kind,))


def scope_rule(binding: Binding) -> str:
    """Return the rule that says where a binding grants."""
    if not binding.scope:
        return "rbac.clusterRoleBinding"
    return "rbac.roleBindingToClusterRole" if binding.role_ref.kind == "ClusterRole" else "rbac.roleBinding"


AUTHORIZE = Evaluator(question=Authorize, evaluate=evaluate)

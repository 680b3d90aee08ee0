"""What a user may do: in one namespace as the API server lists it, or everywhere.

Source: kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-rules-review-v1
(v1.36).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ontology.cluster.rbac import PolicyRule
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.rbac import rules
from ontology.semantics.rbac.bindings import CLUSTER, Grant, authorizer, titled, unresolved
from ontology.semantics.rbac.requests import User
from ontology.verdict import Outcome, Step, Verdict


class RulesFor(Question, frozen=True):
    """Whose rules, and in which namespace; `""` asks for the cluster-wide ones only."""

    user: str
    groups: tuple[str, ...] = ()
    namespace: str = ""


class AccessOf(Question, frozen=True):
    """Whose rules, everywhere."""

    user: str
    groups: tuple[str, ...] = ()


def rules_for(scenario: Scenario, question: RulesFor) -> Verdict:
    """Answer the rules, sorted by their compact JSON; a yes where there is any rule."""
    verdict = as_visited(scenario, question)
    return replace(verdict, answer=_in_order(verdict.answer))


def as_visited(scenario: Scenario, question: RulesFor) -> Verdict:
    """Answer the rules in the order of visiting, as a SelfSubjectRulesReview has them."""
    index = authorizer(scenario)
    found = tuple(index.grants(User(name=question.user, groups=question.groups), question.namespace))
    answer = listed(found)
    return Verdict(
        answer=answer,
        outcome=Outcome.of(bool(answer["resourceRules"] or answer["nonResourceRules"])),
        explain=lambda: tuple(_steps(found, question.user, question.namespace)),
    )


def listed(grants: Iterable[Grant]) -> dict[str, Any]:
    """Return the rules of grants in the shape of a review's status.

    One entry for each rule of each binding, neither merged nor without repetition, the lists as written.
    """
    grants = tuple(grants)
    held = [rule for grant in grants for rule in grant.rules or ()]
    return {
        "resourceRules": [_resource_rule(rule) for rule in held if rule.resources],
        "nonResourceRules": [_url_rule(rule) for rule in held if rule.non_resource_urls],
        "incomplete": False,
        "error": unresolved(grants) or None,
    }


def _in_order(status: Mapping[str, Any]) -> dict[str, Any]:
    ordered = {name: sorted(status[name], key=compact) for name in ("resourceRules", "nonResourceRules")}
    return {**status, **ordered}


def _resource_rule(rule: PolicyRule) -> dict[str, list[str]]:
    return {
        "verbs": list(rule.verbs),
        "apiGroups": list(rule.api_groups),
        "resources": list(rule.resources),
        "resourceNames": list(rule.resource_names),
    }


def _url_rule(rule: PolicyRule) -> dict[str, list[str]]:
    return {"verbs": list(rule.verbs), "nonResourceURLs": list(rule.non_resource_urls)}


def compact(value: Mapping[str, Any]) -> str:
    """Return compact JSON with sorted keys: the order in which lists of rules are given."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def access_of(scenario: Scenario, question: AccessOf) -> Verdict:
    """Answer `{"clusterWide", "namespaces"}`, each in the shape of `rulesFor`; a yes where any rule is."""
    index = authorizer(scenario)
    user = User(name=question.user, groups=question.groups)
    found = tuple(index.grants_everywhere(user))
    answer = everywhere(found)
    return Verdict(
        answer=answer,
        outcome=Outcome.of(any(grant.rules for grant in found)),
        explain=lambda: tuple(_steps(found, question.user, "")),
    )


def everywhere(grants: Iterable[Grant]) -> dict[str, Any]:
    """Return the rules by where they hold: cluster-wide, and beyond that in each namespace, sorted."""
    by_scope: dict[str, list[Grant]] = {}
    for grant in grants:
        by_scope.setdefault(grant.scope, []).append(grant)
    namespaces = {scope: _in_order(listed(by_scope[scope])) for scope in sorted(by_scope) if scope != CLUSTER}
    return {"clusterWide": _in_order(listed(by_scope.get(CLUSTER, ()))), "namespaces": namespaces}


def _steps(grants: Iterable[Grant], user: str, namespace: str) -> Iterator[Step]:
    found = tuple(grants)
    facts = {"user": user, "namespace": namespace, "count": len(found)}
    yield Step("rbac.bindingsOf", holds=bool(found), facts=facts, concepts=("RBAC",))
    for grant in found:
        yield from _grant_steps(grant, facts)


def _grant_steps(grant: Grant, facts: Mapping[str, Any]) -> Iterator[Step]:
    reference = grant.binding.role_ref
    told = dict(facts) | {
        "binding": titled(grant.binding),
        "role": f"{reference.kind} `{reference.name}`",
        "scope": grant.scope,
        "missing": reference.name,
    }
    concepts = (grant.binding.KIND, reference.kind)
    if grant.rules is None:
        yield Step("rbac.missingRole", holds=False, facts=told, concepts=concepts)
    else:
        spelled = "; ".join(rules.described(rule) for rule in grant.rules)
        yield Step(
            "rbac.listedRules", holds=bool(grant.rules), facts=told | {"rules": spelled}, concepts=concepts
        )
        if grant.scope and any(rule.non_resource_urls for rule in grant.rules):
            yield Step("rbac.urlsNeedClusterRoleBinding", holds=False, facts=told, concepts=concepts)


RULES_FOR = Evaluator(question=RulesFor, evaluate=rules_for)
ACCESS_OF = Evaluator(question=AccessOf, evaluate=access_of)

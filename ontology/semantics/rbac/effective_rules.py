"""What a ClusterRole holds once the controller has gathered the roles that its aggregationRule selects.

Source: kubernetes.io/docs/reference/access-authn-authz/rbac, aggregated ClusterRoles (v1.36).
"""

from collections.abc import Iterator
from difflib import get_close_matches

from ontology.cluster.rbac import GROUP
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.rbac import rules
from ontology.semantics.rbac.aggregation import Aggregated
from ontology.semantics.rbac.bindings import Authorizer, authorizer
from ontology.semantics.rbac.quoting import quote
from ontology.verdict import Outcome, Role, Step, Verdict


class EffectiveRules(Question, frozen=True):
    """The name of a ClusterRole."""

    cluster_role: str


def evaluate(scenario: Scenario, question: EffectiveRules) -> Verdict:
    """Answer `{"rules", "error"}`; a yes where there is a rule.

    Unknown, with null rules, where roles select each other and the outcome depends on the order in which the
    controller happens to work.
    """
    index = authorizer(scenario)
    name = question.cluster_role
    found = index.aggregated.rules.get(name)
    if found is None:
        answer = {"rules": None, "error": f"clusterrole.{GROUP} {quote(name)} not found"}
        return Verdict(answer=answer, outcome=Outcome.NO, explain=lambda: tuple(_absent(index, name)))
    if name in index.aggregated.unsettled:
        answer = {"rules": None, "error": f"circular aggregation: {' -> '.join(index.aggregated.circle)}"}
        return Verdict(
            answer=answer, outcome=Outcome.UNKNOWN, explain=lambda: tuple(_steps(index.aggregated, name))
        )
    return Verdict(
        answer={"rules": [rules.plain(rule) for rule in found], "error": None},
        outcome=Outcome.of(bool(found)),
        explain=lambda: tuple(_steps(index.aggregated, name)),
    )


def _absent(index: Authorizer, name: str) -> Iterator[Step]:
    facts = {"role": name}
    yield Step("rbac.clusterRole", holds=False, facts=facts, concepts=("ClusterRole",))
    for near in get_close_matches(name, index.cluster_roles, n=2):
        told = facts | {"found": near}
        yield Step(
            "rbac.clusterRole", holds=False, facts=told, role=Role.NEAR_MISS, concepts=("ClusterRole",)
        )


def _steps(aggregated: Aggregated, name: str) -> Iterator[Step]:
    facts = {"role": name, "count": len(aggregated.rules[name])}
    selected = aggregated.feeds.get(name)
    if selected is None:
        yield Step("rbac.ownRules", holds=True, facts=facts, concepts=("ClusterRole",))
        return
    for number, names in enumerate(selected, start=1):
        told = facts | {"number": number, "selected": names}
        yield Step("rbac.aggregationSelector", holds=bool(names), facts=told, concepts=("ClusterRole",))
    told = facts | {"circle": aggregated.circle}
    if name in aggregated.unsettled:
        yield Step("rbac.aggregated", holds=None, facts=told, concepts=("ClusterRole",))
    else:
        yield Step("rbac.aggregated", holds=True, facts=told, concepts=("ClusterRole",))


EFFECTIVE_RULES = Evaluator(question=EffectiveRules, evaluate=evaluate)

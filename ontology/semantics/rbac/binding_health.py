"""Which bindings and roles do nothing: dangling, empty, or granting only what is granted already.

Source: kubernetes.io/docs/concepts/security/rbac-good-practices (v1.36).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ontology.cluster.accounts import ServiceAccount
from ontology.cluster.rbac import Binding, ClusterRole, Role, Subject
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.rbac import subjects
from ontology.semantics.rbac.bindings import Authorizer, authorizer, titled
from ontology.semantics.rbac.escalation import lacking
from ontology.semantics.rbac.requests import User
from ontology.semantics.rbac.who_can import reference
from ontology.verdict import Outcome, Step, Verdict

# A subject with more bindings than this is not searched for one that adds nothing: the search is quadratic.
_COMPARED = 64


class BindingHealth(Question, frozen=True):
    """Nothing more to say: all bindings and roles are looked at."""


@dataclass(frozen=True, slots=True)
class Ailment:
    """A binding or role that does nothing, the rule that says why, and for whom if for one subject alone."""

    rule: str
    found: Binding | Role | ClusterRole
    subject: Subject | None = None

    @property
    def problem(self) -> str:
        """The rule without its system: `dangling`, `noSubjects`, ..."""
        return self.rule.removeprefix("rbac.")


def evaluate(scenario: Scenario, _: BindingHealth) -> Verdict:
    """Answer `{"findings": [{"problem", "object", "subject"?}]}`; a yes where there is none."""
    index = authorizer(scenario)
    found = (*_bindings(index), *_accounts(index, scenario.all(ServiceAccount)), *_unbound(index))
    return Verdict(
        answer={"findings": [_plain(each) for each in found]},
        outcome=Outcome.of(not found),
        explain=lambda: tuple(_steps(found, len(index.bindings))),
    )


def _bindings(index: Authorizer) -> Iterator[Ailment]:
    useless: set[int] = set()
    for order, binding in enumerate(index.bindings):
        found = index.resolve(binding)
        if found is None:
            yield Ailment("rbac.dangling", binding)
        elif not binding.subjects:
            yield Ailment("rbac.noSubjects", binding)
        elif not any(rule.resources or not binding.scope for rule in found):
            yield Ailment("rbac.grantsNothing", binding)
        elif all(_is_shadowed(index, binding, order, each, useless) for each in binding.subjects):
            yield Ailment("rbac.shadowed", binding)
            useless.add(order)


def _is_shadowed(
    index: Authorizer, binding: Binding, order: int, subject: Subject, useless: set[int]
) -> bool:
    """Whether the subject holds every right of the binding by other bindings of its own."""
    name = subjects.username(subject, binding.scope)
    user = User(name="", groups=(subject.name,)) if name is None else User(name=name)
    if index.count(user, binding.scope) > _COMPARED:
        return False
    others = [
        grant
        for grant in index.grants(user, binding.scope)
        if grant.order != order and grant.order not in useless
    ]
    held = [rule for grant in others for rule in grant.rules or ()]
    return bool(held) and not lacking(held, index.resolve(binding) or ())


def _accounts(index: Authorizer, accounts: tuple[ServiceAccount, ...]) -> Iterator[Ailment]:
    """Yield service accounts that are bound but not there; nothing where no account is given at all."""
    known = {(each.namespace, each.name) for each in accounts}
    for binding in index.bindings if known else ():
        for subject in binding.subjects:
            where = (subject.namespace or binding.scope, subject.name)
            if subject.kind == "ServiceAccount" and where not in known:
                yield Ailment("rbac.missingAccount", binding, subject)


def _unbound(index: Authorizer) -> Iterator[Ailment]:
    """Yield roles that no binding refers to and no other role gathers."""
    bound = {id(index.role(each)) for each in index.bindings}
    gathered = {name for selected in index.aggregated.feeds.values() for names in selected for name in names}
    for role in index.roles:
        if id(role) not in bound and not (isinstance(role, ClusterRole) and role.name in gathered):
            yield Ailment("rbac.unboundRole", role)


def _plain(each: Ailment) -> dict[str, object]:
    found: dict[str, object] = {
        "problem": each.problem,
        "object": reference(each.found.KIND, each.found.name, each.found.scope),
    }
    if each.subject is not None:
        namespace = each.subject.namespace or each.found.scope
        found["subject"] = reference(each.subject.kind, each.subject.name, namespace)
    return found


def _steps(found: tuple[Ailment, ...], count: int) -> Iterator[Step]:
    if not found:
        yield Step("rbac.healthy", holds=True, facts={"count": count}, concepts=("RBAC",))
    for each in found:
        scope = each.found.scope
        facts = {
            "object": f"{each.found.KIND} `{each.found.name}`" + (f" ({scope})" if scope else ""),
            "role": "",
            "subject": "" if each.subject is None else subjects.described(each.subject, scope),
        }
        if not isinstance(each.found, Role | ClusterRole):
            reference_ = each.found.role_ref
            facts |= {"object": titled(each.found), "role": f"{reference_.kind} `{reference_.name}`"}
        yield Step(each.rule, holds=False, facts=facts, concepts=(each.found.KIND,))


BINDING_HEALTH = Evaluator(question=BindingHealth, evaluate=evaluate)

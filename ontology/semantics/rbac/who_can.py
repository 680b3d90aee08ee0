"""Who can do this: every user, group and service account, with the chain to it.

Source: kubernetes.io/docs/reference/access-authn-authz/rbac (v1.36).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ontology.cluster.rbac import Binding, PolicyRule, Subject
from ontology.scenario import Evaluator, Scenario
from ontology.semantics.rbac import rules, subjects
from ontology.semantics.rbac.bindings import CLUSTER, Authorizer, authorizer, not_found, titled
from ontology.semantics.rbac.requests import Action, Request, User, described
from ontology.verdict import Outcome, Step, Verdict


class WhoCan(Action, frozen=True):
    """What is to be done; the question is by whom."""


@dataclass(frozen=True, slots=True)
class Chain:
    """From a subject over a binding and its role to the rule that allows."""

    subject: Subject
    binding: Binding
    rule: PolicyRule

    @property
    def holder(self) -> dict[str, str]:
        """The subject as a manifest names it; a service account always with its namespace."""
        found = {"kind": self.subject.kind, "name": self.subject.name}
        if self.subject.kind == "ServiceAccount":
            found["namespace"] = self.subject.namespace or self.binding.scope
        return found


def evaluate(scenario: Scenario, question: WhoCan) -> Verdict:
    """Answer `{"subjects", "missing"}`; a yes where anyone can."""
    index = authorizer(scenario)
    request = question.request(User(name=""))
    chains = tuple(chains_to(index, request))
    by_holder: dict[tuple[str, ...], dict[str, Any]] = {}
    for chain in chains:
        holder = chain.holder
        entry = by_holder.setdefault(tuple(holder.values()), holder | {"via": []})
        entry["via"].append(_link(chain))
    missing = sorted({not_found(each) for each in index.bindings if index.role(each) is None})
    return Verdict(
        answer={"subjects": [by_holder[key] for key in sorted(by_holder)], "missing": missing},
        outcome=Outcome.of(bool(chains)),
        explain=lambda: tuple(_steps(chains, request)),
    )


def chains_to(index: Authorizer, request: Request) -> Iterator[Chain]:
    """Yield every chain that allows the request to someone, in the order of visiting."""
    for binding in index.bindings:
        if binding.scope in {CLUSTER, request.scope}:
            rule = next((rule for rule in index.resolve(binding) or () if rules.allows(rule, request)), None)
            if rule is not None:
                for subject in dict.fromkeys(binding.subjects):
                    yield Chain(subject, binding, rule)


def reference(kind: str, name: str, namespace: str) -> dict[str, str]:
    """Return an object's kind and name, with its namespace if it has one."""
    found = {"kind": kind, "name": name}
    return found | {"namespace": namespace} if namespace else found


def _link(chain: Chain) -> Mapping[str, Any]:
    binding, role = chain.binding, chain.binding.role_ref
    return {
        "binding": reference(binding.KIND, binding.name, binding.scope),
        "role": reference(role.kind, role.name, binding.scope if role.kind == "Role" else ""),
        "rule": rules.plain(chain.rule),
    }


def _steps(chains: tuple[Chain, ...], request: Request) -> Iterator[Step]:
    facts = described(request)
    if not chains:
        yield Step("rbac.nobodyCan", holds=False, facts=facts, concepts=("RBAC",))
    for chain in chains:
        role = chain.binding.role_ref
        told = facts | {
            "subject": subjects.described(chain.subject, chain.binding.scope),
            "binding": titled(chain.binding),
            "role": f"{role.kind} `{role.name}`",
            "rule": rules.described(chain.rule),
        }
        yield Step("rbac.whoCan", holds=True, facts=told, concepts=(chain.subject.kind, role.kind))


WHO_CAN = Evaluator(question=WhoCan, evaluate=evaluate)

"""No one grants more than they hold: the check when a role or a binding is written.

Only that check, not whether the user may write roles at all. It is lifted by the verbs `escalate` (roles) and
`bind` (bindings), and for members of `system:masters`.

Source: kubernetes.io/docs/reference/access-authn-authz/rbac, privilege escalation prevention and
bootstrapping (v1.36).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from msgspec.structs import replace

from ontology.cluster import manifests
from ontology.cluster.rbac import GROUP, Binding, ClusterRole, PolicyRule, RbacObject, read
from ontology.errors import TooCostlyError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.rbac import rules
from ontology.semantics.rbac.bindings import Authorizer, authorizer, not_found, unresolved
from ontology.semantics.rbac.changes import grant_only
from ontology.semantics.rbac.listing import compact
from ontology.semantics.rbac.quoting import quote
from ontology.semantics.rbac.requests import Request, User, described
from ontology.verdict import Outcome, Step, Verdict
from ontology.verdict import Role as StepRole

MASTERS = "system:masters"
EVERYTHING = (
    PolicyRule(verbs=(rules.ALL,), api_groups=(rules.ALL,), resources=(rules.ALL,)),
    PolicyRule(verbs=(rules.ALL,), non_resource_urls=(rules.ALL,)),
)
_MOST_COMPARISONS = 2_000_000
_OBJECT = "question.escalation.object"


class Escalation(Question, frozen=True, kw_only=True):
    """Who writes which role or binding. For `update` the old object stands among the scenario's objects."""

    user: str
    groups: tuple[str, ...] = ()
    verb: Literal["create", "update"]
    object: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write of a role or binding; `old` is what it replaces, None where there is nothing.

    `untouched`: an update that changes nothing but finalizers and owner references.
    """

    user: User
    update: bool
    new: RbacObject
    old: RbacObject | None = None
    untouched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How the check ended: the deciding rule, the rights not held, and the API server's sentence if any."""

    allowed: bool
    rule: str
    missing: tuple[PolicyRule, ...] = ()
    message: str = ""


def evaluate(scenario: Scenario, question: Escalation) -> Verdict:
    """Answer `{"allowed", "missing", "message"}`; a yes is a write that passes the check.

    Raises:
        InvalidObjectError: the object is no role or binding, or one that the API server would refuse.
        TooCostlyError: rights and held rules beyond comparing.
    """
    manifests.check(question.object, path=_OBJECT)
    index = authorizer(scenario)
    write = _write(scenario, question)
    found = check(index, write)
    missing = {compact(plain): plain for plain in map(rules.plain, found.missing)}
    return Verdict(
        answer={
            "allowed": found.allowed,
            "missing": [missing[each] for each in sorted(missing)],
            "message": found.message,
        },
        outcome=Outcome.of(found.allowed),
        explain=lambda: tuple(_steps(index, write, found)),
    )


def _write(scenario: Scenario, question: Escalation) -> Write:
    new = read(question.object, path=_OBJECT)
    user = User(name=question.user, groups=question.groups)
    if question.verb == "create":
        return Write(user=user, update=False, new=new)
    for path, manifest in scenario.manifests:
        if manifest["kind"] == new.KIND and manifest["apiVersion"] in new.API:
            old = read(manifest, path=path)
            if (old.scope, old.name) == (new.scope, new.name):
                untouched = _content(manifest) == _content(question.object)
                return Write(user=user, update=True, new=new, old=old, untouched=untouched)
    return Write(user=user, update=True, new=new)  # the API server creates what an update does not find


def _content(manifest: Mapping[str, Any]) -> Any:
    """Return what an update must change to be checked: all but what garbage collection changes."""
    found = _without_empty(manifest)
    for name in ("ownerReferences", "finalizers", "managedFields"):
        found["metadata"].pop(name, None)
    for each in (found.get("roleRef", {}), *found.get("subjects", ())):
        if each.get("kind") != "ServiceAccount":
            each.setdefault("apiGroup", GROUP)
    return found


def _without_empty(value: Any) -> Any:
    if isinstance(value, Mapping):
        cleaned = {name: _without_empty(each) for name, each in value.items()}
        return {name: each for name, each in cleaned.items() if each not in (None, "", [], {})}
    return [_without_empty(each) for each in value] if isinstance(value, list) else value


def check(index: Authorizer, write: Write) -> Check:
    """Return whether the write passes, and by which rule."""
    lifted = lifting(write)
    if MASTERS in write.user.groups:
        return Check(allowed=True, rule="rbac.masters")
    if index.authorize(lifted).allowed:
        return Check(allowed=True, rule=f"rbac.{lifted.verb}")
    if write.untouched:
        return Check(allowed=True, rule="rbac.untouched")
    return _compare(index, write)


def _compare(index: Authorizer, write: Write) -> Check:
    """Return whether the writer holds everything that the new object grants."""
    new = write.new
    held = held_rules(index, write.user, new.scope)
    granted: Iterable[PolicyRule] | None
    if isinstance(new, Binding):
        granted = index.resolve(new)
        if granted is None:
            return Check(allowed=False, rule="rbac.missingRole", message=not_found(new))
    else:
        granted = new.rules
    missing = lacking(held, granted)
    if missing:
        told = _message(index, write, missing)
        return Check(allowed=False, rule="rbac.escalation", missing=missing, message=told)
    if _aggregates(new, write.old) and lacking(held, EVERYTHING):
        told = _forbidden(new, "must have cluster-admin privileges to use the aggregationRule")
        return Check(allowed=False, rule="rbac.aggregationNeedsAll", message=told)
    return Check(allowed=True, rule="rbac.escalation")


def lifting(write: Write) -> Request:
    """Return the request that lifts the check: `escalate` on the role, or `bind` on the role referred to.

    A create has no name in its URL, so `escalate` limited to names never helps there; for `bind` the name of
    the role counts, in the namespace of the binding.
    """
    new = write.new
    if isinstance(new, Binding):
        resource, name, verb = f"{new.role_ref.kind.lower()}s", new.role_ref.name, "bind"
    else:
        resource, name, verb = f"{new.KIND.lower()}s", new.name if write.update else "", "escalate"
    return Request(
        user=write.user, verb=verb, api_group=GROUP, resource=resource, name=name, namespace=new.scope
    )


def held_rules(index: Authorizer, user: User, namespace: str) -> tuple[PolicyRule, ...]:
    """Return the rules that a user holds in a namespace, cluster-wide ones included."""
    return tuple(rule for grant in index.grants(user, namespace) for rule in grant.rules or ())


def lacking(held: Iterable[PolicyRule], granted: Iterable[PolicyRule]) -> tuple[PolicyRule, ...]:
    """Return the rights of `granted` that no single rule of `held` covers, with repetition.

    Raises:
        TooCostlyError: more comparisons of a right with a rule than are made.
    """
    held, granted = tuple(held), tuple(granted)
    if sum(map(rules.size, granted)) * (len(held) + 1) > _MOST_COMPARISONS:
        raise TooCostlyError(f"more than {_MOST_COMPARISONS} comparisons of rights", path="objects")
    rights = (right for rule in granted for right in rules.breakdown(rule))
    return tuple(right for right in rights if not any(rules.covers(rule, right) for rule in held))


def _aggregates(*roles: RbacObject | None) -> bool:
    return any(isinstance(role, ClusterRole) and role.aggregation_rule is not None for role in roles)


def _forbidden(written: RbacObject, why: str) -> str:
    return f"{written.KIND.lower()}s.{GROUP} {quote(written.name)} is forbidden: {why}"


def _message(index: Authorizer, write: Write, missing: Iterable[PolicyRule]) -> str:
    user = write.user
    rights = "\n".join(sorted({_spelled(rule) for rule in rules.merged(missing)}))
    unresolved_roles = unresolved(index.grants(user, write.new.scope))
    told = f"; resolution errors: [{unresolved_roles}]" if unresolved_roles else ""
    return _forbidden(
        write.new,
        f"user {quote(user.name)} (groups={_quoted(user.groups)}) is attempting to grant RBAC permissions "
        f"not currently held:\n{rights}{told}",
    )


def _spelled(rule: PolicyRule) -> str:
    members = (
        ("APIGroups", rule.api_groups),
        ("Resources", rule.resources),
        ("NonResourceURLs", rule.non_resource_urls),
        ("ResourceNames", rule.resource_names),
        ("Verbs", rule.verbs),
    )
    return "{" + ", ".join(f"{name}:{_quoted(entries)}" for name, entries in members if entries) + "}"


def _quoted(entries: Iterable[str]) -> str:
    return f"[{' '.join(map(quote, entries))}]"


def _steps(index: Authorizer, write: Write, found: Check) -> Iterator[Step]:
    new, lifted = write.new, lifting(write)
    facts = described(lifted) | {
        "groups": write.user.groups,
        "object": f"{new.KIND} `{new.name}`" + (f" ({new.scope})" if new.scope else ""),
        "missing": found.message or "",
        "rights": tuple(dict.fromkeys(map(rules.described, found.missing))),
        "binding": f"{new.KIND} `{new.name}`",
    }
    concepts = (new.KIND, "RBAC")
    yield Step(found.rule, holds=found.allowed, facts=facts, concepts=concepts)
    if found.allowed:
        return
    for right in dict.fromkeys(found.missing):
        for rule in _nearly_covering(held_rules(index, write.user, new.scope), right):
            told = facts | {"right": rules.described(right), "rule": rules.described(rule)}
            yield Step("rbac.covers", holds=False, facts=told, role=StepRole.NEAR_MISS, concepts=concepts)
    yield from grant_only(index, lifted)


def _nearly_covering(held: Iterable[PolicyRule], right: PolicyRule) -> Iterator[PolicyRule]:
    """Yield held rules that cover the right but for their resource names or their verbs."""
    for rule in dict.fromkeys(held):
        wider = replace(rule, resource_names=(), verbs=(*rule.verbs, *right.verbs))
        if rules.covers(wider, right):
            yield rule


ESCALATION = Evaluator(question=Escalation, evaluate=evaluate)

"""One request from credentials to admission.

`system:masters` and the node authorizer stand before RBAC; without credentials a request is anonymous.
Admission looks at writes alone. The escalation check of RBAC, which the API server makes as it stores a role
or binding, comes after it.

Source: kubernetes.io/docs/concepts/security/controlling-access (v1.36).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ontology import patches
from ontology.cluster import manifests, resources
from ontology.cluster.meta import KubeObject
from ontology.cluster.rbac import GROUP
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Scenario, convert_question
from ontology.semantics.rbac import escalation
from ontology.semantics.rbac.bindings import authorizer
from ontology.semantics.rbac.escalation import Escalation
from ontology.semantics.rbac.requests import Request, User, described
from ontology.verdict import Outcome, Role, Step, Verdict
from ontology.walkthroughs.access_request.admission import changes
from ontology.walkthroughs.access_request.admission.plugins import Admitted, admit
from ontology.walkthroughs.access_request.admission.write import (
    FORBIDDEN,
    NOT_FOUND,
    Ruling,
    Write,
    metadata,
)
from ontology.walkthroughs.access_request.authentication import authenticate
from ontology.walkthroughs.access_request.authorization import Authorizers, authorize, impersonate
from ontology.walkthroughs.access_request.question import AccessRequest
from ontology.walkthroughs.access_request.stages import Refusal, Stage

_OK = 200
_WRITES = frozenset({"create", "update", "patch", "delete", "deletecollection"})
_MOST_CHANGES = 4  # who must change more had better begin anew
_OBJECT = "question.request.object"
_RBAC_RESOURCES = frozenset({"roles", "clusterroles", "rolebindings", "clusterrolebindings"})


def evaluate(scenario: Scenario, question: AccessRequest) -> Verdict:
    """Answer `{"status", "stage", "user", "groups", "message", "warnings", "object"}`; a yes is let in.

    `stage` is where it ended (`authentication`, `authorization`, `admission`), null where it did not;
    `object` what would be stored, with all that plugins filled in. Unknown, with a null status, where a
    webhook or policy decides whose answer nobody has.

    Raises:
        InvalidQuestionError: two kinds of credentials, an object of another kind than the request's, or a
            part of the question that is malformed.
        UnknownKindError, InvalidObjectError: an object that the API server would not decode.
    """
    return _walk(scenario, question, _MOST_CHANGES)


def _walk(scenario: Scenario, question: AccessRequest, most: int) -> Verdict:
    """Return the verdict on a request; `most` changes together are tried where it is refused."""
    authorizers = Authorizers(scenario, authorizer(scenario))
    user, stage = authenticate(scenario, question)
    stages = [stage]
    if user is not None and question.impersonate is not None:
        user, stage = impersonate(authorizers, user, question.impersonate)
        stages.append(stage)
    admitted: Admitted | None = None
    if user is not None and stages[-1].refusal is None:
        request = question.request(user)
        stages.append(authorize(authorizers, request))
        if stages[-1].refusal is None and request.path is None and request.verb in _WRITES:
            admitted = _admit(scenario, question, request)
            stages.append(_admission(admitted, request))
    ways_in = partial(_ways_in, scenario, question, admitted, most)
    return _verdict(user, stages, admitted, ways_in)


def _verdict(
    user: User | None, stages: list[Stage], admitted: Admitted | None, ways_in: Callable[[], Iterator[Step]]
) -> Verdict:
    refusal = stages[-1].refusal
    open_ends = admitted is not None and any(each.holds is None for each in admitted.rulings)
    let_in = False if refusal else None if open_ends else True
    stored = admitted.write.object if admitted is not None and refusal is None else {}
    return Verdict(
        answer={
            "status": refusal.status if refusal else None if open_ends else _OK,
            "stage": refusal.stage if refusal else "admission" if open_ends else None,
            "user": user.name if user else None,
            "groups": list(user.groups) if user else None,
            "message": refusal.message if refusal else "",
            "warnings": [each.warning for each in admitted.rulings if each.warning] if admitted else [],
            "object": stored or None,
        },
        outcome=Outcome.of(let_in),
        explain=lambda: (*_told(stages), *ways_in()),
    )


def _told(stages: Sequence[Stage]) -> Iterator[Step]:
    """Yield the steps of all stages; to change a stage that was passed helps nobody who is refused."""
    *passed, last = stages
    for stage in passed:
        yield from (step for step in stage.steps if last.refusal is None or step.role is Role.APPLIED)
    yield from last.steps


def _ways_in(
    scenario: Scenario, question: AccessRequest, admitted: Admitted | None, most: int
) -> Iterator[Step]:
    """Yield the smallest change that would let a write in which admission refuses.

    Where several are needed there is a step for each, and the change of every one is all of them.
    """
    if admitted is None or admitted.refusal is None or most == 0:
        return
    if admitted.refusal.rule == "access.escalation":
        found = _escalated(scenario, admitted.write).steps
        yield from (step for step in found if step.role is not Role.APPLIED)
        return
    proposed = tuple(changes.proposals(admitted.write, admitted.refusal, question.object or {}))
    again = partial(_again, most=most - 1)
    alone = tuple(patches.helping(scenario, proposed, again))
    yield from alone
    for step in () if alone else patches.helping(scenario, proposed, again, helps=_can_be_let_in):
        later = tuple(_offers(again(patches.apply(scenario, step.change or {}))))
        whole = patches.together(step.change or {}, later[0].change or {})
        yield from (replace(each, change=whole) for each in (step, *later))


def _again(scenario: Scenario, most: int) -> Verdict:
    return _walk(scenario, convert_question(scenario.asked, AccessRequest, "request"), most)


def _can_be_let_in(verdict: Verdict) -> bool:
    return any(True for _ in _offers(verdict))


def _offers(verdict: Verdict) -> Iterator[Step]:
    """Yield the changes of what is written and of what is there; grants of rights are told by themselves."""
    for step in verdict.steps:
        if step.role is Role.CHANGE and step.rule.startswith("access."):
            yield step


def _admit(scenario: Scenario, question: AccessRequest, request: Request) -> Admitted:
    written = _written(question.object, request)
    write = Write(
        scenario=scenario,
        request=request,
        object=written,
        old=_stored(scenario, request),
        webhooks=question.webhooks,
    )
    admitted = admit(write)
    if admitted.refusal is None:
        return Admitted(
            write=admitted.write, rulings=(*admitted.rulings, *_escalation(scenario, admitted.write))
        )
    return admitted


def _written(given: Mapping[str, Any] | None, request: Request) -> dict[str, Any]:
    """Return what is written; of what the API itself serves kind and apiVersion are filled in and checked."""
    if not given:
        return {}
    found = resources.find(f"{request.resource}.{request.api_group}".rstrip("."), resources.built_in())
    written = dict(given)
    if found is not None and not request.subresource:
        group = f"{found.group}/" if found.group else ""
        written = {"apiVersion": f"{group}{found.versions[0]}", "kind": found.kind} | written
        if written["kind"] != found.kind:
            problem = f"the object is a {written['kind']}, and the request is about {request.resource}"
            raise InvalidQuestionError(problem, path=_OBJECT)
        manifests.check(written, path=_OBJECT)
    else:  # of custom resources and of what subresources take, only what every object has is known
        manifests.decode(written, KubeObject, path=_OBJECT)
    if request.namespace:
        written["metadata"] = {**metadata(written), "namespace": request.namespace}
    plain: dict[str, Any] = manifests.without_nulls(written)
    return plain


def _stored(scenario: Scenario, request: Request) -> Mapping[str, Any] | None:
    """Return the object of the scenario that the request is about."""
    if request.verb == "create" and not request.subresource:
        return None
    for each in scenario.raw():
        own = metadata(each)
        where = own.get("namespace") or "default"
        same = resources.plural(each["kind"]) == request.resource and own.get("name") == request.name
        if same and (not request.namespace or where == request.namespace):
            return each
    return None


def _escalation(scenario: Scenario, write: Write) -> Iterator[Ruling]:
    request = write.request
    if request.api_group != GROUP or request.resource not in _RBAC_RESOURCES or not write.object:
        return
    if write.operation == "DELETE":
        return
    found = _escalated(scenario, write).answer
    if not found["allowed"]:
        message = found["message"]
        status = NOT_FOUND if message.endswith(" not found") else FORBIDDEN
        yield Ruling(rule="access.escalation", holds=False, status=status, message=message)


def _escalated(scenario: Scenario, write: Write) -> Verdict:
    asked = Escalation(
        user=write.request.user.name,
        groups=write.request.user.groups,
        verb="create" if write.request.verb == "create" else "update",
        object=write.object,
    )
    return escalation.evaluate(scenario, asked)


def _admission(admitted: Admitted, request: Request) -> Stage:
    facts = described(request)
    steps = tuple(
        Step(
            each.rule,
            holds=each.holds,
            facts=facts | {"message": each.message, "warning": each.warning} | dict(each.facts),
            concepts=("AdmissionControl",),
        )
        for each in admitted.rulings
    )
    refused = admitted.refusal
    if refused is not None:
        ended = Refusal(stage="admission", status=refused.status, message=refused.message)
        return Stage(refusal=ended, steps=steps)
    if any(each.holds is None for each in admitted.rulings):
        return Stage(refusal=None, steps=steps)
    let_in = Step("access.admitted", holds=True, facts=facts, concepts=("AdmissionControl",))
    return Stage(refusal=None, steps=(*steps, let_in))


REQUEST = Evaluator(question=AccessRequest, evaluate=evaluate)

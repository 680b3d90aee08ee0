"""Access reviews of `authorization.k8s.io/v1`: to a question of this system, and its answer back.

A review is evaluated against the roles and bindings of the scenario alone: no other authorizer stands beside
RBAC, so `denied` is never true and a plain denial has an empty reason. `SelfSubjectAccessReview` and
`SelfSubjectRulesReview` ask about whoever sends them; that user comes with the call.

Source: kubernetes.io/docs/reference/kubernetes-api/authorization-resources (v1.36).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import convert

from ontology.cluster import manifests, schema
from ontology.errors import InvalidObjectError, UnknownKindError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.rbac import authorize, listing
from ontology.semantics.rbac.requests import User
from ontology.verdict import Verdict

API_VERSION = "authorization.k8s.io/v1"

_ATTRIBUTES = ("verb", "apiGroup", "resource", "subresource", "name", "namespace")

Review = Mapping[str, Any]
Asked = dict[str, Any]


class ReviewQuestion(Question, frozen=True):
    """A review, and who sends it where it is about the sender."""

    object: dict[str, Any]
    user: str = ""
    groups: tuple[str, ...] = ()


def evaluate(scenario: Scenario, question: ReviewQuestion) -> Verdict:
    """Answer the review with its `status`; a yes is an access that is allowed, or any rule that is listed.

    Raises:
        UnknownKindError, InvalidObjectError: as `asked` does.
    """
    caller = User(name=question.user, groups=question.groups) if question.user or question.groups else None
    ((name, members),) = asked(question.object, caller=caller).items()
    if name == "authorize":
        verdict = authorize.evaluate(scenario, convert(members, authorize.Authorize))
    else:
        verdict = listing.as_visited(scenario, convert(members, listing.RulesFor))
    return Verdict(
        answer=answered(question.object, verdict.answer), outcome=verdict.outcome, explain=verdict.explain
    )


def is_review(document: Any) -> bool:
    """Whether a document is an access review, and so neither a scenario nor an object of a cluster."""
    return (
        isinstance(document, Mapping)
        and document.get("apiVersion") == API_VERSION
        and document.get("kind") in _QUESTIONS
    )


def asked(review: Review, *, caller: User | None = None) -> Asked:
    """Return the review as a question of the system `rbac`.

    `caller` is who sends a review about themselves.

    Raises:
        UnknownKindError: not a review of this API version.
        InvalidObjectError: fields that the API does not know, not exactly one of `resourceAttributes` and
            `nonResourceAttributes`, nobody to ask about, or a namespace that contradicts the review's own.
    """
    kind = str(review.get("kind"))
    if not is_review(review):
        raise UnknownKindError(str(review.get("apiVersion")), kind, path="kind", nearest=sorted(_QUESTIONS))
    schema.check(review)
    return _QUESTIONS[kind](review, caller)


def as_scenario(documents: Sequence[Any]) -> dict[str, Any] | None:
    """Return manifests of which one is a review as the plain scenario that answers it, `List`s taken apart.

    None where there is no review, or more than one, so that nobody knows which is meant.
    """
    flat = [each for _, each in manifests.flatten(documents)]
    found = [each for each in flat if is_review(each)]
    if len(found) != 1:
        return None
    objects = [each for each in flat if each is not found[0]]
    return {"system": "rbac", "objects": objects, "question": {"review": {"object": dict(found[0])}}}


def answered(review: Review, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the review with the `status` that the verdict's answer amounts to.

    A role that does not exist is told in the `reason` of a denial, and in `evaluationError` of a list.
    """
    return {**review, "status": _status(answer)}


def _status(answer: Mapping[str, Any]) -> dict[str, Any]:
    if "resourceRules" in answer:
        listed = {
            "resourceRules": answer["resourceRules"],
            "nonResourceRules": answer["nonResourceRules"],
            "incomplete": answer["incomplete"],
        }
        return listed | ({"evaluationError": answer["error"]} if answer["error"] else {})
    reason = {"reason": answer["reason"]} if answer["reason"] else {}
    return {"allowed": answer["allowed"], **reason}


def _subject_access(review: Review, _: User | None) -> Asked:
    spec = review.get("spec") or {}
    user = User(name=spec.get("user") or "", groups=tuple(spec.get("groups") or ()))
    if not user.name and not user.groups:
        raise InvalidObjectError("at least one of `user` and `groups` is needed", path="spec.user")
    return _access(spec, user)


def _local_subject_access(review: Review, caller: User | None) -> Asked:
    found = _subject_access(review, caller)
    namespace = (review.get("metadata") or {}).get("namespace") or ""
    inside = found["authorize"].get("namespace")
    if inside is None:
        raise InvalidObjectError(
            "a LocalSubjectAccessReview is about resources", path="spec.nonResourceAttributes"
        )
    if inside != namespace:
        raise InvalidObjectError(
            f"`{inside}` must be the namespace of the review, `{namespace}`",
            path="spec.resourceAttributes.namespace",
        )
    return found


def _self_subject_access(review: Review, caller: User | None) -> Asked:
    return _access(review.get("spec") or {}, _known(caller))


def _self_subject_rules(review: Review, caller: User | None) -> Asked:
    user = _known(caller)
    namespace = (review.get("spec") or {}).get("namespace") or ""
    if not namespace:
        raise InvalidObjectError("no namespace to list the rules of", path="spec.namespace")
    return {"rulesFor": {"user": user.name, "groups": list(user.groups), "namespace": namespace}}


def _known(caller: User | None) -> User:
    if caller is None:
        raise InvalidObjectError("a review about oneself needs to be told who asks", path="spec")
    return caller


def _access(spec: Mapping[str, Any], user: User) -> Asked:
    resource: Mapping[str, Any] | None = spec.get("resourceAttributes")
    url: Mapping[str, Any] | None = spec.get("nonResourceAttributes")
    if (resource is None) == (url is None):
        raise InvalidObjectError(
            "exactly one of `resourceAttributes` and `nonResourceAttributes` is needed", path="spec"
        )
    who = {"user": user.name, "groups": list(user.groups)}
    if url is not None:
        return {"authorize": who | {"verb": url.get("verb") or "", "path": url.get("path") or ""}}
    attributes = {"apiGroup" if name == "group" else name: each for name, each in (resource or {}).items()}
    return {"authorize": who | {name: attributes.get(name) or "" for name in _ATTRIBUTES}}


_QUESTIONS: Mapping[str, Callable[[Review, User | None], Asked]] = {
    "SubjectAccessReview": _subject_access,
    "LocalSubjectAccessReview": _local_subject_access,
    "SelfSubjectAccessReview": _self_subject_access,
    "SelfSubjectRulesReview": _self_subject_rules,
}


REVIEW = Evaluator(question=ReviewQuestion, evaluate=evaluate)

"""Access reviews of `authorization.k8s.io/v1`: to a question of this system, and its answer back.

A review is evaluated against the roles and bindings of the scenario alone: no other authorizer stands beside
RBAC, so `denied` is never true and a plain denial has an empty reason. `SelfSubjectAccessReview` and
`SelfSubjectRulesReview` ask about whoever sends them; that user comes with the call.

Source: kubernetes.io/docs/reference/kubernetes-api/authorization-resources (v1.36).
"""

from collections.abc import Callable, Mapping
from typing import Any

from ontology.cluster import schema
from ontology.errors import InvalidObjectError, UnknownKindError
from ontology.semantics.rbac.requests import User

API_VERSION = "authorization.k8s.io/v1"

_ATTRIBUTES = ("verb", "apiGroup", "resource", "subresource", "name", "namespace")

Review = Mapping[str, Any]
Question = dict[str, Any]


def is_review(document: Any) -> bool:
    """Whether a document is an access review, and so neither a scenario nor an object of a cluster."""
    return (
        isinstance(document, Mapping)
        and document.get("apiVersion") == API_VERSION
        and document.get("kind") in _QUESTIONS
    )


def question(review: Review, *, caller: User | None = None) -> Question:
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


def scenario(review: Review, objects: list[Any], *, caller: User | None = None) -> dict[str, Any]:
    """Return the plain scenario that answers a review against objects.

    Raises:
        UnknownKindError, InvalidObjectError: as `question` does.
    """
    return {"system": "rbac", "objects": objects, "question": question(review, caller=caller)}


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


def _subject_access(review: Review, _: User | None) -> Question:
    spec = review.get("spec") or {}
    user = User(name=spec.get("user") or "", groups=tuple(spec.get("groups") or ()))
    if not user.name and not user.groups:
        raise InvalidObjectError("at least one of `user` and `groups` is needed", path="spec.user")
    return _access(spec, user)


def _local_subject_access(review: Review, caller: User | None) -> Question:
    found = _subject_access(review, caller)
    namespace = (review.get("metadata") or {}).get("namespace") or ""
    asked = found["authorize"].get("namespace")
    if asked is None:
        raise InvalidObjectError(
            "a LocalSubjectAccessReview is about resources", path="spec.nonResourceAttributes"
        )
    if asked != namespace:
        raise InvalidObjectError(
            f"`{asked}` must be the namespace of the review, `{namespace}`",
            path="spec.resourceAttributes.namespace",
        )
    return found


def _self_subject_access(review: Review, caller: User | None) -> Question:
    return _access(review.get("spec") or {}, _known(caller))


def _self_subject_rules(review: Review, caller: User | None) -> Question:
    user = _known(caller)
    namespace = (review.get("spec") or {}).get("namespace") or ""
    if not namespace:
        raise InvalidObjectError("no namespace to list the rules of", path="spec.namespace")
    return {"rulesFor": {"user": user.name, "groups": list(user.groups), "namespace": namespace}}


def _known(caller: User | None) -> User:
    if caller is None:
        raise InvalidObjectError("a review about oneself needs to be told who asks", path="spec")
    return caller


def _access(spec: Mapping[str, Any], user: User) -> Question:
    resource: Mapping[str, Any] | None = spec.get("resourceAttributes")
    url: Mapping[str, Any] | None = spec.get("nonResourceAttributes")
    if (resource is None) == (url is None):
        raise InvalidObjectError(
            "exactly one of `resourceAttributes` and `nonResourceAttributes` is needed", path="spec"
        )
    asked = {"user": user.name, "groups": list(user.groups)}
    if url is not None:
        return {"authorize": asked | {"verb": url.get("verb") or "", "path": url.get("path") or ""}}
    attributes = {"apiGroup" if name == "group" else name: each for name, each in (resource or {}).items()}
    return {"authorize": asked | {name: attributes.get(name) or "" for name in _ATTRIBUTES}}


_QUESTIONS: Mapping[str, Callable[[Review, User | None], Question]] = {
    "SubjectAccessReview": _subject_access,
    "LocalSubjectAccessReview": _local_subject_access,
    "SelfSubjectAccessReview": _self_subject_access,
    "SelfSubjectRulesReview": _self_subject_rules,
}

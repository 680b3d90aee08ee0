"""Scenarios: objects plus a question for one system, decoded and checked once where they enter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from ontology.cluster import manifests
from ontology.cluster.meta import KubeObject
from ontology.errors import BadInputError, InvalidObjectError, InvalidQuestionError
from ontology.verdict import Verdict

Q = TypeVar("Q")
K = TypeVar("K", bound=KubeObject)

_FIELDS = frozenset({"name", "system", "objects", "given", "question", "then"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Plain manifests, each with the path where it stood, and the question by its name.

    Manifests have passed the strict schema. They stay plain until a system asks for them with `all`.
    """

    system: str
    question: str
    asked: Any
    manifests: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    name: str = ""

    def all(self, kind: type[K]) -> tuple[K, ...]:
        """Return the objects of one kind, in the order given.

        Raises:
            InvalidObjectError: an object that does not decode.
        """
        return tuple(manifests.decode(raw, kind, path=path) for path, raw in self.manifests if _is(raw, kind))

    def one(self, kind: type[K]) -> tuple[str, K]:
        """Return the path and the object of a kind of which the question needs exactly one.

        Raises:
            InvalidObjectError: none or several of that kind, or one that does not decode.
        """
        found = [(path, raw) for path, raw in self.manifests if _is(raw, kind)]
        if len(found) != 1:
            raise InvalidObjectError(f"expected exactly one {kind.KIND}, got {len(found)}", path="objects")
        ((path, raw),) = found
        return path, manifests.decode(raw, kind, path=path)

    def raw(self, *kinds: str) -> tuple[Mapping[str, Any], ...]:
        """Return the manifests of these kinds as they were given; all of them without a name."""
        return tuple(raw for _, raw in self.manifests if not kinds or raw["kind"] in kinds)


@dataclass(frozen=True, slots=True)
class Evaluator(Generic[Q]):
    """One question of one system: the shape in which it is asked, and who answers."""

    question: type[Q]
    evaluate: Callable[[Scenario, Q], Verdict]

    def answer(self, scenario: Scenario) -> Verdict:
        """Decode the question and evaluate.

        Raises:
            InvalidQuestionError: the question has another shape.
        """
        try:
            asked = msgspec.convert(scenario.asked, self.question)
        except msgspec.ValidationError as error:
            refused = manifests.refusal(error, f"question.{scenario.question}")
            message = str(refused).removesuffix(f" at `{refused.path}`")
            raise InvalidQuestionError(message, path=refused.path) from error
        return self.evaluate(scenario, asked)


def _is(raw: Mapping[str, Any], kind: type[KubeObject]) -> bool:
    return raw["kind"] == kind.KIND and raw["apiVersion"] in kind.API


class Question(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Base of every question's shape: unknown members are refused."""


def decode(raw: Any) -> Scenario:
    """Return the scenario of a plain mapping.

    Raises:
        BadInputError: not a mapping, or members that no scenario has.
        UnknownKindError, InvalidObjectError: a manifest that the API would refuse.
        InvalidQuestionError: not exactly one question.
    """
    if not isinstance(raw, Mapping):
        raise BadInputError("a scenario is a mapping with `system`, `objects` and `question`")
    unknown = sorted(str(key) for key in raw if key not in _FIELDS)
    if unknown:
        raise BadInputError(f"unknown member `{unknown[0]}` of a scenario", path=unknown[0])
    system = raw.get("system")
    if not isinstance(system, str):
        raise BadInputError("`system` is missing or not a string", path="system")
    question = raw.get("question")
    if not isinstance(question, Mapping) or len(question) != 1:
        raise InvalidQuestionError("expected a mapping with exactly one question", path="question")
    objects = raw.get("objects", raw.get("given", []))
    if not isinstance(objects, list):
        raise BadInputError("`objects` is not a list", path="objects")
    flat = tuple(manifests.flatten(objects))
    for path, manifest in flat:
        manifests.check(manifest, path=path)
    ((name, asked),) = question.items()
    return Scenario(
        system=system,
        question=str(name),
        asked=asked,
        manifests=flat,
        name=str(raw.get("name", "")),
    )

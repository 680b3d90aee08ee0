"""Scenarios: objects plus a question for one system, decoded and checked once where they enter."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import inspect

from ontology import documents
from ontology.budget import Budget
from ontology.cluster import bulk, manifests
from ontology.cluster.meta import KubeObject
from ontology.errors import BadInputError, InvalidObjectError, InvalidQuestionError, did_you_mean
from ontology.verdict import Verdict

Q = TypeVar("Q")
K = TypeVar("K", bound=KubeObject)

Located = tuple[str, Mapping[str, Any]]
"""A plain manifest with the path where it stood."""

_USUAL = Budget()

_FIELDS = frozenset({"name", "system", "objects", "given", "question", "then"})
# What a story says beside that, and the question that it asks without one.
_STORY, _STORY_SYSTEM = "story", "cluster"
_GIVEN_FIELDS = frozenset({"nodes", "apps", "objects"})
_STORY_FIELDS = frozenset({"when", "until", "nodes", "apps", "start", "trace"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Plain manifests, each with the path where it stood, and the question by its name.

    Manifests have passed the strict schema. They stay plain until a system asks for them with `all`.
    `story`: the question was not written as one, its members stand in the scenario itself.
    """

    system: str
    question: str
    asked: Any
    manifests: tuple[Located, ...] = ()
    name: str = ""
    budget: Budget = _USUAL
    story: bool = False
    _kinds: dict[str, list[Located]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def asked_path(self) -> str:
        """Where the members of the question stand, a dot at its end; those of a story are the scenario's."""
        return "" if self.story else f"question.{self.question}."

    def each(self, kind: type[K]) -> Iterator[K]:
        """Yield the objects of one kind, in the order given, each decoded when it is asked for.

        Raises:
            InvalidObjectError: an object that does not decode.
        """
        return (manifests.decode(raw, kind, path=path) for path, raw in self._of(kind))

    def all(self, kind: type[K]) -> tuple[K, ...]:
        """Return the objects of one kind, in the order given.

        Raises:
            InvalidObjectError: an object that does not decode.
        """
        return tuple(self.each(kind))

    def _of(self, kind: type[KubeObject]) -> list[Located]:
        if not self._kinds:
            for path, raw in self.manifests:
                self._kinds.setdefault(raw["kind"], []).append((path, raw))
        return [found for found in self._kinds.get(kind.KIND, ()) if found[1]["apiVersion"] in kind.API]

    def one(self, kind: type[K]) -> tuple[str, K]:
        """Return the path and the object of a kind of which the question needs exactly one.

        Raises:
            InvalidObjectError: none or several of that kind, or one that does not decode.
        """
        found = self._of(kind)
        if len(found) != 1:
            raise InvalidObjectError(f"expected exactly one {kind.KIND}, got {len(found)}", path="objects")
        ((path, raw),) = found
        return path, manifests.decode(raw, kind, path=path)

    def raw(self, *kinds: str) -> tuple[Mapping[str, Any], ...]:
        """Return the manifests of these kinds as they were given; all of them without a name."""
        return tuple(raw for _, raw in self.manifests if not kinds or raw["kind"] in kinds)


Ask = Callable[[Scenario], Verdict]
"""Answers the question of any scenario."""


@dataclass(frozen=True, slots=True)
class Evaluator(Generic[Q]):
    """One question of one system: the shape in which it is asked, and who answers."""

    question: type[Q]
    evaluate: Callable[[Scenario, Q], Verdict]

    def answer(self, scenario: Scenario, ask: Ask) -> Verdict:  # noqa: ARG002 - for those who ask others
        """Decode the question and evaluate.

        Raises:
            InvalidQuestionError: the question has another shape.
        """
        return self.evaluate(scenario, _asked(scenario, self.question))


@dataclass(frozen=True, slots=True)
class Asking(Generic[Q]):
    """One question whose answer needs those of others: who evaluates it is told whom to ask."""

    question: type[Q]
    evaluate: Callable[[Scenario, Q, Ask], Verdict]

    def answer(self, scenario: Scenario, ask: Ask) -> Verdict:
        """Decode the question and evaluate.

        Raises:
            InvalidQuestionError: the question has another shape.
        """
        return self.evaluate(scenario, _asked(scenario, self.question), ask)


def _asked(scenario: Scenario, type_: type[Q]) -> Q:
    return _converted(scenario.asked, type_, scenario.asked_path.removesuffix("."))


def convert_question(asked: Any, type_: type[Q], name: str) -> Q:
    """Return a plain question as `type_`.

    Raises:
        InvalidQuestionError: the question has another shape.
    """
    return _converted(asked, type_, f"question.{name}")


def _converted(asked: Any, type_: type[Q], path: str) -> Q:
    try:
        return msgspec.convert(asked, type_)
    except msgspec.ValidationError as error:
        refused = manifests.refusal(error, path)
        message = str(refused).removesuffix(f" at `{refused.path}`")
        below = refused.path.removeprefix(path)
        hint = _hint(type_, below if path or not below else f".{below}", message)
        raise InvalidQuestionError(message + hint, path=refused.path) from error
    except UnicodeEncodeError as error:  # half a character, as JSON's `\ud800` can smuggle in
        raise InvalidQuestionError("not Unicode text", path=path) from error


_UNKNOWN = re.compile(r"unknown field `([^`]*)`")
_NO_CHOICE = re.compile(r"invalid enum value '([^']*)'")
_PART = re.compile(r"\.(\w+)|\[[^]]*\]")


def _hint(type_: type[Any], path: str, message: str) -> str:
    """Return what a member or word of a question was probably meant to be."""
    if unknown := _UNKNOWN.search(message):
        shapes = _shapes_at(type_, path)
        names = [f.encode_name for s in shapes if isinstance(s, inspect.StructType) for f in s.fields]
        return did_you_mean(get_close_matches(unknown[1], names, n=2))
    if wrong := _NO_CHOICE.search(message):
        shapes = _shapes_at(type_, path)
        words = [str(v) for s in shapes if isinstance(s, inspect.LiteralType) for v in s.values]
        near = get_close_matches(wrong[1], words, n=2) or get_close_matches(wrong[1].title(), words, n=2)
        return did_you_mean(near or words)
    return ""


def _shapes_at(type_: type[Any], path: str) -> list[inspect.Type]:
    """Return the types that may stand at a path such as `.events[0].node`."""
    shapes = _alternatives(inspect.type_info(type_))
    for part in _PART.finditer(path):
        found: list[inspect.Type] = []
        for shape in shapes:
            if part[1] and isinstance(shape, inspect.StructType):
                found.extend(field.type for field in shape.fields if field.encode_name == part[1])
            elif not part[1] and isinstance(shape, inspect.ListType):
                found.append(shape.item_type)
            elif not part[1] and isinstance(shape, inspect.DictType):
                found.append(shape.value_type)
        shapes = [each for shape in found for each in _alternatives(shape)]
    return shapes


def _alternatives(shape: inspect.Type) -> list[inspect.Type]:
    return list(shape.types) if isinstance(shape, inspect.UnionType) else [shape]


class Question(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Base of every question's shape: unknown members are refused."""


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    system: str
    question: dict[str, Any]
    objects: list[msgspec.Raw] = []
    name: str = ""


# Above this, manifests stay text until they are asked for; below, plain mappings are quicker.
_BULK = 1_000_000


def read(text: bytes, *, budget: Budget = _USUAL) -> Scenario:
    """Return the scenario of a JSON text. Of large ones, pods and nodes are never plain mappings.

    Raises:
        BadInputError, UnknownKindError, InvalidObjectError, InvalidQuestionError, TooLargeError: as `decode`.
    """
    if len(text) > _BULK:
        try:
            envelope = msgspec.json.decode(text, type=_Envelope)
            if len(envelope.question) == 1:
                return _bulk(envelope, budget)
        except (msgspec.MsgspecError, RecursionError):
            pass  # of whatever is wrong with it, the plain way says what and where
    return decode(documents.read_json(text), budget=budget)


def _bulk(envelope: _Envelope, budget: Budget) -> Scenario:
    budget.admit_objects(len(envelope.objects))
    found: list[Located] = []
    for index, each in enumerate(envelope.objects):
        path, text = f"objects[{index}]", memoryview(each)
        head = msgspec.json.decode(text, type=bulk.Head)
        if (head.api_version, head.kind) in bulk.KINDS and bulk.accepts(head, text):
            found.append((path, bulk.TextManifest(head, text)))
            continue
        items = tuple(manifests.flatten([msgspec.json.decode(text)]))
        budget.admit_objects(len(found) + len(items))
        for at, manifest in items:
            where = path + at.removeprefix("objects[0]")
            manifests.check(manifest, path=where)
            found.append((where, manifest))
    ((name, asked),) = envelope.question.items()
    return Scenario(
        system=envelope.system,
        question=name,
        asked=asked,
        manifests=tuple(found),
        name=envelope.name,
        budget=budget,
    )


def decode(raw: Any, *, budget: Budget = _USUAL) -> Scenario:
    """Return the scenario of a plain mapping. Its objects are counted before any is checked.

    Raises:
        BadInputError: not a mapping, or members that no scenario has.
        UnknownKindError, InvalidObjectError: a manifest that the API would refuse.
        InvalidQuestionError: not exactly one question.
        TooLargeError: more objects than the budget.
    """
    if not isinstance(raw, Mapping):
        raise BadInputError("a scenario is a mapping with `system`, `objects` and `question`")
    story = raw.get("system") == _STORY_SYSTEM and "question" not in raw
    members = _FIELDS | _STORY_FIELDS if story else _FIELDS
    unknown = sorted(str(key) for key in raw if key not in members)
    if unknown:
        near = did_you_mean(get_close_matches(unknown[0], sorted(members), n=1))
        raise BadInputError(f"unknown member `{unknown[0]}` of a scenario{near}", path=unknown[0])
    system = raw.get("system")
    if not isinstance(system, str):
        raise BadInputError("`system` is missing or not a string", path="system")
    if story:
        raw = _told(raw)
    question = raw.get("question")
    if not isinstance(question, Mapping) or len(question) != 1:
        raise InvalidQuestionError("expected a mapping with exactly one question", path="question")
    objects = raw.get("objects", raw.get("given", []))
    if not isinstance(objects, list):
        raise BadInputError("`objects` is not a list", path="objects")
    flat = tuple(islice(manifests.flatten(objects), budget.objects + 1))
    budget.admit_objects(len(flat))
    for path, manifest in flat:
        manifests.check(manifest, path=path)
    ((name, asked),) = question.items()
    return Scenario(
        system=system,
        question=str(name),
        asked=asked,
        manifests=flat,
        name=str(raw.get("name", "")),
        budget=budget,
        story=story,
    )


def _told(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a story as a question: what it says beside its objects is what it asks.

    `given` may be a mapping with `nodes`, `apps` and `objects`. A `then` that is no list is the verdict's.
    """
    asked = {name: raw[name] for name in _STORY_FIELDS if name in raw}
    given = raw.get("objects", raw.get("given", []))
    if isinstance(given, Mapping):
        unknown = sorted(str(key) for key in given if key not in _GIVEN_FIELDS)
        if unknown:
            near = did_you_mean(get_close_matches(unknown[0], sorted(_GIVEN_FIELDS), n=1))
            raise BadInputError(f"unknown member `{unknown[0]}` of `given`{near}", path=f"given.{unknown[0]}")
        asked |= {name: given[name] for name in ("nodes", "apps") if name in given}
        given = given.get("objects", [])
    if isinstance(raw.get("then"), list):
        asked["then"] = raw["then"]
    kept = {name: raw[name] for name in ("system", "name") if name in raw}
    return {**kept, "objects": given, "question": {_STORY: asked}}

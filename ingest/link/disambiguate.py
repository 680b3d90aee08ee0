"""Choose among the concepts that a form may mean, by where it stands.

Every candidate gets a score from named signals; the best wins, and score and reasons are kept with the
choice. Ties go to the sort of concept that notes name most, then to the name.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from ingest.lexicon.entries import Entry
from ingest.lexicon.normalize import fold
from ingest.link.api import owns
from ontology.concepts import ConceptKind

_PRIOR = {
    ConceptKind.KIND: 1.0,
    ConceptKind.COMPONENT: 0.9,
    ConceptKind.ABSTRACT: 0.8,
    ConceptKind.FIELD: 0.6,
    ConceptKind.ENUM: 0.5,
}
# sorts whose score depends on where the form stands
_CONTEXTUAL = frozenset({ConceptKind.ENUM, ConceptKind.FIELD})
_BESIDE = ("beside its words", 1.0)
_OWN = ("its own spelling", 0.6)
_OWNER_FADES = 0.3
_PREFERENCES = tomllib.loads(files("ingest.link").joinpath("preferences.toml").read_text(encoding="utf-8"))
_RANKS = {name: rank for rank, name in enumerate(_PREFERENCES["usual"])}

_NEEDS_SUPPORT: frozenset[str] = frozenset(_PREFERENCES["supported"])


class Enumeration(msgspec.Struct, frozen=True):
    """How notes state values of one enumeration: see `lexicon/enumerations.toml`."""

    name: str
    predicate: str
    subject: str
    owners: tuple[str, ...]
    subjects: tuple[str, ...]
    field: str
    situational: bool


class Surroundings:
    """What stands around a form. A choice asks for it seldom, so it is worked out when asked.

    `siblings` are the enumerations that the neighbours in a list may belong to, by how many; `expected`
    enumerations that a label announces; `words` the text around the form in lower case.
    """

    __slots__ = ()

    @property
    def siblings(self) -> Mapping[str, int]:
        """The enumerations of the neighbours."""
        return _NONE

    @property
    def expected(self) -> frozenset[str]:
        """The enumerations that a label announces."""
        return frozenset()

    @property
    def words(self) -> str:
        """The text around."""
        return ""


class Words(Surroundings):
    """A text alone."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @property
    def words(self) -> str:
        """The text in lower case."""
        return self._text.lower()


_NONE: Mapping[str, int] = {}


class Context(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a form stands.

    `owners` are the concepts above it, nearest first; `listed` the enumerations of the members of its own
    list, by how many; `valued` says that a value follows.
    """

    owners: tuple[str, ...] = ()
    around: Surroundings = Surroundings()
    listed: Mapping[str, int] = _NONE
    marked: bool = False
    code: bool = False
    valued: bool = False
    topic: bool = False

    def alike(self, enumeration: str) -> int:
        """Return how many neighbours, in the list and in the lines beside, may belong to an enumeration."""
        return self.around.siblings.get(enumeration, 0) + self.listed.get(enumeration, 0)


class Choice(msgspec.Struct, frozen=True, gc=False):
    """A concept chosen for a form, how surely, and why."""

    name: str
    kind: ConceptKind
    score: float
    reason: str


@cache
def enumerations() -> Mapping[str, Enumeration]:
    """Return the enumerations that notes list, by type name."""
    raw = tomllib.loads(files("ingest.lexicon").joinpath("enumerations.toml").read_text(encoding="utf-8"))
    return {
        name: Enumeration(
            name,
            each.get("predicate", "hasValue"),
            each["subject"],
            tuple(each["owners"]),
            tuple(each.get("subjects", ())),
            each.get("field", ""),
            each.get("situational", False),
        )
        for name, each in raw.items()
    }


@lru_cache(maxsize=1 << 14)
def enumeration(name: str) -> Enumeration | None:
    """Return the enumeration that a value (`PodPhase.Pending`) belongs to."""
    type_, dot, _ = name.partition(".")
    return enumerations().get(type_) if dot else None


def choose(surface: str, entries: Iterable[Entry], context: Context) -> Choice | None:
    """Return the best candidate, or None when the context admits none."""
    best: Choice | None = None
    for entry in entries:
        scored = _score(surface, entry, context)
        if scored is None:
            continue
        if best is None or (scored.score, -_rank(scored), best.name) > (
            best.score,
            -_rank(best),
            scored.name,
        ):
            best = scored
    return best


def _rank(choice: Choice) -> int:
    return _RANKS.get(choice.name.partition(".")[0], len(_RANKS))


def _score(surface: str, entry: Entry, context: Context) -> Choice | None:
    kind, name = entry.kind, entry.name
    own = surface == name
    beside = None if own or not has_sense(entry.form) else _sense(entry, context)
    if beside is False:
        return None
    if kind not in _CONTEXTUAL:
        return _by_form(name, kind, bool(beside), own, context.topic)
    signals = [(kind.value, _PRIOR[kind])]
    if beside:
        signals.append(_BESIDE)
    if own:
        signals.append(_OWN)
    if kind is ConceptKind.ENUM:
        if not context.marked and not context.code and surface != entry.form:
            signals.append(("not spelled as the value", -1.5))
        support = list(_enum_signals(entry, context))
        if surface.lower() in _NEEDS_SUPPORT and not any(value > 0 for _, value in support):
            return None
        signals.extend(support)
    else:
        signals.extend(_field_signals(surface, entry, context))
    return _choice(name, kind, signals)


@lru_cache(maxsize=1 << 14)
def _by_form(name: str, kind: ConceptKind, beside: bool, own: bool, topic: bool) -> Choice:
    """Return the choice of a concept that is judged by its form alone."""
    signals = [(kind.value, _PRIOR[kind])]
    if beside:
        signals.append(_BESIDE)
    if own:
        signals.append(_OWN)
    if topic:
        signals.append(("a topic", 0.3))
    return _choice(name, kind, signals)


def _choice(name: str, kind: ConceptKind, signals: Sequence[tuple[str, float]]) -> Choice:
    return Choice(name, kind, sum([v for _, v in signals]), ", ".join([r for r, _ in signals]))


def _enum_signals(entry: Entry, context: Context) -> Iterable[tuple[str, float]]:
    known = enumeration(entry.name)
    type_ = entry.name.partition(".")[0]
    if type_ in context.around.expected:
        yield f"the label announces {type_}", 2.0
    alike = context.alike(type_)
    if alike > 1:
        yield "its neighbours are of this type", 0.5 * min(alike, 4)
    if known is not None:
        for distance, owner in enumerate(context.owners):
            if owner in known.owners:
                yield f"below {owner}", 1.2 / (1 + _OWNER_FADES * distance)
                break
    if not context.marked:
        yield "in running text", -0.3


def _field_signals(surface: str, entry: Entry, context: Context) -> Iterable[tuple[str, float]]:
    if context.code and surface[:1].islower():
        yield "a code span", 0.6
    if context.valued:
        yield "a value follows", 0.7
    if context.topic:
        yield "a topic is seldom a field", -0.2
    for distance, owner in enumerate(context.owners):
        if owns(owner, entry.name):
            yield f"a field of {owner}", 0.8 / (1 + _OWNER_FADES * distance)
            break


@cache
def _senses() -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    raw = tomllib.loads(files("ingest.link").joinpath("senses.toml").read_text(encoding="utf-8"))
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for sense in raw["sense"]:
        for form in sense["forms"]:
            found.setdefault(fold(form), []).append((sense["name"], tuple(sense["beside"])))
    return {form: tuple(each) for form, each in found.items()}


@lru_cache(maxsize=1 << 14)
def has_sense(form: str) -> bool:
    """Whether the words around a form decide what it means."""
    return fold(form) in _senses()


def _sense(entry: Entry, context: Context) -> bool | None:
    """Whether the words beside an ambiguous form admit the entry; None for a form that needs none."""
    rules = [beside for name, beside in _senses().get(fold(entry.form), ()) if name in {entry.name, "*"}]
    if not rules:
        return None
    around = context.around.words + " " + " ".join(context.owners).lower()
    return any(word in around for beside in rules for word in beside)

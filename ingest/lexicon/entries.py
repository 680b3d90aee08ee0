"""Surface form -> candidate concepts: every label of the registry, the API's own names, and aliases.

A form is *strict* when the same letters are an everyday word (`data`, `Always`, `성공`). Such a form is a
term only where the text marks it: as a whole label, cell or code span, or by its exact spelling.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

from ahocorasick_rs import AhoCorasick

from ingest.lexicon.normalize import fold, stems, trimmed
from ontology.cluster import schema
from ontology.concepts import Concept, ConceptKind, ConceptRegistry

_CAMEL = re.compile(r"[a-z0-9][A-Z]")
_HANGUL = re.compile(r"[가-힣]")
_WORD = re.compile(r"[A-Za-z]+$")
_SHORT = 3
_STAGES = frozenset({"Alpha", "Beta", "Stable", "Deprecated", "Removed"})
# enumerations whose values are written small and are no words of the language
_SPELLED_SMALL = ("ProxyMode.",)
# Kinds of the API that carry answers and options; notes that say `Status` or `Scale` mean something else.
_NO_TOPICS = frozenset({"Status", "Scale", "WatchEvent", "APIGroup", "APIVersions", "DeleteOptions"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One written form of one concept.

    `apart`: may stand in several words (`Stateful Set`), which a name of the API alone may not.
    `strict`: counts only where marked as a term. `exact`: only in this very spelling (`CA`, never `ca`).
    """

    form: str
    name: str
    kind: ConceptKind
    strict: bool
    exact: bool
    apart: bool = False


class Lexicon:
    """All written forms; immutable once built."""

    def __init__(self, registry: ConceptRegistry) -> None:
        self.registry = registry
        found: dict[str, list[Entry]] = defaultdict(list)
        for concept in registry:
            if (
                concept.kind is ConceptKind.ENUM
                and concept.name.partition(".")[0] not in enumerations() | _STAGES
            ):
                continue  # values that notes do not list: the verbs of a rule, the protocols of a port
            for form in _forms(concept):
                _add(found, form, concept.name, concept.kind)
        for name, forms in _aliases()["forms"].items():
            known = registry.get(name)
            for form in forms:
                _add(found, form, name, known.kind if known else ConceptKind.ABSTRACT)
        for name, kind in _api_names():
            if not any(e.name in registry for e in found.get(fold(name), ())):
                _add(found, name, name, kind)
        self._by_fold = {key: tuple(entries) for key, entries in found.items()}
        self.forms: tuple[str, ...] = tuple(self._by_fold)
        self._beginnings = frozenset(_beginnings(self.forms))
        self.entries: tuple[tuple[Entry, ...], ...] = tuple(self._by_fold.values())

    @cached_property
    def automaton(self) -> AhoCorasick:
        """The gazetteer over all folded forms; a match's index is one into `entries`."""
        return AhoCorasick(self.forms)

    @lru_cache(maxsize=1 << 14)  # noqa: B019  a lexicon lives as long as the process
    def kind(self, name: str) -> ConceptKind | None:
        """Return the sort of a concept by canonical name; qualified fields (`Service.port`) are fields."""
        concept = self.registry.get(name)
        if concept is not None:
            return concept.kind
        entries = self._by_fold.get(fold(name), ())
        return next((e.kind for e in entries if e.name == name), None)

    @lru_cache(maxsize=1 << 15)  # noqa: B019  a lexicon lives as long as the process
    def candidates(self, phrase: str) -> tuple[Entry, ...]:
        """Return the entries whose form is the whole phrase; plural, particles, case, spaces aside."""
        if phrase.startswith("--"):
            known = self.registry.get(phrase)
            return (Entry(phrase, phrase, ConceptKind.FIELD, strict=False, exact=False),) if known else ()
        bare = trimmed(phrase)
        folded = fold(bare)
        if self._beginnings.isdisjoint((folded[:3], folded[:2], folded[:1])):
            return ()  # most phrases are none, and a stem keeps the beginning of its phrase
        for stem in stems(bare):
            folded = fold(stem)
            entries = self._by_fold.get(folded) or self._by_fold.get(folded + "s")
            if entries:
                usable = tuple(e for e in entries if not e.exact or stem == e.form)
                if usable:
                    return usable
        return ()


@lru_cache(maxsize=4)
def lexicon(registry: ConceptRegistry) -> Lexicon:
    """Return the lexicon of a registry, built once."""
    return Lexicon(registry)


@lru_cache(maxsize=1)
def enumerations() -> frozenset[str]:
    """Return the names of the enumerations that notes list."""
    raw = tomllib.loads(files("ingest.lexicon").joinpath("enumerations.toml").read_text(encoding="utf-8"))
    return frozenset(raw)


def _beginnings(forms: Iterable[str]) -> Iterable[str]:
    """Yield the first three letters of every form, and short ones as they stand before their plural."""
    for form in forms:
        yield form[:_SHORT]
        if len(form) <= _SHORT and form.endswith(("s", "y")):
            yield form[:-1]


def _forms(concept: Concept) -> Iterable[str]:
    yield concept.name
    if concept.kind is ConceptKind.ENUM and "." in concept.name:
        yield concept.name.partition(".")[2]
    for _, label in concept.labels():
        yield label


def _add(found: dict[str, list[Entry]], form: str, name: str, kind: ConceptKind) -> None:
    # flags are found by their dashes, never by the bare word: `replicas` is not `--replicas`
    key = fold(form)
    if not key or form.startswith("--"):
        return
    exact = _is_exact(form, name)
    strict = not exact and _is_strict(form, name, kind)
    apart = kind not in {ConceptKind.FIELD, ConceptKind.ENUM} or " " in form
    for index, same in enumerate(found[key]):
        if (
            same.name == name
            and same.exact == exact
            and same.strict <= strict
            and (same.form == form or not exact)
        ):
            if apart and not same.apart:
                found[key][index] = replace(same, apart=True)
            return
    found[key].append(Entry(form, name, kind, strict, exact, apart))


def _is_strict(form: str, name: str, kind: ConceptKind) -> bool:
    words = {form, form.lower()}
    if not words.isdisjoint(_aliases()["all"]):
        return True
    if kind is ConceptKind.ENUM:
        if name.startswith(_SPELLED_SMALL):
            return False
        return bool(_HANGUL.search(form)) or _CAMEL.search(form) is None
    if kind is ConceptKind.FIELD:
        if form in _aliases()["terms"]:
            return False
        return not words.isdisjoint(_aliases()["fields_and_values"]) or _is_plain_word(form)
    return len(form) <= _SHORT - 1 and form.islower() and form != name


def _is_plain_word(form: str) -> bool:
    return _WORD.match(form) is not None and _CAMEL.search(form) is None


def _is_exact(form: str, name: str) -> bool:
    # `CA`, `IP` and `FE` are names, `ca`, `ip` and `fe` parts of words
    return form != name and form.isascii() and form.isupper() and len(form) <= _SHORT - 1


def _api_names() -> Iterable[tuple[str, ConceptKind]]:
    api = schema.load()
    for key in api.kinds:
        name = key.rpartition("/")[2]
        if not name.endswith("List") and name not in _NO_TOPICS:
            yield name, ConceptKind.KIND
    for name in sorted({f for t in api.types.values() for f in t.fields if _CAMEL.search(f)}):
        yield name, ConceptKind.FIELD


@lru_cache(maxsize=1)
def _aliases() -> dict[str, Any]:
    return tomllib.loads(files("ingest.lexicon").joinpath("aliases.toml").read_text(encoding="utf-8"))

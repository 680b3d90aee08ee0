"""A sentence to read: its words, the names in it, and the concepts that it is silently about."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import msgspec

from ingest.extract.facts import SENTENCE, Fact
from ingest.lexicon.cues import Cues
from ingest.link.outline import Named
from ingest.parse.blocks import Line
from ontology.concepts import ConceptKind
from ontology.statements import Strength

_HANGUL = re.compile(r"[가-힣]")


class Word(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A name in a sentence, with its place there: `end` without, `stop` with its particle."""

    name: str
    kind: ConceptKind
    particle: str
    surface: str
    start: int
    end: int
    stop: int


class Scene(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One sentence. `about` are the concepts it is about when it names no subject; `lines` its evidence.

    Sentences are read in the text of their node: `offset` is where this one starts.
    """

    text: str
    words: tuple[Word, ...]
    about: tuple[str, ...]
    lines: tuple[Line, ...]
    above: tuple[Line, ...]
    offset: int = 0

    @property
    def korean(self) -> bool:
        """Whether its verbs are Korean."""
        return _HANGUL.search(self.text) is not None

    def fact(
        self, subject: str, predicate: str, object_: str, *, negated: bool = False, condition: str = ""
    ) -> Fact:
        """Return a fact of this sentence; the lines above are evidence where they supply the subject."""
        silent = subject in self.about and not any(word.name == subject for word in self.words)
        return Fact(
            subject=subject,
            predicate=predicate,
            object=object_,
            lines=(*self.above, *self.lines) if silent else self.lines,
            kind=SENTENCE,
            negated=negated,
            strength=_strength(self.text),
            condition=condition,
            confidence=0.7,
        )


@lru_cache(maxsize=64)
def _strength(text: str) -> Strength:
    cues, patterns = _strengths()
    found = cues.found(text.lower())
    return next((s for n, (s, p) in enumerate(patterns) if found >> n & 1 and p.search(text)), Strength.PLAIN)


@cache
def _strengths() -> tuple[Cues, tuple[tuple[Strength, re.Pattern[str]], ...]]:
    """Return the words of each strength, firmest first, and its pattern: English ones stand alone."""
    rows = {Strength(name): words for name, words in data("strengths.toml").items()}
    patterns = tuple(
        (strength, re.compile("|".join([*words["ko"], *(rf"\b{w}\b" for w in words["en"])]), re.IGNORECASE))
        for strength, words in rows.items()
    )
    return Cues([*words["ko"], *words["en"]] for words in rows.values()), patterns


@cache
def data(name: str) -> dict[str, Any]:
    """Return one of the data files of the sentences."""
    return tomllib.loads(files("ingest.extract.sentences").joinpath(name).read_text(encoding="utf-8"))


def verbs() -> dict[str, Any]:
    """Return the verbs of both languages, by the predicate that they state."""
    return data("verbs.toml")


@cache
def ideas(group: str) -> frozenset[str]:
    """Return the concepts of one group of `ideas.toml`."""
    return frozenset(data("ideas.toml")[group])


def words_of(named: Sequence[Named], offset: int = 0) -> tuple[Word, ...]:
    """Return names as words of a sentence that starts at an offset of their text."""
    found: list[Word] = []
    for each in named:
        mention, choice = each.mention, each.choice
        found.append(
            Word(
                choice.name,
                choice.kind,
                mention.particle,
                mention.surface,
                mention.start - offset,
                mention.end - offset,
                mention.stop - offset,
            )
        )
    return tuple(found)

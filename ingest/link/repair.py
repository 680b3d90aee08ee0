"""Misspelt names: what a word that nothing matched was meant to be.

Only words that are one slip away from exactly one word of the lexicon are repaired, never words that are
right in another sense: inflections of known words, and the ordinary words of `right_words.toml`.
"""

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rapidfuzz.distance import OSA

from ingest.lexicon.entries import Lexicon
from ingest.lexicon.normalize import fold

_LEAST = 6  # in running text; a slot of its own (label, member of a list) admits one letter less
_LEAST_IN_SLOT = 5
_STEM = 3
_SAME_BEGINNING = 7
_TWO_SLIPS_FROM = 11
_RIGHT = tomllib.loads(files("ingest.link").joinpath("right_words.toml").read_text(encoding="utf-8"))
_ENDINGS: frozenset[str] = frozenset(_RIGHT["endings"])


@dataclass(frozen=True, slots=True)
class Repair:
    """A misspelt word, the word it was read as, and the rule that read it so."""

    line: int
    found: str
    canonical: str
    rule: str


class Speller:
    """Words and whole names of a lexicon, by first letter and length."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._words: set[str] = set()
        self._shown: dict[str, str] = {}
        for entries in lexicon.entries:
            for entry in entries:
                if entry.form.isascii():
                    self._take(entry.form)
        self._right: frozenset[str] = frozenset(_RIGHT["words"])
        self._buckets: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(self._shown):
            self._buckets[word[0], len(word)].append(word)

    def _take(self, form: str) -> None:
        self._words.add(fold(form))
        for word in [form, *form.replace("-", " ").replace(".", " ").split()]:
            folded = fold(word)
            self._words.add(folded)
            if len(folded) >= _LEAST_IN_SLOT and folded.isalnum() and not folded.isdigit():
                self._shown.setdefault(folded, word)

    @lru_cache(maxsize=65536)  # noqa: B019  a speller lives as long as its lexicon
    def word(self, word: str, *, slot: bool = False) -> str | None:
        """Return the word of the lexicon that `word` misspells, or None."""
        folded = fold(word)
        if len(folded) < (_LEAST_IN_SLOT if slot else _LEAST) or not folded.isascii() or not folded.isalnum():
            return None
        if folded in self._words or folded in self._right or folded.removesuffix("s") in self._words:
            return None
        allowed = 2 if len(folded) >= _TWO_SLIPS_FROM else 1
        near = sorted(
            (distance, candidate)
            for candidate in self._near(folded, allowed)
            if (distance := OSA.distance(folded, candidate, score_cutoff=allowed)) <= allowed
            and not _is_inflection(folded, candidate)
        )
        if not near or (
            len(near) > 1 and near[1][0] == near[0][0] and not _same_word(near[0][1], near[1][1])
        ):
            return None
        return self._shown[near[0][1]]

    def among(self, word: str, names: Collection[str]) -> str:
        """Return the one of a few names that `word` misspells or begins like, empty for none or several."""
        folded = fold(word)
        near = [n for n in sorted(names) if OSA.distance(folded, fold(n), score_cutoff=1) <= 1]
        if not near:
            near = [n for n in sorted(names) if _common(folded, fold(n)) >= _SAME_BEGINNING]
        return near[0] if len(near) == 1 and near[0] != word else ""

    def _near(self, folded: str, allowed: int) -> Iterator[str]:
        for length in range(len(folded) - allowed, len(folded) + allowed + 1):
            yield from self._buckets.get((folded[0], length), ())


def _same_word(first: str, second: str) -> bool:
    return first.rstrip("s") == second.rstrip("s")


def _common(first: str, second: str) -> int:
    """Return how many letters two words begin with alike."""
    differs = (i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b)
    return next(differs, min(len(first), len(second)))


def _is_inflection(word: str, known: str) -> bool:
    """Whether two words differ only in endings; `provisioned` and `provisioners` share an `e` of theirs."""
    common = _common(word, known)
    return any(
        stem >= _STEM
        and word[stem:] in _ENDINGS
        and known[stem:] in _ENDINGS
        and (word[stem:] != "" or known[stem:] != "e")
        for stem in (common, common - 1)
    )

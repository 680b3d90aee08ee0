"""The verbs of a sentence, each with the names between the verb before it and itself."""

import re
from functools import cache

import msgspec
from ahocorasick_rs import AhoCorasick, MatchKind

from ingest.extract.sentences.korean.endings import CONDITIONAL, NEGATED, PASSIVE
from ingest.extract.sentences.scene import Scene, Word, data

_NOT_BEFORE = re.compile(r"(?:^|\s)(?:안|못)\s*$")


class Verb(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One verb of a sentence: `text[start:end]` is its stem, `args` are what it may take."""

    text: str
    predicate: str
    stem: str
    start: int
    end: int
    args: tuple[Word, ...]
    conditional: bool
    passive: bool
    before: int

    @property
    def head(self) -> str:
        """What stands between the verb before and this one."""
        return self.text[self.before : self.start]

    @property
    def negated(self) -> bool:
        """Whether the sentence denies that it is done."""
        return NEGATED.match(self.text, self.end) is not None or _NOT_BEFORE.search(self.head) is not None

    def follows(self, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern of endings stands behind the stem."""
        return pattern.match(self.text, self.end) is not None


@cache
def _stems() -> tuple[AhoCorasick, tuple[tuple[str, str], ...]]:
    """Return one automaton over all stems, and each stem with its predicate."""
    rows = tuple((stem, predicate) for predicate, stems in data("verbs.toml")["ko"].items() for stem in stems)
    return AhoCorasick([stem for stem, _ in rows], matchkind=MatchKind.LeftmostLongest), rows


def verbs(scene: Scene) -> tuple[Verb, ...]:
    """Return the verbs of a sentence, in order. A stem inside a name is none."""
    automaton, rows = _stems()
    text = scene.text
    found: list[Verb] = []
    last = 0
    for index, start, end in automaton.find_matches_as_indexes(text):
        stem, predicate = rows[index]
        if any(word.start <= start < word.end for word in scene.words):
            continue
        if len(stem) == 1 and start and "가" <= text[start - 1] <= "힣":
            continue  # a syllable inside another word
        args = tuple([word for word in scene.words if last <= word.start < start])
        conditional = CONDITIONAL.match(text, end) is not None
        passive = PASSIVE.match(text, end) is not None
        found.append(Verb(text, predicate, stem, start, end, args, conditional, passive, last))
        last = end
    return tuple(found)

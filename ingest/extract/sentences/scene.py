"""A sentence to read: its words, the names in it, and the concepts that it is silently about."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from ingest.extract.facts import SENTENCE, Fact
from ingest.extract.reading import Reading
from ingest.link.outline import Named, Node
from ingest.link.outline.marks import ARROW
from ingest.parse.blocks import BlockKind, Line
from ontology.statements import Strength

_SENTENCES = re.compile(
    r"(?<=[.!?。;])\s+|(?<=[다요음함됨임])\.\s*|(?<=[함됨음임]),\s+|\s+/\s+(?=\S+\s+\S+\s)"
)
_ENDS = re.compile(r"[.!?。;/,]")
_COLUMNS = re.compile(r"\s[/|]\s")
_HANGUL = re.compile(r"[가-힣]")
_STRENGTHS = (
    (
        Strength.MUST,
        re.compile(r"절대로?|반드시|무조건|꼭|\bmust\b|\bnever\b|\balways\b|\bonly\b|항상", re.IGNORECASE),
    ),
    (
        Strength.SHOULD,
        re.compile(
            r"가급적|되도록|권장|추천|\bshould\b|\bpreferably\b|\brecommended\b|\bbest\b|좋다|바람직",
            re.IGNORECASE,
        ),
    ),
    (Strength.MAY, re.compile(r"수 있|가능|\bmay\b|\bcan\b|\bmight\b|\boptionally\b", re.IGNORECASE)),
)
_EXAMPLES = re.compile(r"(?:\bex[).:]|\be\.g\.|예[):]|예시[):])\s.*$", re.IGNORECASE | re.DOTALL)
_SHORTEST = 3
_BRACKET = re.compile(r"[(（](?P<inner>[^()（）]{4,})[)）]")


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One sentence. `about` are the concepts it is about when it names no subject; `lines` its evidence."""

    text: str
    named: tuple[Named, ...]
    about: tuple[str, ...]
    lines: tuple[Line, ...]
    above: tuple[Line, ...]
    offset: int = 0

    @property
    def korean(self) -> bool:
        """Whether its verbs are Korean."""
        return _HANGUL.search(self.text) is not None

    @property
    def strength(self) -> Strength:
        """How firmly it speaks."""
        return _strength(self.text)

    def fact(
        self, subject: str, predicate: str, object_: str, *, negated: bool = False, condition: str = ""
    ) -> Fact:
        """Return a fact of this sentence; the lines above are evidence where they supply the subject."""
        silent = subject in self.about and not any(n.name == subject for n in self.named)
        return Fact(
            subject=subject,
            predicate=predicate,
            object=object_,
            lines=(*self.above, *self.lines) if silent else self.lines,
            kind=SENTENCE,
            negated=negated,
            strength=self.strength,
            condition=condition,
            confidence=0.7,
        )


@lru_cache(maxsize=64)
def _strength(text: str) -> Strength:
    return next((s for s, pattern in _STRENGTHS if pattern.search(text)), Strength.PLAIN)


@cache
def verbs() -> dict[str, Any]:
    """Return the verbs of both languages."""
    return tomllib.loads(files("ingest.extract.sentences").joinpath("verbs.toml").read_text(encoding="utf-8"))


@cache
def traits() -> dict[str, frozenset[str]]:
    """Return the ideas that count as traits and as purposes."""
    raw = tomllib.loads(files("ingest.extract.sentences").joinpath("traits.toml").read_text(encoding="utf-8"))
    return {key: frozenset(names) for key, names in raw.items()}


def scenes(reading: Reading, node: Node) -> Iterator[Scene]:
    """Yield the sentences of a node: its text, or the right side of its label, or its gloss."""
    if node.line is None or node.kind is BlockKind.HEADING or not node.text:
        return
    if node.inline.is_code:
        return  # a command or a manifest's line, no sentence
    if node.terms and not node.separator:
        yield from _gloss(node)
        return
    if len(_COLUMNS.findall(node.text)) > 1:
        return  # a row of a table of lines
    if len([part for part in ARROW.split(node.text) if part.strip()]) > 1 and not node.left_terms:
        return
    start, about, above = _frame(reading, node)
    yield from _split(node, start, about, above)


def _frame(reading: Reading, node: Node) -> tuple[int, tuple[str, ...], tuple[Line, ...]]:
    """Where the sentences of a node start, what they are about, and the lines that say so."""
    if node.separator and node.left_terms and node.right:
        return node.text.find(node.right), tuple(t.name for t in node.left_terms if t.choice), ()
    asked = _asked(reading, node)
    if asked:
        return 0, asked, ()
    owners = reading.owners(node)
    above = owners.lines if owners.node is not None else ()
    if node.separator and node.right and not node.left_terms:
        return node.text.find(node.right), _about(owners.names), above
    return 0, _about(owners.names), above


def _asked(reading: Reading, node: Node) -> tuple[str, ...]:
    parent = node.parent
    if parent is None or not parent.question:
        return ()
    topic = reading.linker.term(parent.question, reading.context(parent)).choice
    return (topic.name,) if topic else ()


def _about(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(n for n in names if n != "Document")


def _gloss(node: Node) -> Iterator[Scene]:
    for term in node.terms:
        if term.bracket and term.choice and node.line:
            start = node.text.find(term.bracket)
            yield from _split(node, start, (term.name,), (), end=start + len(term.bracket))


def _split(
    node: Node, start: int, about: tuple[str, ...], above: tuple[Line, ...], *, end: int | None = None
) -> Iterator[Scene]:
    if node.line is None or start < 0:
        return
    stop = len(node.text) if end is None else end
    position = start
    ends = _SENTENCES.finditer(node.text, start, stop) if _ENDS.search(node.text, start, stop) else ()
    for match in (*ends, None):
        until = match.start() + (1 if match and match[0].startswith(".") else 0) if match else stop
        text = node.text[position:until]
        if "예" in text or "e" in text:
            text = _EXAMPLES.sub("", text)
        if len(text) >= _SHORTEST:
            named = tuple(n for n in node.named if position <= n.start and n.end <= position + len(text))
            inner = tuple(_in_brackets(node, text, named, position))
            for gloss in inner:
                at = gloss.offset - position
                text = text[:at] + " " * len(gloss.text) + text[at + len(gloss.text) :]
                named = tuple(n for n in named if n not in gloss.named)
            yield Scene(text, named, about, (node.line,), above, position)
            yield from inner
        position = match.end() if match else stop


def _in_brackets(node: Node, text: str, named: tuple[Named, ...], position: int) -> Iterator[Scene]:
    """`etcd(정보를 저장하는 DB)`: what stands in brackets is about the name before them."""
    if node.line is None or node.separator or "(" not in text:
        return
    for match in _BRACKET.finditer(text):
        before = [
            n
            for n in named
            if n.mention.stop - position == match.start() or n.end - position == match.start()
        ]
        inside = tuple(n for n in named if match.start() < n.start - position < match.end())
        if before and inside:
            yield Scene(
                match["inner"], inside, (before[0].name,), (node.line,), (), position + match.start("inner")
            )

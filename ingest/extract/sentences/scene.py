"""A sentence to read: its words, the names in it, and the concepts that it is silently about."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import msgspec

from ingest.extract.facts import SENTENCE, Fact
from ingest.extract.reading import Reading, fields_in_code
from ingest.lexicon.cues import Cues
from ingest.link.outline import DOCUMENT, Named, Node
from ingest.link.outline.marks import ARROW, ARROWHEADS
from ingest.parse.blocks import BlockKind, Line
from ontology.concepts import ConceptKind
from ontology.statements import Strength

_SENTENCES = re.compile(
    r"(?<=[.!?。;])\s+|(?<=[다요음함됨임])\.\s*|(?<=[함됨음임]),\s+|\s+/\s+(?=\S+\s+\S+\s)"
)
_JOINT = re.compile(r"[가-힣](?:고|며|지만|는데|은데)(?P<joint>\s*,?\s+)$")
_TOPICS = frozenset({"은", "는"})
_ENDS = frozenset(".!?。;/,")
_COLUMNS = re.compile(r"\s[/|]\s")
_COLUMN_MARKS = frozenset("/|")
_HANGUL = re.compile(r"[가-힣]")
_EXAMPLES = re.compile(r"(?:\bex[).:]|\be\.g\.|예[):]|예시[):])\s.*$", re.IGNORECASE | re.DOTALL)
_EXAMPLE_LETTERS, _EXAMPLE_MARKS = frozenset("예eE"), frozenset(").:")
_SHORTEST = 3
_BRACKET = re.compile(r"[(（](?P<inner>[^()（）]{4,})[)）]")


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


def scenes(reading: Reading, node: Node) -> Iterator[Scene]:
    """Yield the sentences of a node that name something: its text, the right of its label, or its gloss."""
    if node.line is None or not node.named or node.kind is BlockKind.HEADING:
        return
    if node.inline.is_code:
        return  # a command or a manifest's line, no sentence
    if node.terms and not node.separator:
        yield from _gloss(node)
        return
    if not _COLUMN_MARKS.isdisjoint(node.characters) and len(_COLUMNS.findall(node.text)) > 1:
        return  # a row of a table of lines
    if not node.left_terms and _is_flow(node):
        return
    start, about, above = _frame(reading, node)
    yield from _split(node, start, about, above)


def _is_flow(node: Node) -> bool:
    if ARROWHEADS.isdisjoint(node.characters):
        return False
    return len([part for part in ARROW.split(node.text) if part.strip()]) > 1


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
    if parent is None or not (parent.question or parent.wondered):
        return ()
    topic = reading.linker.term(parent.question or parent.wondered, reading.context(parent)).choice
    return (topic.name,) if topic else ()


def _about(names: tuple[str, ...]) -> tuple[str, ...]:
    return names if DOCUMENT not in names else tuple(n for n in names if n != DOCUMENT)


def _gloss(node: Node) -> Iterator[Scene]:
    for term in node.terms:
        if term.bracket and term.choice and node.line:
            start = node.text.find(term.bracket)
            yield from _split(node, start, (term.name,), (), end=start + len(term.bracket))


def _split(
    node: Node, start: int, about: tuple[str, ...], above: tuple[Line, ...], *, end: int | None = None
) -> Iterator[Scene]:
    if start < 0:
        return
    stop = len(node.text) if end is None else end
    may_cite = not (
        _EXAMPLE_LETTERS.isdisjoint(node.characters) or _EXAMPLE_MARKS.isdisjoint(node.characters)
    )
    valued = fields_in_code(node)  # told as fields with their values, see `values.coded`
    for position, until in _sentences(node, start, stop):
        text = node.text[position:until]
        if may_cite:
            text = _EXAMPLES.sub("", text)
        named = [
            n
            for n in node.named
            if position <= n.start
            and n.end <= position + len(text)
            and not any(a <= n.start < b for a, b in valued)
        ]
        if len(text) >= _SHORTEST and named:
            yield from _with_glosses(node, Scene(text, (), about, _lines(node), above, position), named)


def _sentences(node: Node, start: int, stop: int) -> Iterator[tuple[int, int]]:
    position = start
    if not _ENDS.isdisjoint(node.characters):
        for match in _SENTENCES.finditer(node.text, start, stop):
            yield from _clauses(node, position, match.start() + (1 if match[0].startswith(".") else 0))
            position = match.end()
    yield from _clauses(node, position, stop)


def _clauses(node: Node, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Part `A는 …이고, B는 …`: a clause with a topic of its own is a sentence."""
    topics = [n for n in node.named if start <= n.start < stop and n.mention.particle in _TOPICS]
    for topic in topics[1:]:
        joint = _JOINT.search(node.text, start, topic.start)
        if joint:
            yield start, joint.start("joint")
            start = topic.start
    yield start, stop


def _with_glosses(node: Node, scene: Scene, named: list[Named]) -> Iterator[Scene]:
    """Yield a sentence with the words in brackets blanked that are sentences about the name before them."""
    inner: list[Scene] = []
    text = scene.text
    if not node.separator and "(" in text:
        for match in _BRACKET.finditer(text):
            start, end = match.start() + scene.offset, match.end() + scene.offset
            before = next((n for n in named if start in {n.mention.stop, n.end}), None)
            inside = [n for n in named if start < n.start < end]
            if before is not None and inside:
                at = scene.offset + match.start("inner")
                words = words_of(inside, at)
                inner.append(Scene(match["inner"], words, (before.name,), scene.lines, (), at))
    for gloss in inner:
        at = gloss.offset - scene.offset
        text = text[:at] + " " * len(gloss.text) + text[at + len(gloss.text) :]
        named = [n for n in named if not gloss.offset <= n.start < gloss.offset + len(gloss.text)]
    yield Scene(text, words_of(named, scene.offset), scene.about, scene.lines, scene.above, scene.offset)
    yield from inner


def _lines(node: Node) -> tuple[Line, ...]:
    return (node.line,) if node.line is not None else ()

"""The sentences of a node: parted at full stops and clauses, with what each is silently about."""

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.extract.reading import Reading, fields_in_code
from ingest.extract.sentences.scene import Scene, words_of
from ingest.link.outline import DOCUMENT, Named, Node
from ingest.link.outline.marks import ARROW, ARROWHEADS
from ingest.parse.blocks import BlockKind, Line

_SENTENCES = re.compile(
    r"(?=[\s.,])(?:(?<=[.!?。;])\s+|(?<=[다요음함됨임])\.\s*|(?<=[함됨음임]),\s+|\s+/\s+(?=\S+\s+\S+\s))"
)
_JOINT = re.compile(r"[가-힣](?:고|며|지만|는데|은데)(?P<joint>\s*,?\s+)$")
_TOPICS = frozenset({"은", "는"})
_ENDS = frozenset(".!?。;/,")
_COLUMNS = re.compile(r"\s[/|]\s")
_COLUMN_MARKS = frozenset("/|")
_EXAMPLES = re.compile(r"(?:\bex[).:]|\be\.g\.|예[):]|예시[):])\s.*$", re.IGNORECASE | re.DOTALL)
_EXAMPLE_LETTERS, _EXAMPLE_MARKS = frozenset("예eE"), frozenset(").:")
_SHORTEST = 3
_BRACKET = re.compile(r"[(（](?P<inner>[^()（）]{4,})[)）]")


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
    telling = _telling(node)
    parts: Iterable[tuple[int, int]] = _sentences(node, start, stop)
    topics = [n.start for n in node.named if n.mention.particle in _TOPICS]
    if len(topics) > 1:
        parts = [clause for a, b in parts for clause in _clauses(node.text, topics, a, b)]
    for position, until in parts:
        text = node.text[position:until]
        if may_cite:
            text = _EXAMPLES.sub("", text)
        behind = position + len(text)
        named = [n for n in telling if position <= n.start and n.end <= behind]
        if len(text) < _SHORTEST or not named:
            continue
        if "(" in text and not node.separator:
            yield from _with_glosses(Scene(text, (), about, _lines(node), above, position), named)
        else:
            yield Scene(text, words_of(named, position), about, _lines(node), above, position)


def _telling(node: Node) -> Sequence[Named]:
    """The names of a node but those in `` `field: value` ``, which `values.coded` tells."""
    valued = fields_in_code(node)
    if not valued:
        return node.named
    return [n for n in node.named if not any(a <= n.start < b for a, b in valued)]


def _sentences(node: Node, start: int, stop: int) -> Iterator[tuple[int, int]]:
    position = start
    if not _ENDS.isdisjoint(node.characters):
        for match in _SENTENCES.finditer(node.text, start, stop):
            yield position, match.start() + (1 if match[0].startswith(".") else 0)
            position = match.end()
    yield position, stop


def _clauses(text: str, topics: list[int], start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Part `A는 …이고, B는 …`: a clause with a topic of its own is a sentence."""
    for topic in [at for at in topics if start <= at < stop][1:]:
        joint = _JOINT.search(text, start, topic)
        if joint:
            yield start, joint.start("joint")
            start = topic
    yield start, stop


def _with_glosses(scene: Scene, named: list[Named]) -> Iterator[Scene]:
    """Yield a sentence with the words in brackets blanked that are sentences about the name before them."""
    inner: list[Scene] = []
    text = scene.text
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

"""Read, parse, link, extract: one note from bytes to statements."""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

import msgspec

from ingest.extract.facts import Fact
from ingest.extract.images import image_name
from ingest.extract.reading import Reading
from ingest.extract.rules import rules_of
from ingest.extract.signs import signs
from ingest.ingested import Ingested, Link
from ingest.lexicon.entries import Lexicon, lexicon
from ingest.link.outline import Node, Outline, build
from ingest.link.repair import Speller
from ingest.lint.checked import Checked
from ingest.lint.rules import RULES as LINT_RULES
from ingest.lint.rules import Rule, check
from ingest.parse.blocks import BlockKind, Line
from ingest.parse.note import Image, Section, parse
from ingest.read import Source
from ontology.concepts import ConceptRegistry
from ontology.statements import Span, Statement, Text


class _Found(msgspec.Struct, frozen=True, gc=False):
    fact: Fact
    rule: str


def examine(source: Source, registry: ConceptRegistry) -> Checked:
    """Return a note read to the end, before its findings."""
    words = lexicon(registry)
    outline = build(parse(source.lines), words, _speller(words))
    reading = Reading(outline, words)
    statements = tuple(_statements(source, _extracted(reading)))
    unread = tuple(_unread(source, outline, statements))
    return Checked(source=source, reading=reading, statements=statements, unread=unread)


def ingest_note(
    source: Source, registry: ConceptRegistry, *, rules: tuple[Rule, ...] = LINT_RULES
) -> Ingested:
    """Return what one note yields. Same bytes, same answer; never raises on readable text."""
    checked = examine(source, registry)
    outline = checked.outline
    sections, images = _sections(source, outline)
    return Ingested(
        document=source.document,
        digest=source.digest,
        title=outline.title,
        text=source.data.decode(),
        sections=sections,
        images=images,
        statements=checked.statements,
        findings=check(checked, rules),
        unread=checked.unread,
        repairs=outline.repairs,
        links=tuple(_links(outline)),
    )


def _links(outline: Outline) -> Iterator[Link]:
    for node in outline.nodes:
        for named in node.named:
            if len({entry.name for entry in named.mention.entries}) > 1:
                choice = named.choice
                yield Link(
                    line=node.block.line,
                    surface=named.mention.surface,
                    name=choice.name,
                    score=choice.score,
                    reason=choice.reason,
                )


# A line of so many characters of which none are left to read was not looked at, nor one that stands so deep
# that the parser gave up.
_LONG = 1000
_DEEP = re.compile(r"(?:[ \t]*(?:[-+*>]|\d{1,9}[.)])){50}.*\w|[ \t]{50}[ \t]*[-+*>].*\w")

_WITHOUT_TEXT = frozenset({BlockKind.TABLE, BlockKind.FENCE})


@lru_cache(maxsize=4)
def _speller(words: Lexicon) -> Speller:
    return Speller(words)


def _extracted(reading: Reading) -> Iterator[_Found]:
    for node in reading.outline.nodes:
        if node.text or node.inline.pictures or node.kind in _WITHOUT_TEXT:
            for name, rule in rules_of(node.kind, signs(node)):
                for fact in rule(reading, node):
                    yield _Found(fact, name)


def _statements(source: Source, found: Iterable[_Found]) -> Iterator[Statement]:
    """Merge what says the same, and give every line its place in the file."""
    merged: dict[tuple[str, str, str, bool], list[_Found]] = {}
    for each in found:
        merged.setdefault(each.fact.key, []).append(each)
    for same in merged.values():
        first = same[0].fact
        lines: Collection[Line] = first.lines
        if len(same) > 1 or len(lines) > 1:
            lines = sorted(
                {line for each in same for line in each.fact.lines},
                key=lambda line: (line.number, line.column),
            )
        yield Statement(
            subject=first.subject,
            predicate=first.predicate,
            object=Text(first.object) if first.literal else first.object,
            spans=tuple([_span(source, line) for line in lines]),
            kind=first.kind,
            rule=same[0].rule,
            negated=first.negated,
            strength=first.strength,
            condition=first.condition,
            confidence=max([each.fact.confidence for each in same]),
        )


def _span(source: Source, line: Line) -> Span:
    if not line.text:
        text = source.lines[line.number - 1]
        column = len(text) - len(text.lstrip()) + 1
        return source.span(line.number, column, len(text.strip()))
    return source.span(line.number, line.column, len(line.text), line.last)


def _sections(source: Source, outline: Outline) -> tuple[tuple[Section, ...], tuple[Image, ...]]:
    headings = [n for n in outline.nodes if n.kind is BlockKind.HEADING and n.line is not None]
    index = {id(node): i for i, node in enumerate(headings)}
    ends = _ends(headings, max(len(source.lines), 1))
    sections = tuple(
        _section(source, outline, node, node.line, end, index)
        for node, end in zip(headings, ends, strict=True)
        if node.line is not None
    )
    images = tuple(
        Image(
            name=image_name(picture),
            address=picture.address,
            alt=picture.alt,
            span=_span(source, node.line),
            section=_enclosing(node, index),
        )
        for node in outline.nodes
        if node.line is not None
        for picture in node.inline.pictures
    )
    return sections, images


def _ends(headings: list[Node], last_line: int) -> list[int]:
    """Return the last line of each section: before the next heading of its level or higher."""
    ends = [last_line] * len(headings)
    open_: list[int] = []
    for position, node in enumerate(headings):
        while open_ and headings[open_[-1]].block.level >= node.block.level:
            ends[open_.pop()] = node.block.line - 1
        open_.append(position)
    return ends


def _section(  # noqa: PLR0913, PLR0917  the parts of one cell or clause
    source: Source, outline: Outline, node: Node, line: Line, end: int, index: dict[int, int]
) -> Section:
    return Section(
        title=node.inline.text.strip(),
        level=node.block.level,
        span=_span(source, line),
        end_line=end,
        parent=_enclosing(node, index),
        anchor=outline.anchors.get(id(node), ""),
        concepts=tuple(t.name for t in node.topics),
    )


def _enclosing(node: Node, index: dict[int, int]) -> int | None:
    return next((index[id(above)] for above in node.above() if id(above) in index), None)


def _unread(source: Source, outline: Outline, statements: Iterable[Statement]) -> Iterator[int]:
    """Lines with words from which no statement took anything, also those too long or too deep to look at."""
    used = {line for span in _spans(statements) for line in range(span.line, span.end_line + 1)}
    used.update(outline.contents.values())
    standing: set[int] = set()
    for node in outline.nodes:
        for line in _lines(node):
            standing.update(range(line.number, line.last + 1))
        if node.line is not None and node.line.number not in used and (node.text or _is_too_long(node)):
            yield node.line.number
    for number in _hidden(source):
        if number not in standing:
            yield number


def _spans(statements: Iterable[Statement]) -> set[Span]:
    return {span for statement in statements for span in statement.spans}


def _hidden(source: Source) -> Iterator[int]:
    """Lines too deep for the parser, and those that open a comment which nothing closes."""
    closed = max((number for number, text in enumerate(source.lines, 1) if "-->" in text), default=0)
    for number, text in enumerate(source.lines, 1):
        if _DEEP.match(text) or (number > closed and "<!--" in text):
            yield number


def _lines(node: Node) -> Iterator[Line]:
    if node.line is not None:
        yield node.line
    yield from node.block.lines
    for row in node.block.rows:
        yield from row


def _is_too_long(node: Node) -> bool:
    return node.line is not None and len(node.line.text) > _LONG and not node.inline.pictures

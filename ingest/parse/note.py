"""A note as its structure: sections, pictures, and the tree of blocks.

Markdown's own grammar decides what is a heading, a table or a fence. Which list item stands below which
is decided by where their markers stand, since notes indent by two blanks below `1.`, where CommonMark
wants three and would start a new list.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from markdown_it.token import Token

from ingest.parse import markdown
from ingest.parse.blocks import Block, BlockKind, Line
from ingest.parse.inline import plain
from ontology.statements import Span

_MARKER = re.compile(r"[\s>]*(?P<marker>[-*+]|\d{1,9}[.)])(?=\s|$)")
_TASK = re.compile(r"\[[ xX]\]\s+")
_CALLOUT = re.compile(r"\[!(?P<type>[\w-]+)\][+-]?\s*")
_DEFINITION = re.compile(r":\s+(?=\S)")
_TAGS = re.compile(r"<!--.*?(?:-->|\Z)|</?[a-zA-Z][^<>]*>", re.DOTALL)
_SLUG_DROPS = re.compile(r"[^\w\- ]")
_FRONT_MATTER_END = re.compile(r"^(?:---|\.\.\.)\s*$")
_WRAPPED = 60  # a line at least so long that ends in mid-sentence goes on in the next
_SENTENCE_END = re.compile(r"(?:[.!?:。:;|►→]|다|요|음|함|됨|임)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands below it, up to the next heading of its level or higher.

    `parent` is the index of the enclosing section in `Note.sections`, None at the top. `concepts` are
    canonical names that the heading names (empty until linked).
    """

    title: str
    level: int
    span: Span
    end_line: int
    parent: int | None
    anchor: str
    concepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture that a note shows. Never fetched; `name` is its canonical concept `image:...`."""

    name: str
    address: str
    alt: str
    span: Span
    section: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """The blocks of a note below its root, and the lines of its table of contents by anchor."""

    root: Block
    contents: dict[str, int] = field(default_factory=dict)
    front_matter: tuple[int, int] | None = None


def parse(lines: tuple[str, ...]) -> Note:
    """Return the structure of a note, given as lines without their ends. Never fails."""
    front = _front_matter(lines)
    body = "\n".join(lines).replace("\0", "\ufffd").split("\n")
    if front:
        body[: front[1]] = [""] * front[1]
    builder = _Builder(body)
    builder.build(markdown.blocks("\n".join(body)))
    contents = _take_contents(builder.root)
    return Note(root=builder.root, contents=contents, front_matter=front)


def anchor(title: str, taken: dict[str, int]) -> str:
    """Return the anchor that hosting sites give a heading; `taken` counts those already given."""
    slug = _SLUG_DROPS.sub("", title.strip().lower()).replace(" ", "-")
    count = taken.get(slug, 0)
    taken[slug] = count + 1
    return f"{slug}-{count}" if count else slug


def _front_matter(lines: tuple[str, ...]) -> tuple[int, int] | None:
    if not lines or lines[0].strip() != "---":
        return None
    end = next((n for n, line in enumerate(lines[1:200], 2) if _FRONT_MATTER_END.match(line)), None)
    # a rule at the top of a note is followed by prose, front matter by keys
    if end is None or not all(_is_front_matter(line) for line in lines[1 : end - 1]):
        return None
    return 1, end


def _is_front_matter(line: str) -> bool:
    return not line.strip() or line.startswith((" ", "\t", "-", "#")) or ":" in line


class _Builder:
    """Folds the parser's flat tokens into one tree, in one pass."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.root = Block(kind=BlockKind.ROOT, line=1)
        self.headings: list[Block] = []
        self.items: list[Block] = []
        self.quotes: list[Block] = []
        self.list_depth = 0
        self.cursor = (-1, 0)
        self.heading: Block | None = None
        self.row: list[Line] = []
        self.cell = False

    def build(self, tokens: list[Token]) -> None:
        handlers: dict[str, Callable[[Token], object]] = {
            "inline": self._inline,
            "list_item_open": self._open_item,
            "list_item_close": self._close_item,
            "heading_open": self._open_heading,
            "heading_close": self._close_heading,
            "blockquote_open": self._open_quote,
            "blockquote_close": self._close_quote,
            "table_open": self._open_table,
            "tr_open": self._open_row,
            "th_open": self._open_cell,
            "td_open": self._open_cell,
            "fence": self._fence,
            "html_block": self._html,
        }
        for token in tokens:
            handle = handlers.get(token.type)
            if handle is not None:
                handle(token)

    def _inline(self, token: Token) -> None:
        if self.heading is not None:
            self.heading.lines.extend(self._located(token))
        elif self.cell:
            self.row.append(self._cell(token))
            self.cell = False
        else:
            self._paragraph(token)

    def _open_heading(self, token: Token) -> None:
        self.heading = self._heading(token)

    def _close_heading(self, _: Token) -> None:
        self.heading = None

    def _open_item(self, token: Token) -> None:
        self.list_depth += 1
        self._item(token)

    def _close_item(self, _: Token) -> None:
        self.list_depth -= 1

    def _open_quote(self, token: Token) -> None:
        self.quotes.append(self._add(Block(kind=BlockKind.QUOTE, line=_line(token))))
        self.items = []

    def _close_quote(self, _: Token) -> None:
        self.quotes.pop()
        self.items = []

    def _open_table(self, token: Token) -> None:
        self._add(Block(kind=BlockKind.TABLE, line=_line(token)))

    def _open_row(self, token: Token) -> None:
        self.row = []
        self._container().children[-1].rows.append(self.row)
        self.cursor = (_line(token), 0)

    def _open_cell(self, _: Token) -> None:
        self.cell = True

    def _container(self) -> Block:
        if self.items:
            return self.items[-1]
        if self.quotes:
            return self.quotes[-1]
        return self.headings[-1] if self.headings else self.root

    def _add(self, block: Block) -> Block:
        if not self.list_depth:
            self.items = []
        self._container().children.append(block)
        return block

    def _heading(self, token: Token) -> Block:
        level = int(token.tag[1])
        block = Block(kind=BlockKind.HEADING, line=_line(token), level=level)
        if self.list_depth or self.quotes:
            return self._add(block)
        self.items = []
        while self.headings and self.headings[-1].level >= level:
            self.headings.pop()
        self._container().children.append(block)
        self.headings.append(block)
        return block

    def _item(self, token: Token) -> None:
        number = _line(token)
        raw = self.lines[number - 1]
        start = self.cursor[1] if self.cursor[0] == number else 0
        match = _MARKER.match(raw, start)
        column = match.start("marker") if match else start
        self.cursor = (number, match.end() if match else start)
        width = len(raw[:column].expandtabs(4))
        while self.items and self.items[-1].level >= width:
            self.items.pop()
        block = Block(kind=BlockKind.ITEM, line=number, level=width)
        if token.info.isdigit():
            block.number = int(token.info)
        self._container().children.append(block)
        self.items.append(block)

    def _located(self, token: Token) -> list[Line]:
        """Return each line of inline content with the column it has in the note."""
        first = _line(token)
        found: list[Line] = []
        for number, text in enumerate(token.content.split("\n"), first):
            raw = self.lines[number - 1] if number <= len(self.lines) else ""
            start = self.cursor[1] if number == first == self.cursor[0] else 0
            stripped = text.strip()
            found.append(Line(stripped, number, max(raw.find(stripped, start), 0) + 1, number))
        return found

    def _paragraph(self, token: Token) -> None:
        lines = [line for line in self._located(token) if line.text]
        if not lines:
            return
        container = self._container()
        inside = bool(self.list_depth and self.items)
        if inside and not container.lines and not container.children:
            self._take_text(container, lines)
        elif self.quotes and not self.items and not container.lines and not container.children:
            self._take_callout(container, lines)
        else:
            self._add_paragraphs(lines)

    def _take_text(self, item: Block, lines: list[Line]) -> None:
        task = _TASK.match(lines[0].text)
        if task:
            item.task = True
            lines[0] = _from(lines[0], task.end())
        joined = list(_unwrapped(lines))
        item.lines.append(joined[0])
        for line in joined[1:]:
            item.children.append(Block(kind=BlockKind.PARAGRAPH, line=line.number, lines=[line]))

    def _take_callout(self, quote: Block, lines: list[Line]) -> None:
        callout = _CALLOUT.match(lines[0].text)
        if callout:
            quote.info = callout["type"].lower()
            title = _from(lines[0], callout.end())
            quote.lines.append(title)
            lines = lines[1:]
        if lines:
            self._add_paragraphs(lines)

    def _add_paragraphs(self, lines: list[Line]) -> None:
        for line in _unwrapped(lines):
            if line.number != lines[0].number and self._swallowed_item(line):
                continue
            definition = _DEFINITION.match(line.text)
            block = Block(kind=BlockKind.PARAGRAPH, line=line.number, lines=[line])
            if not self.list_depth and line.number == lines[0].number:
                self.items = []
            before = self._container().children
            if definition and before and before[-1].kind in {BlockKind.PARAGRAPH, BlockKind.TERM}:
                term = before[-1]
                term.kind = BlockKind.TERM
                block.lines = [_from(line, definition.end())]
                term.children.append(block)
            else:
                before.append(block)

    def _swallowed_item(self, line: Line) -> bool:
        """Take up a list item that CommonMark reads as the next line of a paragraph (four blanks deep)."""
        marker = _MARKER.match(line.text)
        if marker is None:
            return False
        while self.items and self.items[-1].level >= line.column - 1:
            self.items.pop()
        item = Block(kind=BlockKind.ITEM, line=line.number, level=line.column - 1)
        start = marker.end() + len(line.text[marker.end() :]) - len(line.text[marker.end() :].lstrip())
        item.lines.append(_from(line, start))
        self._container().children.append(item)
        self.items.append(item)
        return True

    def _cell(self, token: Token) -> Line:
        number, start = self.cursor
        raw = self.lines[number - 1]
        text = token.content.strip()
        at = raw.find(text, start) if text else start
        at = max(at, start)
        self.cursor = (number, at + len(text))
        return Line(text, number, at + 1, number)

    def _fence(self, token: Token) -> None:
        first = _line(token) + 1
        lines = [Line(text, n, 1, n) for n, text in enumerate(token.content.splitlines(), first)]
        self._add(Block(kind=BlockKind.FENCE, line=first - 1, info=token.info.strip(), lines=lines))

    def _html(self, token: Token) -> None:
        text = _TAGS.sub(lambda m: "\n" * m[0].count("\n"), token.content)
        first = _line(token)
        for offset, each in enumerate(text.split("\n")):
            stripped = each.strip()
            if stripped and first + offset <= len(self.lines):
                column = max(self.lines[first + offset - 1].find(stripped), 0) + 1
                line = Line(stripped, first + offset, column, first + offset)
                self._add(Block(kind=BlockKind.PARAGRAPH, line=line.number, lines=[line]))


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _from(line: Line, offset: int) -> Line:
    return Line(line.text[offset:], line.number, line.column + offset, line.last)


def _unwrapped(lines: list[Line]) -> Iterator[Line]:
    """Join lines that an editor wrapped; lines that the author ended stay apart."""
    pending = lines[0]
    for before, line in pairwise(lines):
        if len(before.text) >= _WRAPPED and not _SENTENCE_END.search(before.text) and line.text[:1].isalnum():
            pending = Line(f"{pending.text} {line.text}", pending.number, pending.column, line.last)
        else:
            yield pending
            pending = line
    yield pending


def _take_contents(root: Block) -> dict[str, int]:
    """Return the line of each anchor of the table of contents, and empty those items."""
    found: dict[str, int] = {}
    for block in root.walk():
        if block.kind is BlockKind.ITEM and block.lines and block.lines[0].text.startswith("["):
            inline = plain(block.lines[0].text)
            if (
                len(inline.links) == 1
                and inline.links[0][0] == inline.text
                and inline.links[0][1].startswith("#")
            ):
                found.setdefault(inline.links[0][1][1:].lower(), block.line)
                block.lines = []
    return found

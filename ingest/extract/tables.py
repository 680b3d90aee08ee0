"""Tables: the first cell is the subject, the head says how each further cell belongs to it.

A table whose heads are concepts is read by columns; lines of `A / B / C` below such a head line are a
table too.
"""

import re
from collections.abc import Iterator
from itertools import combinations

import msgspec
from msgspec.structs import replace

from ingest.extract import commands
from ingest.extract.aliases import is_second_name
from ingest.extract.facts import STRUCTURE, Fact
from ingest.extract.reading import Reading, explanation, is_enumerated, narrowed
from ingest.extract.sentences.rules import told
from ingest.extract.sentences.scene import Scene, words_of
from ingest.extract.values import default, owner_of_value
from ingest.link.api import owns
from ingest.link.disambiguate import Choice, enumeration
from ingest.link.outline import Node, Term, replace_text
from ingest.link.outline.marks import is_value, undecorated
from ingest.link.outline.roles import role_of, without_role
from ingest.parse.blocks import BlockKind, Line
from ingest.parse.inline import plain
from ontology.concepts import ConceptKind

_YES = frozenset(
    {"o", "ㅇ", "yes", "y", "있음", "가능", "지원", "true", "✅", "✔", "⭕", "✓", "v", "⭕️", "✔️", "supported"}
)
_NO = frozenset(
    {"x", "no", "n", "없음", "불가", "불가능", "미지원", "false", "❌", "✗", "✖", "✖️", "not supported"}
)
_EMPTY = frozenset({"", "-", "—", "–", "n/a", "해당 없음", "없음 "})
_LITERAL = frozenset({"definition", "alsoKnownAs", "defaultValue", "hasCommand"})
# role of a head -> predicate from the row's subject to the cell
_PREDICATES = {
    "definition": "definition",
    "default": "defaultValue",
    "purpose": "usedFor",
    "target": "manages",
    "scope": "scopedTo",
    "alias": "alsoKnownAs",
    "cause": "hasReason",
    "example": "hasExample",
    "requires": "requires",
    "uses": "uses",
    "value": "hasValue",
    "command": "hasCommand",
    "field": "hasField",
    "option": "hasOption",
}
_SPLIT = re.compile(r"\s*(?:,|/|·|<br\s*/?>|;)\s*")
_LINE = re.compile(r"\s+[/|]\s+")
_LEAST_COLUMNS = 2


class _Cell(msgspec.Struct, frozen=True):
    """A cell: its place, plain text, and the concept that it is when it is exactly one."""

    line: Line
    text: str
    term: Term
    code: bool

    @property
    def choice(self) -> Choice | None:
        return self.term.choice


class _Head(msgspec.Struct, frozen=True):
    """A head: its text, role, and concept."""

    line: Line
    text: str
    role: str
    choice: Choice | None


def rows(reading: Reading, node: Node) -> Iterator[Fact]:
    """Each cell of a markdown table."""
    if (
        node.kind is BlockKind.TABLE
        and len(node.block.rows) > 1
        and len(node.block.rows[0]) >= _LEAST_COLUMNS
    ):
        yield from _table(reading, node, node.block.rows[0], node.block.rows[1:])


def lines(reading: Reading, node: Node) -> Iterator[Fact]:
    """`이름 / 기본값 / 설명` and the lines of the same form below it."""
    if (
        node.line is None
        or node.parent is None
        or not _LINE.search(node.text)
        or node.kind is BlockKind.HEADING
    ):
        return
    head = _pieces(node.line)
    if len(head) < _LEAST_COLUMNS or sum(bool(role_of(p.text)) for p in head) < _LEAST_COLUMNS:
        return
    below = list(_rows_below(node, len(head)))
    if below:
        yield from _table(reading, node, head, below)


def _rows_below(node: Node, width: int) -> Iterator[list[Line]]:
    siblings = node.children or (node.parent.children if node.parent else [])
    start = 0 if node.children else node.index + 1
    for sibling in siblings[start:]:
        cells = _pieces(sibling.line) if sibling.line else []
        if len(cells) != width:
            return
        yield cells


def _pieces(line: Line) -> list[Line]:
    found: list[Line] = []
    start = 0
    for match in _LINE.finditer(line.text):
        found.append(Line(line.text[start : match.start()], line.number, line.column + start, line.last))
        start = match.end()
    found.append(Line(line.text[start:], line.number, line.column + start, line.last))
    return found


def _table(reading: Reading, node: Node, head: list[Line], body: list[list[Line]]) -> Iterator[Fact]:
    heads = [_head(reading, node, line, first=i == 0) for i, line in enumerate(head)]
    compared = heads[1:]
    if (
        len(compared) >= _LEAST_COLUMNS
        and all(h.choice and not h.role for h in compared)
        and (heads[0].role in {"term", "contrast", "field"} or heads[0].choice is None or not heads[0].text)
        and not _names_rows(reading, node, heads[0], body)
    ):
        yield from _by_columns(reading, node, heads, body)
        return
    for line in body:
        cells = [_cell(reading, node, each, heads[i]) for i, each in enumerate(line[: len(heads)])]
        if cells:
            yield from _row(reading, node, heads, cells)


def _names_rows(reading: Reading, node: Node, head: _Head, body: list[list[Line]]) -> bool:
    """Whether the first cells are concepts themselves: then the rows are the subjects after all."""
    cells = [_cell(reading, node, line[0], head) for line in body if line]
    return bool(cells) and all(c.choice for c in cells)


def _head(reading: Reading, node: Node, line: Line, *, first: bool) -> _Head:
    text = undecorated(plain(line.text).text).strip()
    role = role_of(text) or _role_at_end(text)
    choice = reading.linker.resolve(text, reading.context(node), line=line.number) if text else None
    if first and choice is not None and role in {"parts", "kinds", "term", "target", "scope", "result"}:
        role = ""
    if choice is not None and role == "parts":
        role = ""
    return _Head(line, text, role, choice)


def _role_at_end(text: str) -> str:
    """`Key fields`, `주요 옵션`: the last word of a head says what its column is."""
    role = without_role(text)[1]
    return role if role in _PREDICATES or role in {"field", "option", "remark"} else ""


def _cell(reading: Reading, node: Node, line: Line, head: _Head) -> _Cell:
    inline = plain(line.text)
    context = reading.context(node)
    if head.choice is not None:
        context = replace(context, owners=(head.choice.name, *context.owners))
    return _Cell(
        line, inline.text.strip(), reading.linker.term(inline.text, context, line=line.number), inline.is_code
    )


# -- by columns ------------------------------------------------------------------------------------


def _by_columns(reading: Reading, node: Node, heads: list[_Head], body: list[list[Line]]) -> Iterator[Fact]:
    names = [h.choice.name for h in heads[1:] if h.choice]
    for first, second in combinations(names, 2):
        if first != second:
            yield Fact(
                subject=first, predicate="contrastsWith", object=second, lines=(heads[0].line,), kind=STRUCTURE  # noqa: E501  one list, one line
            )  # fmt: skip
    for line in body:
        if not line:
            continue
        row = _head(reading, node, line[0], first=False)
        row = replace(row, role="") if row.role == "term" else row  # `이름` is a property here
        for head, cell_line in zip(heads[1:], line[1:], strict=False):
            if head.choice is None:
                continue
            cell = _cell(reading, node, cell_line, row)
            subject = _Subject(head.choice.name, head.choice, (heads[0].line,))
            yield from _property(reading, node, subject, row, cell)


# -- by rows ---------------------------------------------------------------------------------------


class _Subject(msgspec.Struct, frozen=True):
    name: str
    choice: Choice | None
    lines: tuple[Line, ...]


def _row(reading: Reading, node: Node, heads: list[_Head], cells: list[_Cell]) -> Iterator[Fact]:
    first = cells[0]
    if first.text.lower() in _EMPTY:
        return
    yield from _membership(reading, node, heads[0], first)
    command = commands.command_line(first.text)
    name = commands.subcommand(command) if command else first.term.name or first.term.text
    subject = _Subject(name, first.choice, (heads[0].line,))
    if first.term.bracket and first.choice and is_second_name(reading, name, first.term.bracket):
        yield _fact(subject, "alsoKnownAs", first.term.bracket, first, literal=True)
    for head, cell in zip(heads[1:], cells[1:], strict=False):
        yield from _property(reading, node, subject, head, cell)


def _membership(reading: Reading, node: Node, head: _Head, cell: _Cell) -> Iterator[Fact]:
    """What the first column says of its cells: their class, or what they are of the section."""
    owners = reading.owners(node)
    command = commands.command_line(cell.text)
    if command:
        yield from commands.facts(reading, cell.text, owners.names[0], (*owners.lines[:1], cell.line))
        return
    known = enumeration(cell.term.name) if cell.choice else None
    if known is not None:
        subject = owner_of_value(reading, node, known, head.choice, owners)
        yield Fact(
            subject=subject, predicate=known.predicate, object=cell.term.name,
            lines=(head.line, cell.line), kind=STRUCTURE,
        )  # fmt: skip
        return
    if head.role in {"field", "option"}:
        predicate = "hasOption" if head.role == "option" else "hasField"
        for owner in narrowed(owners.names, cell.term.name or cell.text):
            if owner != cell.term.name:
                yield Fact(
                    subject=owner, predicate=predicate, object=cell.term.name or cell.term.text,
                    lines=(*owners.lines[:1], head.line, cell.line), kind=STRUCTURE,
                )  # fmt: skip
        return
    if head.choice is not None and head.role in {"", "kinds", "parts"} and head.choice.name != cell.term.name:
        if head.choice.kind is ConceptKind.FIELD:
            return
        yield Fact(
            subject=cell.term.name or cell.term.text, predicate="isA", object=head.choice.name,
            lines=(head.line, cell.line), kind=STRUCTURE,
        )  # fmt: skip


def _property(reading: Reading, node: Node, subject: _Subject, head: _Head, cell: _Cell) -> Iterator[Fact]:
    """One cell below one head."""
    text = cell.text
    low = text.lower().strip()
    if low in _EMPTY or head.role in {"remark", "term", "navigation"} or not head.text:
        return
    command = commands.command_line(text)
    if command:
        target = subject.name if subject.choice else reading.owners(node).names[0]
        yield from commands.facts(reading, text, target, (head.line, cell.line))
        return
    truth = True if low in _YES else False if low in _NO else None
    if truth is not None and head.role not in {"default", "value", "alias", "definition"}:
        object_ = head.choice.name if head.choice else head.text
        yield _fact(subject, "uses", object_, cell, negated=not truth, literal=head.choice is None)
        return
    predicate = _PREDICATES.get(head.role, "")
    if predicate == "definition":
        shown = explanation(text)
        if shown:
            yield _fact(subject, predicate, shown, cell, literal=True)
            yield from _said(reading, node, subject, cell)
        return
    if predicate == "defaultValue":
        if cell.choice and is_enumerated(cell.choice.name):
            text = cell.choice.name.partition(".")[2]
        yield _fact(subject, predicate, default(text), cell, literal=True)
        return
    if predicate:
        yield from _linked(reading, node, subject, head, cell, predicate)
        return
    yield from _enumerated_or_field(reading, node, subject, head, cell)


def _said(reading: Reading, node: Node, subject: _Subject, cell: _Cell) -> Iterator[Fact]:
    """What the sentence in a cell says of the row's subject."""
    if subject.choice is None:
        return
    read = replace_text(node, cell.text, reading.linker)
    named = reading.linker.link(read, reading.context(node))
    yield from told(reading, Scene(cell.text, words_of(named), (subject.name,), (cell.line,), ()))


def _linked(  # noqa: PLR0913, PLR0917  the parts of one cell or clause
    reading: Reading, node: Node, subject: _Subject, head: _Head, cell: _Cell, predicate: str
) -> Iterator[Fact]:
    if predicate in _LITERAL:
        for piece in _SPLIT.split(cell.text):
            yield _fact(subject, predicate, piece.strip("` "), cell, literal=True)
        return
    terms = reading.terms(cell.text, node)
    if terms and all(t.choice and not t.role for t in terms):
        for term in terms:
            if term.name != subject.name:
                yield _fact(subject, predicate, term.name, cell)
            if term.default:
                yield _fact(
                    subject, "defaultValue", term.name.partition(".")[2] or term.name, cell, literal=True
                )
        return
    if predicate in {"hasExample", "hasValue", "hasField", "hasOption"}:
        for term in terms:
            if term.text:
                yield _fact(subject, predicate, term.name or term.text, cell, literal=not term.choice)
        return
    del head
    yield _fact(subject, predicate, cell.text, cell, literal=True)


def _enumerated_or_field(
    reading: Reading, node: Node, subject: _Subject, head: _Head, cell: _Cell
) -> Iterator[Fact]:
    terms = reading.terms(cell.text, node)
    values = [t for t in terms if t.choice and is_enumerated(t.name)]
    if values and len(values) == len(terms) and not is_value(cell.text):
        for term in values:
            known = enumeration(term.name)
            if known is not None:
                yield _fact(subject, known.predicate, term.name, cell)
        return
    name = head.text
    if (
        head.choice is not None
        and head.choice.kind is ConceptKind.FIELD
        and owns(subject.name, head.choice.name)
    ):
        name = head.choice.name.rpartition(".")[2]
    yield _fact(subject, "hasField", f"{name}={cell.text}", cell, literal=False)


def _fact(  # noqa: PLR0913  the parts of one cell or clause
    subject: _Subject,
    predicate: str,
    object_: str,
    cell: _Cell,
    *,
    literal: bool = False,
    negated: bool = False,
) -> Fact:
    return Fact(
        subject=subject.name,
        predicate=predicate,
        object=object_,
        lines=(*subject.lines, cell.line),
        kind=STRUCTURE,
        literal=literal,
        negated=negated,
    )

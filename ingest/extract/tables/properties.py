"""What one cell says of the subject of its row."""

import re
from collections.abc import Iterator

from ingest.extract import commands
from ingest.extract.facts import STRUCTURE, Fact
from ingest.extract.reading import Reading, explanation, is_enumerated
from ingest.extract.sentences.rules import told
from ingest.extract.sentences.scene import Scene, words_of
from ingest.extract.tables.cells import EMPTY, PREDICATES, Cell, Head, Subject
from ingest.extract.values.defaults import default
from ingest.link.api import owns
from ingest.link.disambiguate import enumeration
from ingest.link.outline import Node, replace_text
from ingest.link.outline.marks import is_value
from ontology.concepts import ConceptKind

_YES = frozenset(
    {"o", "ㅇ", "yes", "y", "있음", "가능", "지원", "true", "✅", "✔", "⭕", "✓", "v", "⭕️", "✔️", "supported"}
)
_NO = frozenset(
    {"x", "no", "n", "없음", "불가", "불가능", "미지원", "false", "❌", "✗", "✖", "✖️", "not supported"}
)
_LITERAL = frozenset({"definition", "alsoKnownAs", "defaultValue", "hasCommand"})
_SPLIT = re.compile(r"\s*(?:,|/|·|<br\s*/?>|;)\s*")


def properties(reading: Reading, node: Node, subject: Subject, head: Head, cell: Cell) -> Iterator[Fact]:
    """One cell below one head."""
    text = cell.text
    low = text.lower().strip()
    if low in EMPTY or head.role in {"remark", "term", "navigation"} or not head.text:
        return
    command = commands.command_line(text)
    if command:
        target = subject.name if subject.choice else reading.owners(node).names[0]
        yield from commands.facts(reading, text, target, (head.line, cell.line))
        return
    truth = True if low in _YES else False if low in _NO else None
    if truth is not None and head.role not in {"default", "value", "alias", "definition"}:
        object_ = head.choice.name if head.choice else head.text
        yield cell_fact(subject, "uses", object_, cell, negated=not truth, literal=head.choice is None)
        return
    predicate = PREDICATES.get(head.role, "")
    if predicate == "definition":
        shown = explanation(text)
        if shown:
            yield cell_fact(subject, predicate, shown, cell, literal=True)
            yield from _said(reading, node, subject, cell)
        return
    if predicate == "defaultValue":
        if cell.choice and is_enumerated(cell.choice.name):
            text = cell.choice.name.partition(".")[2]
        yield cell_fact(subject, predicate, default(text), cell, literal=True)
        return
    if predicate:
        yield from _linked(reading, node, subject, head, cell, predicate)
        return
    yield from _enumerated_or_field(reading, node, subject, head, cell)


def _said(reading: Reading, node: Node, subject: Subject, cell: Cell) -> Iterator[Fact]:
    """What the sentence in a cell says of the row's subject."""
    if subject.choice is None:
        return
    read = replace_text(node, cell.text, reading.linker)
    named = reading.linker.link(read, reading.context(node))
    yield from told(reading, Scene(cell.text, words_of(named), (subject.name,), (cell.line,), ()))


def _linked(  # noqa: PLR0913, PLR0917  the parts of one cell or clause
    reading: Reading, node: Node, subject: Subject, head: Head, cell: Cell, predicate: str
) -> Iterator[Fact]:
    if predicate in _LITERAL:
        for piece in _SPLIT.split(cell.text):
            yield cell_fact(subject, predicate, piece.strip("` "), cell, literal=True)
        return
    terms = reading.terms(cell.text, node)
    if terms and all(t.choice and not t.role for t in terms):
        for term in terms:
            if term.name != subject.name:
                yield cell_fact(subject, predicate, term.name, cell)
            if term.default:
                yield cell_fact(
                    subject, "defaultValue", term.name.partition(".")[2] or term.name, cell, literal=True
                )
        return
    if predicate in {"hasExample", "hasValue", "hasField", "hasOption"}:
        for term in terms:
            if term.text:
                yield cell_fact(subject, predicate, term.name or term.text, cell, literal=not term.choice)
        return
    del head
    yield cell_fact(subject, predicate, cell.text, cell, literal=True)


def _enumerated_or_field(
    reading: Reading, node: Node, subject: Subject, head: Head, cell: Cell
) -> Iterator[Fact]:
    terms = reading.terms(cell.text, node)
    values = [t for t in terms if t.choice and is_enumerated(t.name)]
    if values and len(values) == len(terms) and not is_value(cell.text):
        for term in values:
            known = enumeration(term.name)
            if known is not None:
                yield cell_fact(subject, known.predicate, term.name, cell)
        return
    name = head.text
    if (
        head.choice is not None
        and head.choice.kind is ConceptKind.FIELD
        and owns(subject.name, head.choice.name)
    ):
        name = head.choice.name.rpartition(".")[2]
    yield cell_fact(subject, "hasField", f"{name}={cell.text}", cell, literal=False)


def cell_fact(  # noqa: PLR0913  the parts of one cell or clause
    subject: Subject,
    predicate: str,
    object_: str,
    cell: Cell,
    *,
    literal: bool = False,
    negated: bool = False,
) -> Fact:
    """Return what a cell says as a fact, with the lines of its row and head."""
    return Fact(
        subject=subject.name,
        predicate=predicate,
        object=object_,
        lines=(*subject.lines, cell.line),
        kind=STRUCTURE,
        literal=literal,
        negated=negated,
    )

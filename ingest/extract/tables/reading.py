"""A table read by rows or, where its heads are concepts, by columns."""

from collections.abc import Iterator
from itertools import combinations

from msgspec.structs import replace

from ingest.extract import commands
from ingest.extract.aliases.names import is_second_name
from ingest.extract.facts import STRUCTURE, Fact
from ingest.extract.reading import Reading, narrowed
from ingest.extract.tables.cells import EMPTY, LEAST_COLUMNS, Cell, Head, Subject, read_cell, read_head
from ingest.extract.tables.properties import cell_fact, properties
from ingest.extract.values.owners import owner_of_value
from ingest.link.disambiguate import enumeration
from ingest.link.outline import Node
from ingest.parse.blocks import Line
from ontology.concepts import ConceptKind


def read_table(reading: Reading, node: Node, head: list[Line], body: list[list[Line]]) -> Iterator[Fact]:
    """Each row, or each column where the heads are concepts."""
    heads = [read_head(reading, node, line, first=i == 0) for i, line in enumerate(head)]
    compared = heads[1:]
    if (
        len(compared) >= LEAST_COLUMNS
        and all(h.choice and not h.role for h in compared)
        and (heads[0].role in {"term", "contrast", "field"} or heads[0].choice is None or not heads[0].text)
        and not _names_rows(reading, node, heads[0], body)
    ):
        yield from _by_columns(reading, node, heads, body)
        return
    for line in body:
        cells = [read_cell(reading, node, each, heads[i]) for i, each in enumerate(line[: len(heads)])]
        if cells:
            yield from _row(reading, node, heads, cells)


def _names_rows(reading: Reading, node: Node, head: Head, body: list[list[Line]]) -> bool:
    """Whether the first cells are concepts themselves: then the rows are the subjects after all."""
    cells = [read_cell(reading, node, line[0], head) for line in body if line]
    return bool(cells) and all(c.choice for c in cells)


def _by_columns(reading: Reading, node: Node, heads: list[Head], body: list[list[Line]]) -> Iterator[Fact]:
    names = [h.choice.name for h in heads[1:] if h.choice]
    for first, second in combinations(names, 2):
        if first != second:
            yield Fact(
                subject=first, predicate="contrastsWith", object=second, lines=(heads[0].line,), kind=STRUCTURE  # noqa: E501  one list, one line
            )  # fmt: skip
    for line in body:
        if not line:
            continue
        row = read_head(reading, node, line[0], first=False)
        row = replace(row, role="") if row.role == "term" else row  # `이름` is a property here
        for head, cell_line in zip(heads[1:], line[1:], strict=False):
            if head.choice is None:
                continue
            cell = read_cell(reading, node, cell_line, row)
            subject = Subject(head.choice.name, head.choice, (heads[0].line,))
            yield from properties(reading, node, subject, row, cell)


def _row(reading: Reading, node: Node, heads: list[Head], cells: list[Cell]) -> Iterator[Fact]:
    first = cells[0]
    if first.text.lower() in EMPTY:
        return
    yield from _membership(reading, node, heads[0], first)
    command = commands.command_line(first.text)
    name = commands.subcommand(command) if command else first.term.name or first.term.text
    subject = Subject(name, first.choice, (heads[0].line,))
    if first.term.bracket and first.choice and is_second_name(reading, name, first.term.bracket):
        yield cell_fact(subject, "alsoKnownAs", first.term.bracket, first, literal=True)
    for head, cell in zip(heads[1:], cells[1:], strict=False):
        yield from properties(reading, node, subject, head, cell)


def _membership(reading: Reading, node: Node, head: Head, cell: Cell) -> Iterator[Fact]:
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

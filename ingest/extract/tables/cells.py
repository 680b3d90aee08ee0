"""Heads and cells of a table: what a head says of its column, what a cell names."""

import msgspec
from msgspec.structs import replace

from ingest.extract.reading import Reading
from ingest.link.disambiguate import Choice
from ingest.link.outline import Node, Term
from ingest.link.outline.marks import undecorated
from ingest.link.outline.roles import role_of, without_role
from ingest.parse.blocks import Line
from ingest.parse.inline import plain

EMPTY = frozenset({"", "-", "—", "–", "n/a", "해당 없음", "없음 "})
# role of a head -> predicate from the row's subject to the cell
PREDICATES = {
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
LEAST_COLUMNS = 2


class Cell(msgspec.Struct, frozen=True, gc=False):
    """A cell: its place, plain text, and the concept that it is when it is exactly one."""

    line: Line
    text: str
    term: Term
    code: bool

    @property
    def choice(self) -> Choice | None:
        """The concept, None for words."""
        return self.term.choice


class Head(msgspec.Struct, frozen=True, gc=False):
    """A head: its text, role, and concept."""

    line: Line
    text: str
    role: str
    choice: Choice | None


def read_head(reading: Reading, node: Node, line: Line, *, first: bool) -> Head:
    """Return what a head is: a concept, a label with a role, or words."""
    text = undecorated(plain(line.text).text).strip()
    role = role_of(text) or _role_at_end(text)
    choice = reading.linker.resolve(text, reading.context(node), line=line.number) if text else None
    if first and choice is not None and role in {"parts", "kinds", "term", "target", "scope", "result"}:
        role = ""
    if choice is not None and role == "parts":
        role = ""
    return Head(line, text, role, choice)


def _role_at_end(text: str) -> str:
    """`Key fields`, `주요 옵션`: the last word of a head says what its column is."""
    role = without_role(text)[1]
    return role if role in PREDICATES or role in {"field", "option", "remark"} else ""


def read_cell(reading: Reading, node: Node, line: Line, head: Head) -> Cell:
    """Return a cell, resolved in the light of its head."""
    inline = plain(line.text)
    context = reading.context(node)
    if head.choice is not None:
        context = replace(context, owners=(head.choice.name, *context.owners))
    return Cell(
        line, inline.text.strip(), reading.linker.term(inline.text, context, line=line.number), inline.is_code
    )


class Subject(msgspec.Struct, frozen=True, gc=False):
    """What a row or column is about, with the lines that name it."""

    name: str
    choice: Choice | None
    lines: tuple[Line, ...]

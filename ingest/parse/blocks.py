"""Blocks of a note: what markdown structure says, with the lines that say it."""

from collections.abc import Iterator
from enum import StrEnum

import msgspec


class BlockKind(StrEnum):
    """What a block is in markdown."""

    ROOT = "root"
    HEADING = "heading"
    ITEM = "item"
    PARAGRAPH = "paragraph"
    QUOTE = "quote"
    TABLE = "table"
    FENCE = "fence"
    TERM = "term"


class Line(msgspec.Struct, frozen=True, gc=False):
    """Inline markdown as it stands in a line, without the marker before it.

    `column` (from 1, in code points) is where `text` starts. Soft-wrapped text is one `Line` whose `text`
    is joined by blanks and that runs to `last`.
    """

    text: str
    number: int
    column: int
    last: int


class Block(msgspec.Struct, eq=False, kw_only=True, gc=False):
    """One block and what stands inside or, for a heading or label, below it.

    `level` is the heading's level or the list marker's column; `number` the number of an ordered item;
    `info` the language of a fence or the type of a callout; `rows` the cells of a table, head first.
    """

    kind: BlockKind
    line: int
    lines: list[Line] = []
    children: list["Block"] = []
    level: int = 0
    number: int | None = None
    info: str = ""
    rows: list[list[Line]] = []
    task: bool = False

    def walk(self) -> Iterator["Block"]:
        """Yield this block and all below it, in the order of the note, without recursion."""
        stack = [self]
        while stack:
            block = stack.pop()
            yield block
            stack.extend(reversed(block.children))

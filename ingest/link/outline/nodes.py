"""What an outline is made of: nodes, the names in them, and the members of the lists they hold."""

from collections.abc import Iterator

import msgspec

from ingest.link.disambiguate import Choice
from ingest.link.mentions import Mention
from ingest.parse.blocks import Block, BlockKind, Line
from ingest.parse.inline import Inline

DOCUMENT = "Document"  # the subject of a note whose first heading names not exactly one concept


class Named(msgspec.Struct, frozen=True, gc=False):
    """A mention with the concept that was chosen for it.

    `name` is the concept's, `start` and `end` (particle not counted) the mention's: rules ask for them most.
    """

    mention: Mention
    choice: Choice
    name: str
    start: int
    end: int


class Term(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One member of a list: its text without bracket and default marker, and its concept if it is one.

    `name` is the concept's, empty for none.
    """

    text: str
    bracket: str = ""
    default: bool = False
    choice: Choice | None = None
    name: str = ""
    role: str = ""


class Node(msgspec.Struct, eq=False, kw_only=True):
    """One block, read. `terms` are what it names when it names nothing else than concepts.

    `question` is what a question of the form `what is X` asks after, `wondered` what another is about.
    `separator` says that the text has the shape `X : Y`, `left` and `right` of it.

    `characters` are those of the text: a pattern is tried only where those that it needs are among them.
    """

    kind: BlockKind
    block: Block
    parent: "Node | None"
    line: Line | None
    inline: Inline
    text: str
    characters: frozenset[str] = frozenset()
    mentions: tuple[Mention, ...] = ()
    named: tuple[Named, ...] = ()
    left: str = ""
    right: str = ""
    separator: str = ""
    terms: tuple[Term, ...] = ()
    left_terms: tuple[Term, ...] = ()
    topics: tuple[Choice, ...] = ()
    role: str = ""
    bracket: str = ""
    clause: bool = False
    contrast: bool = False
    question: str = ""
    wondered: str = ""
    children: list["Node"] = []
    index: int = 0
    section: int | None = None

    def above(self) -> Iterator["Node"]:
        """Yield the nodes above, nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def walk(self) -> Iterator["Node"]:
        """Yield this node and all below, in the order of the note, without recursion."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))

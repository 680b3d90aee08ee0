"""What a text shows at a glance, so that only rules that can find something in it look closer."""

import tomllib
from enum import IntFlag, auto
from functools import lru_cache
from importlib.resources import files

from ingest.lexicon.cues import Cues
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind


class Signs(IntFlag):
    """Marks of a text; a rule names those of which it needs one."""

    ANY = auto()
    NAMES = auto()  # names nothing but concepts
    NAMED = auto()  # names a concept somewhere
    LABEL = auto()
    ROLE = auto()
    BRACKET = auto()
    CODE = auto()
    COMMAND = auto()
    PICTURE = auto()
    NUMBER = auto()
    QUESTION = auto()
    VERSUS = auto()
    ARROWS = auto()
    DEFAULT = auto()
    EXAMPLE = auto()
    TYPICAL = auto()
    ET_CETERA = auto()
    LIKE = auto()
    EXISTS = auto()
    STATUS = auto()
    COMMA = auto()
    SLASH = auto()
    DOT = auto()
    CONTAINS = auto()
    FIRST = auto()  # the first below a node of one concept


ANY = int(Signs.ANY)
ARROWS = int(Signs.ARROWS)
BRACKET = int(Signs.BRACKET)
CODE = int(Signs.CODE)
COMMA = int(Signs.COMMA)
COMMAND = int(Signs.COMMAND)
CONTAINS = int(Signs.CONTAINS)
DEFAULT = int(Signs.DEFAULT)
DOT = int(Signs.DOT)
ET_CETERA = int(Signs.ET_CETERA)
EXAMPLE = int(Signs.EXAMPLE)
EXISTS = int(Signs.EXISTS)
FIRST = int(Signs.FIRST)
LABEL = int(Signs.LABEL)
LIKE = int(Signs.LIKE)
NAMED = int(Signs.NAMED)
NAMES = int(Signs.NAMES)
NUMBER = int(Signs.NUMBER)
PICTURE = int(Signs.PICTURE)
QUESTION = int(Signs.QUESTION)
ROLE = int(Signs.ROLE)
SLASH = int(Signs.SLASH)
STATUS = int(Signs.STATUS)
TYPICAL = int(Signs.TYPICAL)
VERSUS = int(Signs.VERSUS)

_words = tomllib.loads(files("ingest.extract").joinpath("signs.toml").read_text(encoding="utf-8"))
# A sign is there when one of its words (in lower case) or characters is.
_BY_WORDS = tuple(int(Signs[name.upper()]) for name in _words)
_CUES = Cues(_words.values())
_BY_CHARACTERS: tuple[tuple[int, frozenset[str]], ...] = (
    (COMMA, frozenset(",")),
    (SLASH, frozenset("/|")),
    (DOT, frozenset(".")),
    (CONTAINS, frozenset("⊃")),
    (BRACKET, frozenset("(（")),
)


def signs(node: Node) -> int:  # noqa: C901, PLR0912  one sign after the other, a loop over them costs twice
    """Return what a node's text shows."""
    found = ANY | _words_shown(_CUES.found(node.text.lower()))
    characters = node.characters
    for sign, shown in _BY_CHARACTERS:
        if not shown.isdisjoint(characters):
            found |= sign
    parent = node.parent
    if node.inline.codes:
        found |= CODE | COMMAND
    if node.terms or node.left_terms or node.topics:
        found |= NAMES
    if node.named:
        found |= NAMED
    if node.separator:
        found |= LABEL
    if node.role or (parent is not None and parent.role):
        found |= ROLE
    if node.inline.pictures:
        found |= PICTURE
    if node.block.number is not None:
        found |= NUMBER
    if node.question:
        found |= QUESTION
    if node.contrast:
        found |= VERSUS
    if parent is not None and _opens(node, parent):
        found |= FIRST
    if parent is not None and _arrow_follows(node, parent):
        found |= ARROWS
    return found


@lru_cache(maxsize=4096)
def _words_shown(cues: int) -> int:
    found = 0
    for number, sign in enumerate(_BY_WORDS):
        if cues >> number & 1:
            found |= sign
    return found


def _opens(node: Node, parent: Node) -> bool:
    """Whether a node is the first below one that names exactly one concept."""
    if len(parent.topics) != 1 or not node.text or node.index > _FIRST_AMONG:
        return False
    return next((c for c in parent.children if c.text or c.kind in _WITHOUT_TEXT), None) is node


def _arrow_follows(node: Node, parent: Node) -> bool:
    siblings = parent.children
    return node.index + 1 < len(siblings) and siblings[node.index + 1].text[:1] in _ARROW_STARTS


_FIRST_AMONG = 50  # pictures and rules may come before it
_WITHOUT_TEXT = frozenset({BlockKind.TABLE, BlockKind.FENCE})
_ARROW_STARTS = frozenset({"►", "▶", "→", "➡", "➔", "⇒", "=", "-", "↓", "⬇"})

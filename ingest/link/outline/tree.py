"""From blocks to nodes: their plain text, which stands below which, and the mentions found in all of them."""

from msgspec.structs import replace

from ingest.link.mentions import Mention, Written, find
from ingest.link.outline.linker import Linker
from ingest.link.outline.nodes import Node
from ingest.parse.blocks import Block, BlockKind
from ingest.parse.inline import Inline, plain

_LONGEST_LINE = 8000  # what is longer is data, not prose: it stays unread, and the linter says so
_ENDS_INTRO = (":", "：")
_NOTHING = Inline(text="")
_FOLLOW_A_COLON = frozenset({BlockKind.ITEM, BlockKind.FENCE, BlockKind.TABLE})


def grown(block: Block) -> Node:
    """Return the node of a root block with all below it."""
    root = _node(block, None)
    stack = [root]
    while stack:
        parent = stack.pop()
        adopted: Node | None = None
        for child in parent.block.children:
            owner = adopted if adopted is not None and _adopts(adopted, child) else parent
            node = _node(child, owner)
            node.index = len(owner.children)
            owner.children.append(node)
            if owner is parent:
                adopted = node if _is_intro(node) else None
            if child.children:
                stack.append(node)
    return root


def number_sections(nodes: list[Node], headings: list[Node]) -> None:
    """Give every node the index of the heading that it stands below; a heading has its own."""
    numbers = {id(heading): number for number, heading in enumerate(headings)}
    for node in nodes:
        above = node.parent.section if node.parent is not None else None
        node.section = numbers.get(id(node), above)


def find_mentions(linker: Linker, nodes: list[Node]) -> None:
    """Search all texts of the note in one pass, misspelt names put right."""
    slips = linker.slips(node.text for node in nodes)
    mended = [
        linker.mended(node.text, node.block.line)
        if slips and linker.slipped(node.text, slips)
        else (node.text, [])
        for node in nodes
    ]
    written = [
        Written(text, () if shift else _codes(node))
        for node, (text, shift) in zip(nodes, mended, strict=True)
    ]
    for node, (_, shift), mentions in zip(nodes, mended, find(linker.lexicon, written), strict=True):
        node.mentions = tuple(_shifted(m, shift) for m in mentions) if shift else mentions


def replace_text(node: Node, text: str, linker: Linker) -> Node:
    """Return a node like this one with other text and its own mentions."""
    mentions = find(linker.lexicon, [Written(text)])[0]
    return Node(
        kind=node.kind,
        block=node.block,
        parent=node.parent,
        line=node.line,
        inline=node.inline,
        text=text,
        characters=frozenset(text),
        mentions=mentions,
    )


def _node(block: Block, parent: Node | None) -> Node:
    line = block.lines[0] if block.lines and block.kind is not BlockKind.FENCE else None
    inline = plain(line.text) if line is not None and len(line.text) <= _LONGEST_LINE else _NOTHING
    text = inline.text.strip() if len(inline.text) <= _LONGEST_LINE else ""
    return Node(
        kind=block.kind,
        block=block,
        parent=parent,
        line=line,
        inline=inline,
        text=text,
        characters=frozenset(text),
    )


def _is_intro(node: Node) -> bool:
    """A paragraph that ends in a colon, or is all bold, speaks for what follows."""
    if node.kind is not BlockKind.PARAGRAPH:
        return False
    return node.text.endswith(_ENDS_INTRO) or _is_bold(node)


def _is_bold(node: Node) -> bool:
    return any(a == 0 and b >= len(node.inline.text.rstrip(" :")) for a, b in node.inline.strongs)


def _adopts(intro: Node, block: Block) -> bool:
    if block.kind is BlockKind.HEADING:
        return False
    if _is_bold(intro):
        return not (
            block.kind is BlockKind.PARAGRAPH and block.lines and block.lines[0].text.startswith("**")
        )
    return block.kind in _FOLLOW_A_COLON


def _codes(node: Node) -> tuple[tuple[int, int], ...]:
    return node.inline.codes if node.text == node.inline.text else ()


def _shifted(mention: Mention, shift: list[tuple[int, int]]) -> Mention:
    return replace(
        mention,
        start=_original(mention.start, shift),
        end=_original(mention.end, shift),
        stop=_original(mention.stop, shift),
    )


def _original(offset: int, shift: list[tuple[int, int]]) -> int:
    moved = 0
    for position, delta in shift:
        if offset >= position:
            moved = delta
    return offset - moved

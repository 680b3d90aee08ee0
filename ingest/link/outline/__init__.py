"""The outline of a note: every block with the concepts it names, and what stands above it.

A node is a block that was read: plain text, mentions, the parts of a label, the role of a label that is
no concept, and the *topics* that what stands below belongs to. Built from the top down, since the
meaning of a name depends on what stands above it.
"""

from ingest.lexicon.entries import Lexicon
from ingest.link.disambiguate import Choice
from ingest.link.outline.headings import read_heading
from ingest.link.outline.lines import LineReader, name_by_last_words
from ingest.link.outline.linker import Linker
from ingest.link.outline.marks import undecorated
from ingest.link.outline.nodes import DOCUMENT, Named, Node, Term
from ingest.link.outline.places import Places
from ingest.link.outline.tree import find_mentions, grown, number_sections, replace_text
from ingest.link.repair import Repair, Speller
from ingest.parse.blocks import BlockKind
from ingest.parse.note import Note, anchor
from ontology.concepts import ConceptKind

__all__ = ["DOCUMENT", "Linker", "Named", "Node", "Outline", "Term", "build", "replace_text"]

_NO_TOPIC = Choice(DOCUMENT, ConceptKind.ABSTRACT, 1.0, "the first heading names not exactly one concept")


class Outline:
    """A note's nodes, in order, with its repairs."""

    def __init__(self, root: Node, nodes: tuple[Node, ...], note: Note, linker: Linker) -> None:
        self.root = root
        self.nodes = nodes
        self.contents = dict(note.contents)
        self.linker = linker
        headings = [n for n in nodes if n.kind is BlockKind.HEADING and n.line is not None]
        taken: dict[str, int] = {}
        self.anchors = {id(n): anchor(n.inline.text, taken) for n in headings}
        first = headings[0] if headings else None
        self.title = undecorated(first.text) if first else ""
        self.subject = first.topics[0].name if first and len(first.topics) == 1 else DOCUMENT
        if first is not None and not first.topics:
            first.topics = (_NO_TOPIC,)

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """The misspelt names that were read as known ones, by line."""
        return tuple(sorted(self.linker.repairs.values(), key=lambda r: (r.line, r.found)))


def build(note: Note, lexicon: Lexicon, speller: Speller) -> Outline:
    """Return the outline of a parsed note."""
    linker = Linker(lexicon, speller)
    root = grown(note.root)
    nodes = tuple(root.walk())
    written = [n for n in nodes if n.line is not None]
    number_sections(list(nodes), [n for n in written if n.kind is BlockKind.HEADING])
    find_mentions(linker, written)
    _read(linker, written)
    return Outline(root, nodes, note, linker)


def _read(linker: Linker, nodes: list[Node]) -> None:
    places, lines = Places(linker), LineReader(linker)
    for node in nodes:
        context = places.context(node)
        if node.kind is BlockKind.HEADING:
            read_heading(linker, node, context)
        else:
            lines.read(node, context)
        if node.mentions:
            node.named = linker.link(node, context)
        if not node.topics and not node.separator:
            name_by_last_words(node)

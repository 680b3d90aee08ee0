"""The sentences of a note with their names in angle brackets, and what each may be about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.extract.reading import Reading
from ingest.link.outline import Named, Node, replace_text
from ingest.lint.checked import Checked
from ingest.parse.blocks import BlockKind, Line
from ontology.checks.sentences import Sentence

_LONGEST = 1500


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and where it stands."""

    line: Line
    sentence: Sentence


def sentences(checked: Checked) -> Iterator[Said]:
    """Yield every line of text, and every row of a table."""
    for node in checked.outline.nodes:
        if node.kind is BlockKind.TABLE:
            yield from _rows(checked.reading, node)
        elif node.line is not None and node.kind not in {BlockKind.FENCE, BlockKind.HEADING}:
            yield from _said(node, node.line, node.text, node.named, _topics(node))


def _topics(node: Node) -> frozenset[str]:
    return frozenset(topic.name for above in node.above() for topic in above.topics)


def _rows(reading: Reading, node: Node) -> Iterator[Said]:
    for row in node.block.rows[1:]:
        if row:
            text = " : ".join(cell.text for cell in row[:2]) + "".join(f" | {cell.text}" for cell in row[2:])
            named = reading.linker.link(replace_text(node, text, reading.linker), reading.context(node))
            yield from _said(node, row[0], text, named, _topics(node))


def _said(node: Node, line: Line, text: str, named: Sequence[Named], above: frozenset[str]) -> Iterator[Said]:
    if not text or len(text) > _LONGEST:
        return
    pieces: list[str] = []
    offsets: list[int] = []
    position = 0
    for start, end, name in sorted((*_label(node, text), *((n.start, n.end, n.name) for n in named))):
        if start < position or end <= start:
            continue
        token = f"<{name.replace('.', ':')}>"  # a dot would end the sentence
        pieces += (text[position:start], token)
        offsets += (*range(position, start), *[start] * (len(token) - 1), end - 1)
        position = end
    pieces.append(text[position:])
    offsets.extend(range(position, len(text) + 1))
    about = above | {each.name for each in named} | {topic.name for topic in node.topics}
    yield Said(line, Sentence(text, "".join(pieces), tuple(offsets), about))


def _label(node: Node, text: str) -> Iterator[tuple[int, int, str]]:
    """`Delete: ...`: the label names what it stands for, though in running text the word would not."""
    start = text.find(node.left) if len(node.left_terms) == 1 else -1
    if node.left and start >= 0 and node.left_terms[0].choice is not None:
        yield start, start + len(node.left), node.left_terms[0].name

"""`Toleration(톨러레이션)`, `HPA (Horizontal Pod Autoscaler)`: names and headings with a second name."""

from collections.abc import Iterator

from ingest.extract.aliases.names import alias, is_second_name
from ingest.extract.facts import Fact
from ingest.extract.reading import Reading
from ingest.link.outline import Node
from ingest.link.outline.marks import undecorated
from ingest.parse.blocks import BlockKind

_LONGEST = 60


def brackets(reading: Reading, node: Node) -> Iterator[Fact]:
    """`Toleration(톨러레이션)`, `HPA (Horizontal Pod Autoscaler)`: names and headings with a second name."""
    if node.line is None:
        return
    pairs = [(t.name, t.text, t.bracket) for t in (node.terms or node.left_terms) if t.choice and t.bracket]
    if node.kind is BlockKind.HEADING and node.bracket and len(node.topics) == 1:
        pairs.append((node.topics[0].name, undecorated(node.text).partition("(")[0].strip(), node.bracket))
    pairs.extend(_in_sentence(node))
    for name, first, second in dict.fromkeys(pairs):
        if is_second_name(reading, name, second):
            yield from alias(node, name, first, second)


def _in_sentence(node: Node) -> Iterator[tuple[str, str, str]]:
    text = node.text
    for named in node.named:
        opening = text.find("(", named.end)
        if opening >= 0 and not text[named.end : opening].strip():
            inner = text[opening + 1 :].partition(")")[0].strip()
            if inner and len(inner) < _LONGEST:
                yield named.name, named.mention.surface, inner

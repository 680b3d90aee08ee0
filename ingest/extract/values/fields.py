"""`clusterIP : None`: a field with its value; a property of the notes keeps its own words."""

from collections.abc import Iterator

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import (
    Reading,
    first_value,
    narrowed,
)
from ingest.link.api import owns
from ingest.link.outline import Node
from ingest.link.outline.marks import is_value
from ingest.parse.blocks import BlockKind

_WORDS_OF_A_PROPERTY = 4


def fields(reading: Reading, node: Node) -> Iterator[Fact]:
    """`clusterIP : None`: a field with its value; a property of the notes keeps its own words."""
    if not node.separator or not node.right or node.line is None or node.kind is BlockKind.HEADING:
        return
    value = first_value(node)
    if not is_value(value):
        return
    owners = reading.owners(node)
    if node.role == "default":
        return
    if node.left_terms and node.left_terms[0].choice:
        name = node.left_terms[0].name
        if len(node.left_terms) > 1 or not (reading.is_field(name) or owns(owners.names[0], name)):
            return
        # `nodePort 범위 : 30000-32767` is the range of the field, not its value
        name = node.left if node.left_terms[0].role == "scope" else name.rpartition(".")[2]
    elif node.role or owners.node is None or len(node.left.split()) > _WORDS_OF_A_PROPERTY:
        return
    else:
        name = node.left
    for owner in narrowed(owners.names, name):
        if owner != name:
            yield Fact(
                subject=owner, predicate="hasField", object=f"{name}={value.strip('`')}",
                lines=(*owners.lines, node.line), kind=PATTERN,
            )  # fmt: skip

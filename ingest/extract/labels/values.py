"""What stands behind such a label, and what is listed below it."""

from collections.abc import Iterator

from ingest.extract.commands import command_line
from ingest.extract.facts import PATTERN, STRUCTURE, Fact
from ingest.extract.reading import Reading, explanation, is_enumerated
from ingest.link.outline import DOCUMENT, Node
from ingest.link.outline.marks import ARROW, is_value, split_brackets
from ingest.parse.blocks import BlockKind

_PREDICATES = {
    "purpose": "usedFor",
    "scope": "scopedTo",
    "target": "manages",
    "cause": "hasReason",
    "requires": "requires",
    "uses": "uses",
}


def values(reading: Reading, node: Node) -> Iterator[Fact]:
    """What stands behind such a label, and what is listed below it."""
    if node.line is None or node.kind is BlockKind.HEADING:
        return
    if node.role in _PREDICATES and node.right and not node.left_terms and node.separator:
        yield from _stated(reading, node, _PREDICATES[node.role], node.right, PATTERN)
    elif (
        (
            node.parent is not None
            and node.parent.role in _PREDICATES
            and (not node.parent.topics or node.parent.kind is BlockKind.HEADING)  # `ErrImagePull 원인`
            and not node.separator
        )
        and node.kind is BlockKind.ITEM
        and not ARROW.search(node.text)
    ):
        yield from _stated(reading, node, _PREDICATES[node.parent.role], node.text, STRUCTURE)


def _stated(reading: Reading, node: Node, predicate: str, text: str, kind: str) -> Iterator[Fact]:
    if is_value(text) or command_line(text):
        return
    owners = reading.owners(node)
    bare, _ = split_brackets(explanation(text))
    terms = reading.terms(bare, node)
    exact = bool(terms) and all(t.choice for t in terms)
    objects = [t.name for t in terms] if exact else [bare.strip(" .")]
    for owner in owners.names:
        if owner == DOCUMENT:
            continue
        for name in objects:
            if name and name != owner and not is_enumerated(name) and node.line is not None:
                yield Fact(
                    subject=owner,
                    predicate=predicate,
                    object=name,
                    literal=not exact,
                    lines=(*owners.lines, node.line),
                    kind=kind,
                )

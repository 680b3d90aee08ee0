"""Labels that are no concept but say how what follows belongs to what is above: `용도: …`, `Scope: …`."""

import re
from collections.abc import Iterator

from ingest.extract.commands import command_line
from ingest.extract.facts import PATTERN, STRUCTURE, Fact
from ingest.extract.reading import Reading, explanation, is_enumerated
from ingest.link.outline import Node
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
_LEAST = 2
_THERE_ARE = re.compile(
    r"^(?P<class>.+?)(?:에는|으로는|로는|은|는)\s+(?P<list>[^.]+?)(?:이|가|등이|\s등이)\s*(?:있다|있습니다|있음|있어요|존재한다|존재합니다)[.\s]*$"
)


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
        if owner == "Document":
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


def definitions(reading: Reading, node: Node) -> Iterator[Fact]:
    """`설명: …` below exactly one concept."""
    if node.role != "definition" or not node.right or node.left_terms or node.line is None:
        return
    owners = reading.owners(node)
    text = explanation(node.right)
    if len(owners.names) == 1 and owners.node is not None and owners.names[0] != "Document" and text:
        yield Fact(
            subject=owners.names[0],
            predicate="definition",
            object=text,
            literal=True,
            lines=(*owners.lines, node.line),
            kind=PATTERN,
        )


def there_are(reading: Reading, node: Node) -> Iterator[Fact]:
    """`X에는 A, B, C가 있다`: members of a class."""
    match = (
        _THERE_ARE.match(node.text) if node.line is not None and node.kind is not BlockKind.HEADING else None
    )
    if match is None or node.separator or node.line is None:
        return
    head = [n for n in node.named if n.end <= match.end("class")]
    terms = reading.terms(match["list"], node)
    named = [t for t in terms if t.choice]
    if not head or len(named) < _LEAST or len(named) < len(terms):
        return
    for term in named:
        if term.name != head[0].name and not is_enumerated(term.name):
            yield Fact(
                subject=head[0].name,
                predicate="hasExample",
                object=term.name,
                lines=(node.line,),
                kind=PATTERN,
            )

"""`X에는 A, B, C가 있다`: members of a class."""

import re
from collections.abc import Iterator

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading, is_enumerated
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind

_LEAST = 2
_THERE_ARE = re.compile(
    r"^(?P<class>.+?)(?:에는|으로는|로는|은|는)\s+(?P<list>[^.]+?)(?:이|가|등이|\s등이)\s*(?:있다|있습니다|있음|있어요|존재한다|존재합니다)[.\s]*$"
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

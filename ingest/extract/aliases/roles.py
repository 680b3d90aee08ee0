"""`약어 : HPA` below a concept."""

import re
from collections.abc import Iterator

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading
from ingest.link.outline import Node


def roles(reading: Reading, node: Node) -> Iterator[Fact]:
    """`약어 : HPA` below a concept."""
    if node.role == "alias" and node.right and node.line is not None and not node.left_terms:
        owners = reading.owners(node)
        if len(owners.names) == 1:
            for second in re.split(r"\s*[,/]\s*", node.right):
                yield Fact(
                    subject=owners.names[0], predicate="alsoKnownAs", object=second, literal=True,
                    lines=(*owners.lines, node.line), kind=PATTERN,
                )  # fmt: skip

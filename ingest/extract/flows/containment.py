"""`A ⊃ B`: B is part of A."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading
from ingest.link.outline import Node

_CONTAINS = re.compile(r"\s*⊃\s*")


def containment(reading: Reading, node: Node) -> Iterator[Fact]:
    """`A ⊃ B`: B is part of A."""
    if node.line is None or "⊃" not in node.text:
        return
    parts = [[t.name for t in reading.terms(p, node) if t.choice] for p in _CONTAINS.split(node.text)]
    for outer, inner in pairwise(parts):
        for name in inner if outer else ():
            yield Fact(
                subject=name,
                predicate="partOf",
                object=outer[-1],
                lines=(node.line,),
                kind=PATTERN,
            )

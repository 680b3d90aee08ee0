"""`A, B와 같이 …`: what the line speaks of, by example."""

import re
from collections.abc import Iterator

from ingest.extract.examples.members import listed_members
from ingest.extract.facts import Fact
from ingest.extract.reading import Reading
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind

_LIKE = re.compile(r"^(?P<list>[^.]{1,60}?)(?:와|과)\s*같이\s")


def likened(reading: Reading, node: Node) -> Iterator[Fact]:
    """`A, B와 같이 …`: what the line speaks of, by example."""
    match = _LIKE.match(node.text) if node.line is not None and node.kind is not BlockKind.HEADING else None
    if match is None:
        return
    terms = reading.terms(match["list"], node)
    if terms and any(t.choice for t in terms):
        yield from listed_members(reading, node, reading.owners(node), match["list"], "sentence")

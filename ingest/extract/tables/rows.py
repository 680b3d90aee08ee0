"""Each cell of a markdown table."""

from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.reading import Reading
from ingest.extract.tables.cells import LEAST_COLUMNS
from ingest.extract.tables.reading import read_table
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind


def rows(reading: Reading, node: Node) -> Iterator[Fact]:
    """Each cell of a markdown table."""
    if node.kind is BlockKind.TABLE and len(node.block.rows) > 1 and len(node.block.rows[0]) >= LEAST_COLUMNS:
        yield from read_table(reading, node, node.block.rows[0], node.block.rows[1:])

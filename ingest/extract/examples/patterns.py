"""A name pattern that stands alone below a concept (`name.namespace.svc.cluster.local`)."""

import re
from collections.abc import Iterator

from ingest.extract.examples.members import as_example
from ingest.extract.facts import STRUCTURE, Fact
from ingest.extract.reading import Owners, Reading
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind

_PATTERN = re.compile(r"^[\w<>{}\[\]-]+(?:[./*@][\w<>{}\[\]*-]+){2,}$")


def patterns(reading: Reading, node: Node) -> Iterator[Fact]:
    """A name pattern that stands alone below a concept (`name.namespace.svc.cluster.local`)."""
    if node.line is None or node.kind is not BlockKind.ITEM:
        return
    text = (node.right if node.separator and node.left_terms else node.text).strip("` ")
    if (
        _PATTERN.match(text)
        and not any(t.choice for t in node.terms)
        and "://" not in text
        and text.count(".") > 1
    ):
        if node.separator and node.left_terms:
            owners = Owners(tuple(t.name for t in node.left_terms), node, ())
        else:
            owners = reading.owners(node)
        for owner in owners.names[:1]:
            yield as_example(owner, text, owners, node, literal=True, kind=STRUCTURE)

"""`예시: A, B`, and what stands below a label of examples without being a name."""

import re
from collections.abc import Iterator

from ingest.extract.examples.members import as_example, listed_members
from ingest.extract.facts import PATTERN, STRUCTURE, Fact
from ingest.extract.reading import Reading
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind

_COMMAND = re.compile(r"^`?(?:kubectl|helm|docker|etcdctl|kubeadm)\b")


def labelled(reading: Reading, node: Node) -> Iterator[Fact]:
    """`예시: A, B`, and what stands below a label of examples without being a name."""
    if node.line is None:
        return
    if node.role == "example" and node.right and not node.left_terms:
        yield from listed_members(reading, node, reading.owners(node), node.right, PATTERN)
    elif _is_listed_example(node):
        owners = reading.owners(node)
        for owner in owners.names:
            yield as_example(owner, node.text, owners, node, literal=True, kind=STRUCTURE)


def _is_listed_example(node: Node) -> bool:
    below_label = node.parent is not None and node.parent.role == "example" and node.kind is BlockKind.ITEM
    return below_label and not node.terms and not node.separator and not _COMMAND.match(node.text)

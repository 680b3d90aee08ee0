"""`Calico, Flannel 등의 CNI 플러그인`, `MySQL 같은 DB`: members before, their class behind."""

import re
from collections.abc import Iterator

from ingest.extract.examples.members import may_have_members
from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading, is_enumerated
from ingest.link.outline import Named, Node
from ingest.parse.blocks import BlockKind

_SUCH = re.compile(r"\s*(?:등의|등과 같은|등 다양한|등|와 같은|과 같은|나 .{1,12} 같은|같은|처럼)\s+")
_JOINT = re.compile(r"^(?:와|과|나|이나|랑)?\s*(?:,|·|/|및|또는)?\s*$")
_NEAR = 3


def of_class(reading: Reading, node: Node) -> Iterator[Fact]:
    """`Calico, Flannel 등의 CNI 플러그인`, `MySQL 같은 DB`: members before, their class behind."""
    if node.line is None or node.kind is BlockKind.HEADING:
        return
    for match in _SUCH.finditer(node.text):
        class_ = next((n for n in node.named if 0 <= n.start - match.end() <= _NEAR), None)
        if class_ is None or not may_have_members(reading, class_.name):
            continue
        members = _run_before(node, match.start())
        for member in members:
            if member.name != class_.name and not is_enumerated(member.name):
                yield Fact(
                    subject=class_.name,
                    predicate="hasExample",
                    object=member.name,
                    lines=(node.line,),
                    kind=PATTERN,
                )  # fmt: skip


def _run_before(node: Node, end: int) -> list[Named]:
    """The names that end at a place, joined by commas or particles."""
    found: list[Named] = []
    for named in reversed([n for n in node.named if n.end <= end]):
        if not _JOINT.match(node.text[named.end : found[0].start if found else end]):
            break
        found.insert(0, named)
    return found

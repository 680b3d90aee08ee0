"""`ex) A, B` behind a sentence or alone."""

import re
from collections.abc import Iterator

from ingest.extract.examples.members import listed_members, subject_of
from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Owners, Reading, is_member
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind

_MARK = re.compile(
    r"(?:\bex\)|\bex[.:]|\be\.?g\.?[,:)]?\s|예\)|예시\)|예\s?[:：]|예시\s?[:：]|예를 ?들어[,:]?|for example[,:]?|for instance[,:]?|such as|including)\s*(?P<list>.+)$",  # noqa: E501  one list, one line
    re.IGNORECASE,
)


def marked(reading: Reading, node: Node) -> Iterator[Fact]:
    """`ex) A, B` behind a sentence or alone."""
    match = _MARK.search(node.text) if node.line is not None and node.kind is not BlockKind.HEADING else None
    if match is None or node.role == "example":
        return
    owners = _class_before(reading, node, match) or subject_of(reading, node, match.start())
    yield from listed_members(reading, node, owners, match["list"], PATTERN)


def _class_before(reading: Reading, node: Node, match: re.Match[str]) -> Owners | None:
    # `CNI 지원 필요 e.g. Calico, Cilium`: members of the class that the sentence names
    members = [t.name for t in reading.terms(match["list"].rstrip(" .)"), node) if t.choice]
    for named in reversed([n for n in node.named if n.end <= match.start()]):
        if members and all(is_member(m, named.name) for m in members):
            return Owners((named.name,), node, ())
    return None

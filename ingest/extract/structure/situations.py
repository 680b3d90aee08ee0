"""Items that are no parts of what is above: situations, and things that are compared."""

import re

from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind

OPTION = re.compile(r"옵션|\boptions?\b", re.IGNORECASE)


def gives_phase(node: Node) -> bool:
    """Whether the lines below an item give the phase or conditions of a Pod: then it is a situation."""
    for below in node.walk():
        if below is node:
            continue
        names = {t.name for t in below.left_terms}
        if names & {"Pod", "Pod.phase"} and below.right:
            return True
        if any(n.startswith("PodCondition.") for n in names) and below.right:
            return True
    return False


def is_contrasted(node: Node) -> bool:
    """Whether an item is one of the things that a contrast heading compares."""
    parent = node.parent
    if (
        parent is None
        or not parent.contrast
        or node.kind is not BlockKind.ITEM
        or node.block.number is not None
    ):
        return False
    return bool(node.right) or any(c.text for c in node.children)

"""Situations: lines that tell when the phase, conditions or states below them hold."""

import re

from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind, Line

_NOT_OWNERS = frozenset({"Pod", "Container", "Pod.status", "Pod.phase", "Pod.conditions", "ContainerState"})
_MOMENT = re.compile(r"\s*(?:시|때|경우)(?:에)?$")


def situation(node: Node) -> tuple[str, tuple[Line, ...]] | None:
    """Return the situation in which a line gives a phase, condition or state, with the lines that say so.

    Only labels `pod` and `container` may stand in between; what they hang on is the situation.
    """
    lines: list[Line] = []
    own = {t.name for t in node.left_terms}
    if not node.separator or not (own & _NOT_OWNERS or any(n.startswith("PodCondition.") for n in own)):
        return None
    for above in node.above():
        if above.kind is not BlockKind.ITEM or above.line is None:
            return None
        lines.insert(0, above.line)
        names = {t.name for t in above.topics}
        if names and names <= {"Pod", "Container"}:
            continue
        if names & _NOT_OWNERS:
            return None
        if above.topics:
            return above.topics[0].name, tuple(lines)
        return (_MOMENT.sub("", above.text), tuple(lines)) if above.clause else None
    return None

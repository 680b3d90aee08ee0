"""`X : Y` where X is exactly a concept and Y explains it."""

import re
from collections.abc import Iterator

from ingest.extract.definitions.explanations import COMMAND, definition_of
from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading, explanation, is_enumerated, plain_values, valued
from ingest.link.outline import Node
from ingest.link.outline.marks import ARROW, is_value
from ingest.parse.blocks import BlockKind

_DEFAULT = re.compile(
    r"(?:defaults?(?: value)?(?: is| to)?|기본\s?값?(?:은|는)?|디폴트)\s*[:=]?\s*(?P<v>\S+)$", re.IGNORECASE
)
_FIELD_WITH_VALUE = re.compile(r"[a-z]\w*:\s\S+")
_STATED = frozenset({"true", "false"})


def labels(reading: Reading, node: Node) -> Iterator[Fact]:
    """`X : Y` where X is exactly a concept and Y explains it."""
    if not node.separator or not node.right or node.line is None or node.kind is BlockKind.HEADING:
        return
    if len(node.left_terms) != 1 or not node.left_terms[0].choice:
        return
    if valued(reading, node) or plain_values(reading, node):
        return
    text = explanation(node.right)
    if _explains(reading, node, text):
        yield definition_of(node.left_terms[0].name, text, (node.line,), PATTERN)


def _explains(reading: Reading, node: Node, text: str) -> bool:
    if not text or _states_value(text) or COMMAND.match(text):
        return False
    parts = [p for p in ARROW.split(text) if p.strip()]
    if len(parts) > 1 and all(reading.linker.term(p, reading.context(node)).choice for p in parts):
        return False
    terms = reading.terms(text, node)
    named = [t for t in terms if t.choice]
    if not named:
        return True
    if len(named) < len(terms):
        return len(named) * 2 <= len(terms) or len(terms) == 1
    if len(terms) > 1:
        return False
    return not is_enumerated(named[0].name) and named[0].name != node.left_terms[0].name


def _states_value(text: str) -> bool:
    """`true`, `default true`, `clusterIP: None`: a value is no explanation."""
    default = _DEFAULT.match(text)
    value = default["v"] if default else text
    return is_value(value) or value.lower() in _STATED or _FIELD_WITH_VALUE.fullmatch(text) is not None

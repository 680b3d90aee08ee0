"""Questions and answers: the answer to `what is X` explains X."""

import re
from collections.abc import Iterator

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading, explanation
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind, Line

_ANSWER = re.compile(r"^(?:A|답|답변|Ans(?:wer)?)\s*\d*\s*[.:)]\s*", re.IGNORECASE)
_SAME_LINE = re.compile(r"^(?P<question>[^?？]{3,80}[?？])\s+(?P<answer>\S.+)$")


def answers(reading: Reading, node: Node) -> Iterator[Fact]:
    """`Q. Pod란?` and what stands below it, beside it, or behind the question mark."""
    if node.line is None or not node.question:
        return
    topic = reading.linker.term(node.question, reading.context(node), line=node.block.line).choice
    if topic is None:
        return
    found = _answer(node)
    if found is None:
        return
    text, line = found
    shown = explanation(text)
    if shown:
        yield Fact(
            subject=topic.name,
            predicate="definition",
            object=shown,
            literal=True,
            lines=(node.line, line) if line != node.line else (line,),
            kind=PATTERN,
        )


def _answer(node: Node) -> tuple[str, Line] | None:
    same = _SAME_LINE.match(node.text)
    if same and node.line:
        return _ANSWER.sub("", same["answer"]), node.line
    below = next((c for c in node.children if c.line is not None and c.text), None)
    if below is None and node.parent is not None and node.kind is not BlockKind.HEADING:
        siblings = node.parent.children
        at = node.index + 1
        below = siblings[at] if at < len(siblings) and not siblings[at].question else None
    if below is None or below.line is None or not below.text:
        return None
    return _ANSWER.sub("", below.text), below.line

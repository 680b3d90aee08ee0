"""States of a feature: `Recycle : Deprecated, …`, `(deprecated)`, `사용 중단`."""

import re
from collections.abc import Iterator

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind

_STATUS = (
    ("Deprecated", re.compile(r"\bdeprecated\b|사용 ?중단|지원 ?중단|더 ?이상 사용되지 않", re.IGNORECASE)),
    ("Removed", re.compile(r"\bremoved\b|제거(?:됨|되었|됐)|삭제된 기능", re.IGNORECASE)),
    ("Alpha", re.compile(r"\balpha\b|알파", re.IGNORECASE)),
    ("Beta", re.compile(r"\bbeta\b|베타", re.IGNORECASE)),
    (
        "Stable",
        re.compile(
            r"\bstable\b(?= (?:since|in|as of|feature)|$|[,.)])|\bGA\b|정식 ?(?:기능|버전|지원|출시)|스테이블",  # noqa: E501  one list, one line
            re.IGNORECASE,
        ),
    ),
)


_SAID_OF = re.compile(r"(?P<x>\S.*?)\s+(?:is|are|was|were|has been|have been)\s+$", re.IGNORECASE)


def _in_brackets(reading: Reading, node: Node) -> list[tuple[str, str]]:
    """`Retain, Delete, Recycle (deprecated)`: the member of a list with its state behind it."""
    terms = reading.terms(node.right if node.separator else node.text, node)
    if not terms or not all(t.choice for t in terms):
        return []
    return [
        (term.name, status)
        for term in terms
        for status, pattern in _STATUS
        if term.bracket and pattern.search(term.bracket)
    ]


def stated(reading: Reading, node: Node) -> Iterator[Fact]:
    """The first status word of a line, of the concept that the line explains."""
    if node.line is None or node.kind is BlockKind.HEADING:
        return
    found = [(match.start(), status) for status, pattern in _STATUS if (match := pattern.search(node.text))]
    if not found:
        return
    at, status = min(found)
    beside = _in_brackets(reading, node)
    if beside:
        for name, stage in beside:
            yield Fact(subject=name, predicate="status", object=stage, lines=(node.line,), kind=PATTERN)
        return
    subject = _subject(reading, node, status, at)
    if subject and subject != status:
        yield Fact(subject=subject, predicate="status", object=status, lines=(node.line,), kind=PATTERN)


def _subject(reading: Reading, node: Node, status: str, at: int) -> str:
    """What the status word at an offset is said of."""
    said = _SAID_OF.match(node.text[:at])
    of = reading.linker.term(said["x"], reading.context(node)).name if said else ""
    if of:
        return of
    if status in {"Alpha", "Beta", "Removed"} and not node.left_terms and "(" not in node.text[:at]:
        return next((n.name for n in node.named if n.end <= at), "")
    explained = node.left_terms or node.terms
    if explained and explained[0].choice:
        return explained[0].name
    before = [n for n in node.named if n.end <= at]
    if before:
        return before[0].name
    owners = reading.owners(node)
    return owners.names[0] if len(owners.names) == 1 and owners.node is not None else ""

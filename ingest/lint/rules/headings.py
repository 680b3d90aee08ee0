"""Headings that stand twice, and sections without a word to learn from."""

from collections.abc import Iterator

from ingest.link.outline import Node
from ingest.lint.checked import Checked, Problem
from ingest.lint.findings import Finding, Severity
from ingest.parse.blocks import BlockKind


def _headings(checked: Checked) -> list[Node]:
    return [n for n in checked.outline.nodes if n.kind is BlockKind.HEADING and n.line is not None]


def duplicate_headings(checked: Checked) -> Iterator[Finding]:
    """Headings of the same words: a link to one of them reaches the first."""
    first: dict[str, int] = {}
    for node in _headings(checked):
        assert node.line is not None  # noqa: S101  headings were chosen by it
        title = node.inline.text.strip()
        before = first.setdefault(title.casefold(), node.line.number)
        if before != node.line.number:
            problem = Problem(
                kind="duplicate-heading",
                wording="duplicateHeading",
                severity=Severity.LOW,
                facts={"first": before},
            )
            yield checked.finding(node.line.number, title, problem)


def empty_sections(checked: Checked) -> Iterator[Finding]:
    """Sections that hold nothing, or a picture alone: there is nothing to learn from in the note."""
    for node in _headings(checked):
        assert node.line is not None  # noqa: S101  headings were chosen by it
        if node.line.number in checked.over_contents:
            continue
        inside = [each for each in node.walk() if each is not node]
        pictures = [each for each in inside if each.inline.pictures]
        if any(each.kind is BlockKind.HEADING for each in inside) or any(_says(each) for each in inside):
            continue
        kind, wording = ("picture-only", "pictureOnly") if pictures else ("empty-section", "emptySection")
        problem = Problem(kind=kind, wording=wording, severity=Severity.LOW)
        yield checked.finding(node.line.number, node.inline.text.strip(), problem)


def _says(node: Node) -> bool:
    """Whether a block holds something to read beside pictures and rules."""
    words = node.text.strip() if node.kind not in (BlockKind.FENCE, BlockKind.TABLE) else "code or a table"
    return bool(words) and not (
        node.inline.pictures and len(words) <= max(len(p.alt) for p in node.inline.pictures)
    )

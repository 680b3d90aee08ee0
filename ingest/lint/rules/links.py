"""Links inside the note: anchors that lead nowhere, and a table of contents that drifted."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from ingest.link.outline import Node
from ingest.lint.checked import Checked, Problem
from ingest.lint.findings import Finding, Severity
from ingest.lint.prose import fenced
from ingest.parse.blocks import BlockKind

_ANCHOR_LINK = re.compile(r"\[(?P<text>[^\]]*)\]\(#(?P<anchor>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)")
_MARKUP = re.compile(r"[`*_\\]")


def _headings(checked: Checked) -> dict[str, Node]:
    """Return the headings by anchor."""
    return {
        checked.outline.anchors[id(node)]: node
        for node in checked.outline.nodes
        if node.kind is BlockKind.HEADING and id(node) in checked.outline.anchors
    }


def _links(checked: Checked) -> Iterator[tuple[int, re.Match[str]]]:
    code = fenced(checked.outline)
    for number, text in enumerate(checked.source.lines, 1):
        if number not in code and "](#" in text:
            for match in _ANCHOR_LINK.finditer(text):
                yield number, match


def dead_anchors(checked: Checked) -> Iterator[Finding]:
    """Links to an anchor that no heading has."""
    known = _headings(checked)
    for number, match in _links(checked):
        if unquote(match["anchor"]) not in known:
            problem = Problem(
                kind="dead-anchor",
                wording="deadAnchor",
                severity=Severity.LOW,
                facts={"anchor": match["anchor"]},
            )
            yield checked.finding(number, match[0], problem, after=match.start())


def contents(checked: Checked) -> Iterator[Finding]:
    """Entries of a table of contents whose words are not those of the heading, and headings it leaves out."""
    known = _headings(checked)
    listed = {unquote(match["anchor"]): (number, match) for number, match in _links(checked)}
    if not checked.outline.contents or not listed:
        return
    lines = set(checked.outline.contents.values())
    for anchor, (number, match) in listed.items():
        node = known.get(anchor)
        if number in lines and node is not None:
            title = node.inline.text.strip()
            if _bare(match["text"]) != _bare(title):
                problem = Problem(
                    kind="toc-drift",
                    wording="contentsText",
                    severity=Severity.LOW,
                    canonical=title,
                    facts={"title": title},
                )
                yield checked.finding(number, match["text"], problem, after=match.start())
    # a table that stops at some level leaves out nothing below it
    deepest = max((known[anchor].block.level for anchor in listed if anchor in known), default=0)
    for anchor, node in known.items():
        if anchor in listed or node.line is None or node.line.number in checked.over_contents:
            continue
        if 1 < node.block.level <= deepest:
            problem = Problem(kind="toc-drift", wording="contentsMissing", severity=Severity.LOW)
            yield checked.finding(node.line.number, node.inline.text.strip(), problem)


def _bare(text: str) -> str:
    return _MARKUP.sub("", text).strip().casefold()

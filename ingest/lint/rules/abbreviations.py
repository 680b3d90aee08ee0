"""Abbreviations that are not the customary ones: `ROM : ReadOnlyMany`."""

import re
from collections.abc import Iterator

from ingest.lexicon.normalize import fold
from ingest.link.outline import Node
from ingest.lint.checked import Checked, Problem
from ingest.lint.findings import Finding, Severity

_SHORT = re.compile(r"[A-Z][A-Z0-9]{1,4}$")


def abbreviations(checked: Checked) -> Iterator[Finding]:
    """Labels that look like the short form of what they explain, and are no short form of it."""
    for node in checked.outline.nodes:
        if node.line is None or not _SHORT.match(node.left):
            continue
        name = _explained(node)
        concept = checked.lexicon.registry.get(name) if name else None
        if concept is None:
            continue
        customary = [
            text for _, text in concept.labels() if _SHORT.match(text) and len(text) == len(node.left)
        ]
        if customary and node.left not in {text for _, text in concept.labels()}:
            problem = Problem(
                kind="wrong-name",
                wording="abbreviation",
                severity=Severity.MEDIUM,
                canonical=customary[0],
                facts={"full": concept.name.rpartition(".")[2]},
            )
            yield checked.finding(node.line.number, node.left, problem)


def _explained(node: Node) -> str:
    """Return the one concept that the right side spells out, empty for none."""
    right = fold(node.right.partition("(")[0])
    return next((n.name for n in node.named if right and fold(n.mention.surface) == right), "")

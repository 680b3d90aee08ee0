"""What lint rules look at: a note read to the end, and the places in it."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ingest.extract.reading import Reading, is_enumerated
from ingest.lexicon.entries import Lexicon
from ingest.link.outline import Node, Outline, Term
from ingest.lint.findings import Finding, Severity
from ingest.lint.prose import fenced, prose
from ingest.parse.blocks import BlockKind
from ingest.read import Source
from ontology.statements import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a rule says about a text: everything of a finding but its place."""

    kind: str
    wording: str
    severity: Severity
    canonical: str = ""
    fixable: bool = False
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One note with its outline and statements, before its findings."""

    source: Source
    reading: Reading
    statements: tuple[Statement, ...]
    unread: tuple[int, ...]

    @property
    def outline(self) -> Outline:
        """The note's nodes."""
        return self.reading.outline

    @property
    def lexicon(self) -> Lexicon:
        """All written forms."""
        return self.reading.lexicon

    @cached_property
    def _by_line(self) -> Mapping[int, list[Node]]:
        found: dict[int, list[Node]] = defaultdict(list)
        for node in self.outline.nodes:
            if node.line is not None:
                found[node.line.number].append(node)
        return found

    @cached_property
    def prose(self) -> Sequence[tuple[int, str]]:
        """Lines by number with everything blanked that is no prose; lines of code are left out."""
        code = fenced(self.outline)
        return [(n, prose(text)) for n, text in enumerate(self.source.lines, 1) if n not in code and text]

    @cached_property
    def over_contents(self) -> frozenset[int]:
        """The lines of the headings that stand right over the table of contents."""
        headings = sorted(
            node.line.number
            for node in self.outline.nodes
            if node.kind is BlockKind.HEADING and node.line is not None
        )
        before = (bisect_left(headings, line) - 1 for line in self.outline.contents.values())
        return frozenset(headings[index] for index in before if index >= 0)

    def at(self, line: int) -> Sequence[Node]:
        """Return the nodes that stand on a line."""
        return self._by_line.get(line, ())

    def terms(self, node: Node) -> tuple[Term, ...]:
        """Return the names that stand alone in a node: what it lists, its label, values behind the label."""
        right = self.reading.terms(node.right, node) if node.separator and node.line else ()
        values = tuple(each for each in right if each.choice and is_enumerated(each.name))
        return (*node.terms, *node.left_terms, *values)

    def finding(self, line: int, found: str, problem: Problem, *, after: int = 0) -> Finding:
        """Return a problem at the first `found` of a line, from column offset `after` on.

        Where the line does not hold it (text was joined or unescaped), the whole line is the place.
        """
        text = self.source.lines[line - 1]
        offset = text.find(found, after)
        if offset < 0 or not found:
            found = text.strip()
            offset = len(text) - len(text.lstrip())
        span = self.source.span(line, offset + 1, len(found))
        return Finding(
            document=self.source.document,
            line=line,
            column=offset + 1,
            found=found,
            kind=problem.kind,
            severity=problem.severity,
            wording=problem.wording,
            canonical=problem.canonical,
            start=span.start,
            end=span.end,
            fixable=problem.fixable,
            facts=problem.facts or {},
        )

"""Statements that a version of Kubernetes overtook, and statements that we know to be wrong.

Both are read off the curated layer: a fact that held `until` a version, one that is denied, and things
that are deprecated or gone. Nothing here knows a note.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from ingest.link.outline import Named, Node
from ingest.lint.checked import Checked, Problem
from ingest.lint.findings import Finding, Severity
from ingest.parse.blocks import BlockKind
from ontology.lang import Lang
from ontology.statements import Statement, Text
from ontology.vocabulary.curation import CuratedFact, curated

_STATUS: Mapping[str, Mapping[str, str]] = {
    "Deprecated": {"en": "deprecated", "ko": "사용 중단"},
    "Removed": {"en": "removed", "ko": "제거된"},
}


@cache
def _known() -> Mapping[tuple[str, str, str], CuratedFact]:
    return {
        (fact.subject, fact.predicate, _shown(fact.object)): fact
        for fact in curated()
        if fact.until or fact.negated
    }


@cache
def _gone() -> Mapping[str, CuratedFact]:
    """Return what is deprecated or removed, by name, with the fact that says since when."""
    return {
        fact.subject: fact
        for fact in curated()
        if fact.predicate == "status" and _shown(fact.object) in _STATUS and fact.changed_in
    }


def _note(fact: CuratedFact) -> Mapping[str, str]:
    return {lang.value: fact.note.get(lang, "") for lang in Lang}


def _shown(object_: str | Text) -> str:
    return object_.value if isinstance(object_, Text) else object_


def outdated(checked: Checked) -> Iterator[Finding]:
    """Statements that held until a version, and the first mention a section makes of something gone."""
    for statement in checked.statements:
        fact = _known().get((statement.subject, statement.predicate, _shown(statement.object)))
        if fact is not None and fact.until and not statement.negated and _is_within(checked, statement, fact):
            yield _of_statement(checked, statement, fact, "outdated")
    yield from _gone_things(checked)


def contradicted(checked: Checked) -> Iterator[Finding]:
    """Statements that the curated layer denies."""
    for statement in checked.statements:
        fact = _known().get((statement.subject, statement.predicate, _shown(statement.object)))
        if fact is not None and fact.negated and not fact.until and not statement.negated:
            yield _of_statement(checked, statement, fact, "wrong-claim")


def _is_within(checked: Checked, statement: Statement, fact: CuratedFact) -> bool:
    """Whether a fact that is about one topic only is stated under that topic."""
    if not fact.within:
        return True
    line = statement.lines[-1]
    node = next((n for n in checked.outline.nodes if n.line is not None and n.line.number == line), None)
    return node is not None and any(t.name in fact.within for above in node.above() for t in above.topics)


def _of_statement(checked: Checked, statement: Statement, fact: CuratedFact, kind: str) -> Finding:
    line = statement.lines[-1]
    problem = Problem(
        kind=kind,
        wording="outdated" if kind == "outdated" else "denied",
        severity=Severity.HIGH if kind == "outdated" else Severity.MEDIUM,
        facts={"version": fact.until, "note": _note(fact)},
    )
    return checked.finding(line, _words(checked, statement, line, past=bool(fact.until)), problem)


def _words(checked: Checked, statement: Statement, line: int, *, past: bool) -> str:
    """Return the words of the line that name what was overtaken; empty where it does not name it so."""
    text = checked.source.lines[line - 1]
    surfaces = {
        named.name: named.mention.surface
        for node in checked.outline.nodes
        if node.line is not None and node.line.number == line
        for named in node.named
        if named.mention.surface in text
    }
    names = (_shown(statement.object), statement.subject)
    named = [name for name in names if name in surfaces]
    return surfaces.get(max(named, key=lambda name: _weight(name, past=past), default=""), "")


def _weight(name: str, *, past: bool) -> int:
    """In how many overtaken (or denied) facts a name occurs: more for what changed than for what stayed."""
    facts = (fact for fact in _known().values() if bool(fact.until) is past)
    return sum(name in (fact.subject, _shown(fact.object)) for fact in facts)


def _gone_things(checked: Checked) -> Iterator[Finding]:
    seen: dict[int | None, set[str]] = defaultdict(set)
    for node in checked.outline.nodes:
        # a heading or a label that only names the thing says nothing about it yet
        if node.line is None or node.kind is BlockKind.HEADING or not _speaks(node):
            continue
        for named in node.named:
            fact = _gone().get(named.name)
            if fact is None or named.name in seen[node.section] or _says_so(checked, node, named):
                continue
            seen[node.section].add(named.name)
            problem = Problem(
                kind="outdated",
                wording="gone",
                severity=Severity.MEDIUM,
                facts={
                    "name": named.name.rpartition(".")[2],
                    "status": _STATUS[_shown(fact.object)],
                    "version": fact.changed_in,
                    "note": _note(fact),
                },
            )
            yield checked.finding(node.line.number, named.mention.surface, problem)


def _speaks(node: Node) -> bool:
    return not node.terms or bool(node.right)


def _says_so(checked: Checked, node: Node, named: Named) -> bool:
    """Whether the note itself says that the thing is deprecated or gone."""
    return any(
        statement.predicate == "status"
        and statement.subject == named.name
        and node.line is not None
        and node.line.number in statement.lines
        for statement in checked.statements
    )

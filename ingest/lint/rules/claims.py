"""Claims that do not hold: overtaken by a version, denied by what we vouch for, or refuted by running them.

`written` asks only what is written down and costs nothing; `tried` runs the experiments too. Nothing here
knows a note: a claim is decided by its subject, predicate and object, and by the topics it stands under.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from ingest.lint.checked import Checked, Problem
from ingest.lint.findings import Finding, Severity
from ontology.checks.check import check
from ontology.checks.claims import Check, Claim, Result
from ontology.checks.vouched import outdated, vouched
from ontology.statements import Statement, Text
from ontology.vocabulary.curation import curated

# What each result is as a finding. A claim that is too strong is true as far as it goes.
_KINDS: Mapping[Result, tuple[str, str, Severity]] = {
    Result.OUTDATED: ("outdated", "outdated", Severity.HIGH),
    Result.REFUTED: ("wrong-claim", "denied", Severity.MEDIUM),
    Result.TOO_STRONG: ("incomplete", "tooStrong", Severity.MEDIUM),
}


def written(checked: Checked) -> Iterator[Finding]:
    """Statements that the curated layer says to be past or wrong."""
    yield from _findings(checked, lambda claim: outdated(claim) or vouched(claim))


def tried(checked: Checked) -> Iterator[Finding]:
    """Statements that any check says to be past, wrong or too strong."""
    yield from _findings(checked, check)


def results(checked: Checked) -> Iterator[tuple[Statement, Check]]:
    """Yield every statement with what became of it."""
    for statement in checked.statements:
        yield statement, check(_claim(checked, statement))


def _findings(checked: Checked, decide: Callable[[Claim], Check | None]) -> Iterator[Finding]:
    for statement in checked.statements:
        found = decide(_claim(checked, statement))
        if found is None or found.result not in _KINDS:
            continue
        kind, wording, severity = _KINDS[found.result]
        line = statement.lines[-1]
        note = {lang.value: text for lang, text in found.note.items()}
        facts = {"version": found.until, "note": note}
        problem = Problem(kind=kind, wording=wording, severity=severity, facts=facts)
        yield checked.finding(line, _words(checked, statement, line), problem)


def _claim(checked: Checked, statement: Statement) -> Claim:
    node = next(iter(checked.at(statement.lines[-1])), None)
    topics = (t.name for above in node.above() for t in above.topics) if node is not None else ()
    return Claim.of(statement, within=tuple(topics))


def _words(checked: Checked, statement: Statement, line: int) -> str:
    """Return the words of the line that name what the claim is about; empty where it does not name it so."""
    text = checked.source.lines[line - 1]
    surfaces = {
        named.name: named.mention.surface
        for node in checked.at(line)
        for named in node.named
        if named.mention.surface in text
    }
    said = statement.object.value if isinstance(statement.object, Text) else statement.object
    named = [name for name in (said, statement.subject) if name in surfaces]
    return surfaces.get(max(named, key=_weight, default=""), "")


@cache
def _weight(name: str) -> int:
    """In how many overtaken facts a name occurs: more for what changed than for what stayed."""
    past = (fact for fact in curated() if fact.until)
    return sum(name in (fact.subject, fact.object) for fact in past)

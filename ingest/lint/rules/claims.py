"""Claims that do not hold: overtaken by a version, denied by what we vouch for, or refuted by running them.

A note claims what its facts say, and what its sentences say beyond them. Nothing here knows a note: a claim
is decided by its subject, predicate and object, by its words, and by the topics it stands under.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from ingest.extract.facts import SENTENCE
from ingest.lint.checked import Checked, Problem
from ingest.lint.findings import Finding, Severity
from ingest.lint.sentences import sentences
from ontology.checks.check import check
from ontology.checks.claims import Check, Claim, Result
from ontology.checks.lists import incomplete, list_predicates
from ontology.checks.sentences import asserted
from ontology.checks.settled import settle
from ontology.checks.stated import defaults
from ontology.statements import Statement, Text
from ontology.vocabulary.curation import curated

# What each result is as a finding. A claim that is too strong or too weak is true as far as it goes.
_KINDS: Mapping[Result, tuple[str, str, Severity]] = {
    Result.OUTDATED: ("outdated", "outdated", Severity.HIGH),
    Result.REFUTED: ("wrong-claim", "denied", Severity.MEDIUM),
    Result.TOO_STRONG: ("incomplete", "tooStrong", Severity.MEDIUM),
    Result.TOO_WEAK: ("incomplete", "tooWeak", Severity.LOW),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """One claim of a note with what became of it.

    `lines` are those a reader needs, `words` those that make the claim, `condition` those under which the
    note says it.
    """

    lines: tuple[int, ...]
    claim: Claim
    check: Check
    words: str = ""
    condition: str = ""


def claims(checked: Checked) -> Iterator[Finding]:
    """Claims that any check says to be past, wrong, too strong or too weak."""
    for each in results(checked):
        shape = _KINDS.get(each.check.result)
        if shape is not None:
            kind, wording, severity = shape
            note = {lang.value: text for lang, text in each.check.note.items()}
            facts = {"version": each.check.until, "note": note}
            problem = Problem(kind=kind, wording=wording, severity=severity, facts=facts)
            yield checked.finding(each.lines[-1], each.words, problem)


def results(checked: Checked) -> Iterator[Checkup]:
    """Yield every claim with what became of it: first those of facts, then what sentences say beyond them."""
    worded: dict[tuple[int, tuple[str, str, str, bool]], Checkup] = {}
    for each in _worded(checked):
        worded.setdefault((each.lines[-1], each.claim.triple), each)
    for statement in checked.statements:
        claim = _claim(checked, statement)
        lines = statement.lines
        line = lines[-1]
        subject, predicate, target, negated = claim.triple
        if (line, (subject, predicate, target, not negated)) in worded:
            continue  # the words deny what was read as a fact, or the other way round: words are read closer
        same = worded.pop((line, claim.triple), None)
        words = same.words if same is not None else _words(checked, statement, line)
        yield Checkup(
            lines=lines,
            claim=claim,
            check=check(claim),
            words=words,
            condition=statement.condition if same is None else "",
        )
    yield from worded.values()
    yield from _lists(checked)


def _lists(checked: Checked) -> Iterator[Checkup]:
    """Lists that leave something out, at the last member that they name."""
    listed = list_predicates()
    claims = {Claim.of(each): each for each in checked.statements if each.predicate in listed}
    for claim, found in incomplete(claims):
        statement = claims[claim]
        words = _words(checked, statement, statement.lines[-1])
        yield Checkup(lines=statement.lines, claim=claim, check=found, words=words)


def _worded(checked: Checked) -> Iterator[Checkup]:
    """What sentences claim, by their words."""
    for said in sentences(checked):
        lines = (said.line.number,)
        for each in asserted(said.sentence):
            yield Checkup(lines=lines, claim=each.claim, check=settle(each), words=each.words)
        for claim, words in defaults(said.sentence):
            claim = replace(claim, within=tuple(sorted(said.sentence.about)))  # noqa: PLW2901  with its place
            yield Checkup(lines=lines, claim=claim, check=check(claim), words=words)


def _claim(checked: Checked, statement: Statement) -> Claim:
    line = statement.lines[-1]
    node = next(iter(checked.at(line)), None)
    topics = (t.name for above in node.above() for t in above.topics) if node is not None else ()
    return Claim.of(statement, within=tuple(topics), words=checked.source.lines[line - 1])


def _words(checked: Checked, statement: Statement, line: int) -> str:
    """Return the words that make the claim: a whole sentence, or the names that it is about in a line."""
    text = checked.source.lines[line - 1]
    if statement.kind == SENTENCE:
        place = statement.spans[-1]
        return checked.source.data[place.start : place.end].decode()
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

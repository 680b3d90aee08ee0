"""Notes that contradict each other, or themselves."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ingest.lint.checked import Checked, Problem
from ingest.lint.findings import Finding, Severity
from ingest.lint.rules.claims import Checkup, results
from ontology.checks.claims import Result
from ontology.checks.closed import SINGLE
from ontology.checks.contradictions import contradictions


class Place(NamedTuple):
    """A claim and the note that makes it."""

    note: Checked
    checkup: Checkup

    def __str__(self) -> str:
        return f"{self.note.source.document}:{self.checkup.lines[-1]}"


def places(notes: Iterable[Checked]) -> Iterator[Place]:
    """Yield every claim of notes with its note."""
    return (Place(note, checkup) for note in notes for checkup in results(note))


def contradicted(places: Iterable[Place]) -> Iterator[tuple[Place, Place]]:
    """Yield the two places of each contradiction, the first that says it first."""
    said = ((place.checkup.claim, place) for place in places if _is_plain(place.checkup))
    for first, second in contradictions(said):
        # what was found to be so twice holds of different things
        if not all(each.checkup.check.result is Result.CONFIRMED for each in (first, second)):
            yield first, second


def _is_plain(checkup: Checkup) -> bool:
    """Whether a claim is read surely enough to hold it against another: decided, or a value, no condition."""
    decided = checkup.check.result is not Result.NOT_TESTABLE
    return not checkup.condition and (decided or checkup.claim.predicate in SINGLE)


def findings(notes: Iterable[Checked]) -> Iterator[Finding]:
    """Yield a finding at each of the two places of a contradiction, which names the other."""
    for first, second in contradicted(places(notes)):
        for here, there in ((first, second), (second, first)):
            facts = {
                "other": str(there),
                "said": str(here.checkup.claim),
                "otherwise": str(there.checkup.claim),
            }
            problem = Problem(
                kind="contradiction", wording="contradiction", severity=Severity.MEDIUM, facts=facts
            )
            yield here.note.finding(here.checkup.lines[-1], here.checkup.words, problem)

"""One claim through all checks: the first that decides, decides."""

from collections.abc import Callable

from ontology.checks.claims import Check, Claim, Result
from ontology.checks.closed import closed
from ontology.checks.fields import fields
from ontology.checks.settled import settled
from ontology.checks.transitions import transitions
from ontology.checks.vouched import outdated, vouched
from ontology.checks.wording import said

# What changed with a version stands first, since an experiment knows only the version of today; what was run
# outweighs what is only written down.
CHECKS: tuple[Callable[[Claim], Check | None], ...] = (
    outdated,
    settled,
    vouched,
    closed,
    fields,
    transitions,
)


def check(claim: Claim) -> Check:
    """Return what becomes of a claim."""
    found = (decide(claim) for decide in CHECKS)
    undecided = Check(result=Result.NOT_TESTABLE, note=said("noCheck"), source="")
    return next((each for each in found if each is not None), undecided)

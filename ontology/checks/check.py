"""One claim through all checks: the first that decides, decides."""

from collections.abc import Callable

from ontology.checks.claims import Check, Claim, Result
from ontology.checks.closed import closed
from ontology.checks.fields import fields
from ontology.checks.flows import flows
from ontology.checks.settled import settled
from ontology.checks.transitions import transitions
from ontology.checks.vouched import outdated, vouched
from ontology.checks.wording import said

# What was run, or has words for its conditions, outweighs what is only written down; of that, what changed
# with a version stands first.
CHECKS: tuple[Callable[[Claim], Check | None], ...] = (
    settled,
    outdated,
    vouched,
    closed,
    flows,
    fields,
    transitions,
)

# Why facts of some predicates cannot be tested.
_WHY_NOT = {
    **dict.fromkeys(("hasSubtopic", "depicts", "alsoKnownAs", "hasExample", "hasCommand"), "layout"),
    **dict.fromkeys(("contrastsWith", "partOf", "isA"), "layout"),
    "definition": "explanation",
    "usedFor": "advice",
}


def check(claim: Claim) -> Check:
    """Return what becomes of a claim."""
    for decide in CHECKS:
        found = decide(claim)
        if found is not None:
            return found
    return Check(result=Result.NOT_TESTABLE, note=said(_WHY_NOT.get(claim.predicate, "noCheck")), source="")

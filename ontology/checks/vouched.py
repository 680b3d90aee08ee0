"""Claims that the curated layer decides: what holds, what held until a version, what does not hold."""

from collections.abc import Mapping
from functools import cache

from ontology.checks.claims import Check, Claim, Result
from ontology.checks.wording import said
from ontology.statements import Text
from ontology.vocabulary.curation import CuratedFact, curated

# An example of a class is a member of it.
_MEMBER, _EXAMPLE = "isA", "hasExample"


@cache
def _facts() -> Mapping[tuple[str, str, str], CuratedFact]:
    return {
        (f.subject, f.predicate, f.object.value if isinstance(f.object, Text) else f.object): f
        for f in curated()
    }


def _fact(claim: Claim) -> CuratedFact | None:
    fact = _facts().get((claim.subject, claim.predicate, claim.object))
    if fact is None and claim.predicate == _MEMBER:
        fact = _facts().get((claim.object, _EXAMPLE, claim.subject))
    if fact is None or (fact.within and not set(fact.within) & set(claim.within)):
        return None
    return fact


def outdated(claim: Claim) -> Check | None:
    """Return since when a claim holds no longer; None for what still holds or never did."""
    fact = _fact(claim)
    if fact is None or not fact.until or claim.negated or claim.of_past:
        return None
    return Check(result=Result.OUTDATED, note=fact.note, source=fact.source, until=fact.until)


def vouched(claim: Claim) -> Check | None:
    """Return whether the curated layer agrees with a claim; None when it says nothing of it."""
    fact = _fact(claim)
    if fact is None or fact.until:
        return None
    if claim.negated and not fact.negated and not fact.note:
        return None  # a denial mostly stands in a situation of its own, of which a plain fact says nothing
    result = Result.CONFIRMED if fact.negated == claim.negated else Result.REFUTED
    return Check(result=result, note=fact.note or said("known"), source=fact.source or "curated")

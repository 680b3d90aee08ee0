"""What becomes of a claim that means a proposition."""

import re
from functools import lru_cache

from ontology.checks import trials
from ontology.checks.claims import Check, Claim, Result
from ontology.checks.closed import speaks_of_both
from ontology.checks.propositions.proposition import Proposition, Triple, by_triple
from ontology.checks.sentences import Asserted
from ontology.checks.trials import Trial

# What becomes of a claim whose contrary was found to be so. A contrary that is too strong leaves it open.
_TURNED = {
    Result.CONFIRMED: Result.REFUTED,
    Result.REFUTED: Result.CONFIRMED,
    Result.OUTDATED: Result.CONFIRMED,
}


# What a claim that names the condition is not.
_CONDITIONAL = frozenset({Result.TOO_STRONG, Result.REFUTED, Result.OUTDATED})

# Words that say what shall not be: a fact read from among them may be just that.
_PREVENTS = re.compile(r"지\s?(?:않|못하)(?:게|도록)|방지|\b(?:prevent|avoid)", re.IGNORECASE)


def is_settled(triple: Triple) -> bool:
    """Whether a proposition is about a fact or its contrary."""
    subject, predicate, target, negated = triple
    known = by_triple()
    return triple in known or (subject, predicate, target, not negated) in known


def settled(claim: Claim) -> Check | None:
    """Settle a fact; None when no proposition is about it or its contrary."""
    subject, predicate, target, negated = claim.triple
    same = by_triple().get((subject, predicate, target, negated))
    if same is not None:
        found = _check(same, _found(same, claim))
        unsure = found.result is Result.REFUTED and not negated and _PREVENTS.search(claim.words)
        return None if unsure else found
    contrary = by_triple().get((subject, predicate, target, not negated))
    if contrary is None or speaks_of_both(claim):
        return None
    return _turned(contrary, claim)


def settle(said: Asserted) -> Check:
    """Settle a claim that was read from words."""
    proposition = said.proposition
    turned = said.denied
    if said.value:
        right = proposition.accepts(said.value)
        return _check(proposition, (Result.CONFIRMED if right is not turned else Result.REFUTED, None))
    return (
        _turned(proposition, said.claim) if turned else _check(proposition, _found(proposition, said.claim))
    )


def _turned(proposition: Proposition, claim: Claim) -> Check:
    """Settle the contrary of a proposition. What is denied under its condition denies nothing usual."""
    result, shown = _tried(proposition, strict=claim.strict)
    if _names_condition(proposition, claim) and result is not Result.OUTDATED:
        return _check(proposition, (Result.NOT_TESTABLE, None))
    return _check(proposition, (_TURNED.get(result, Result.NOT_TESTABLE), shown))


def _found(proposition: Proposition, claim: Claim) -> tuple[Result, Trial | None]:
    """What becomes of the proposition as the claim puts it: with the condition named, it holds."""
    result, shown = _tried(proposition, strict=claim.strict)
    named = _names_condition(proposition, claim) and result in _CONDITIONAL
    past = result is Result.OUTDATED and claim.of_past
    if named or past or (claim.hedged and result is Result.TOO_STRONG):
        return Result.CONFIRMED, shown
    return result, shown


def _names_condition(proposition: Proposition, claim: Claim) -> bool:
    condition = proposition.condition
    return condition is not None and condition.search(claim.words) is not None


@lru_cache(maxsize=2048)
def _tried(proposition: Proposition, *, strict: bool) -> tuple[Result, Trial | None]:
    asked = [each for each in proposition.trials if strict or not each.strict]
    if asked:
        return trials.outcome(asked)
    return proposition.vouched or Result.NOT_TESTABLE, None


def _check(proposition: Proposition, found: tuple[Result, Trial | None]) -> Check:
    result, shown = found
    return Check(
        result=result,
        note=proposition.note,
        source=proposition.source,
        until=proposition.until if result is Result.OUTDATED else "",
        scenario=shown.scenario if shown is not None else None,
    )

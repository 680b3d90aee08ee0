"""Claims that cannot both hold: one denies what the other says, or both give one thing different values."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from ontology.checks.claims import Claim
from ontology.checks.closed import EXCLUSIVE, SINGLE
from ontology.checks.values import normal

Said = TypeVar("Said")
_About = tuple[str, ...]


def contradictions(said: Iterable[tuple[Claim, Said]]) -> Iterator[tuple[Said, Said]]:
    """Yield pairs of who said the contrary of each other: the first that said it, and who says otherwise.

    A claim that holds only under a condition contradicts nothing.
    """
    first: dict[_About, dict[str, Said]] = defaultdict(dict)
    for claim, who in said:
        for about, value in _values(claim).items():
            others = first[about]
            if value not in others:
                yield from ((before, who) for before in others.values())
                others[value] = who


def _values(claim: Claim) -> Mapping[_About, str]:
    """What a claim says of what: that a fact holds or not, and the value of what has but one."""
    subject, predicate, target, negated = claim.triple
    found: dict[_About, str] = {(subject, predicate, target): str(negated)}
    single = predicate in SINGLE or target in EXCLUSIVE.get(predicate, ())
    if single and not negated:
        found[subject, predicate] = normal(target)
    return found

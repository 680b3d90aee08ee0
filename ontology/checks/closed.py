"""Claims about what has few values, all of which we know: a default, a scope, a plane, an enumeration.

One of the known values confirms a claim; another value of the same sort refutes it.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from ontology.checks.claims import Check, Claim, Result
from ontology.checks.values import normal
from ontology.checks.wording import said
from ontology.concepts import ConceptKind
from ontology.statements import Text
from ontology.vocabulary import registry
from ontology.vocabulary.curation import CuratedFact, curated

_SOURCE = "https://kubernetes.io/docs/reference/kubernetes-api/"
# Of these only one value holds at a time; where it depends on the owner, the curated fact says within what.
SINGLE = frozenset({"defaultValue"})
# Of these all values are listed, so an enumerated value of another sort is none of them.
_LISTED = frozenset({"hasPhase", "hasState", "hasOperator", "hasEffect", "hasAccessMode", "hasReclaimPolicy"})
# A thing that belongs to one of these does not belong to another.
EXCLUSIVE: Mapping[str, tuple[str, ...]] = {
    "scopedTo": ("Namespace", "Cluster"),
    "partOf": ("ControlPlane", "WorkerNode"),
}

# By whether the predicate takes one value, and whether the claim names a right one.
_WORDING = {
    (True, True): "default",
    (True, False): "otherDefault",
    (False, True): "value",
    (False, False): "otherValue",
}


@cache
def _known() -> Mapping[tuple[str, str], Sequence[CuratedFact]]:
    found: dict[tuple[str, str], list[CuratedFact]] = defaultdict(list)
    for fact in curated():
        if fact.current and not fact.negated:
            found[fact.subject, fact.predicate].append(fact)
    return found


# Words that speak of both scopes say which belongs to whom in a way that a fact cannot hold; of a ClusterRole
# and the RoleBinding that refers to it a third thing is said.
_BOTH = re.compile(
    r"(?=.*(?:namespace|네임스페이스))(?=.*(?:\bcluster\b|클러스터(?!\s?롤)))|(?=.*ClusterRole)(?=.*RoleBinding)",
    re.IGNORECASE | re.DOTALL,
)


def speaks_of_both(claim: Claim) -> bool:
    """Whether a claim about a scope stands in words that speak of the other scope too."""
    return "Cluster" in EXCLUSIVE.get(claim.predicate, ()) and _BOTH.match(claim.words) is not None


def closed(claim: Claim) -> Check | None:
    """Decide a claim whose subject has known values of the predicate; None for any other."""
    known = _known().get((claim.subject, claim.predicate), ())
    right = [_value(fact) for fact in known if _is_meant(fact, claim)]
    if not right or claim.negated:
        return None
    if claim.predicate in SINGLE:
        holds = normal(_bare(claim.object)) in {normal(each) for each in right}
    elif claim.predicate in _LISTED and _is_enumerated(claim.object):
        holds = claim.object in right
    elif claim.object in EXCLUSIVE.get(claim.predicate, ()):
        others = set(EXCLUSIVE[claim.predicate]) - {claim.object}
        holds = claim.object in right
        if not holds and (not others & set(right) or _BOTH.match(claim.words)):
            return None
    else:
        return None
    facts = {
        "subject": claim.subject,
        "predicate": claim.predicate,
        "right": tuple(right),
        "said": claim.object,
    }
    note = said(_WORDING[claim.predicate in SINGLE, holds], **facts)
    sources = (fact.source for fact in known if fact.source)
    result = Result.CONFIRMED if holds else Result.REFUTED
    return Check(result=result, note=note, source=next(sources, _SOURCE))


def _is_meant(fact: CuratedFact, claim: Claim) -> bool:
    """Whether a value is the one of the claim's owner: one that is said within a topic holds only there."""
    if fact.within:
        return bool(set(fact.within) & set(claim.within))
    elsewhere = (
        set(other.within) & set(claim.within)
        for other in _known()[fact.subject, fact.predicate]
        if other.within
    )
    return not any(elsewhere)


def _value(fact: CuratedFact) -> str:
    return fact.object.value if isinstance(fact.object, Text) else fact.object


def _bare(value: str) -> str:
    """`RestartPolicy.Always` as the bare value that defaults are given in."""
    concept = registry().get(value)
    return value.rpartition(".")[2] if concept is not None and concept.kind is ConceptKind.ENUM else value


def _is_enumerated(name: str) -> bool:
    concept = registry().get(name)
    return concept is not None and concept.kind is ConceptKind.ENUM

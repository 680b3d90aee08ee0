"""What follows from what is stated: a few forward rules, each inferred fact with its derivation.

Not OWL: a learner has to be able to read why something follows, so there are as many rules as can be
explained in a line. Only what holds unconditionally and today takes part, and what anybody states already
is not inferred again.

Source: W3C OWL 2 RL, rules prp-trp and prp-symp.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from graph.reading import Fact
from graph.snapshot import Grounds
from ontology import iri, terms
from ontology.statements import Layer

# A part of a part is a part, a member of a kind of class is a member of the class.
TRANSITIVE = ("partOf", "isA")
SYMMETRIC = ("contrastsWith",)
_MEMBER, _EXAMPLE = "isA", "hasExample"
# Longer chains are rarely true of notes: each step may be loosely worded.
_ROUNDS = 4


class _Known(NamedTuple):
    id: str
    subject: str
    predicate: str
    object: str


_Triple = tuple[str, str, str]
_Found = tuple[str, _Triple, tuple[str, ...]]


def infer(stated: Iterable[Fact]) -> list[Fact]:
    """Return what follows from facts of any layer, sorted by subject, predicate and object."""
    known: dict[_Triple, _Known] = {}
    denied: set[_Triple] = set()
    for fact in stated:
        if isinstance(fact.object, str):
            triple = (fact.subject, fact.predicate, fact.object)
            if fact.negated:
                denied.add(triple)
            elif not fact.condition and not (fact.grounds and fact.grounds.until):
                known.setdefault(triple, _Known(fact.id, *triple))
    inferred: dict[_Triple, Fact] = {}
    fresh = list(known.values())
    for _ in range(_ROUNDS):
        following: list[_Known] = []
        for rule, triple, premises in _follows(fresh, known.values()):
            subject, _, target = triple
            if triple not in known and triple not in denied and subject != target:
                fact = _fact(rule, triple, premises)
                inferred[triple] = fact
                known[triple] = _Known(fact.id, *triple)
                following.append(known[triple])
        fresh = following
    return [inferred[triple] for triple in sorted(inferred)]


def _follows(fresh: list[_Known], known: Iterable[_Known]) -> Iterator[_Found]:
    """Everything that a fresh fact leads to, alone or with any known one."""
    following: dict[tuple[str, str], list[_Known]] = defaultdict(list)
    preceding: dict[tuple[str, str], list[_Known]] = defaultdict(list)
    for each in list(known):
        if each.predicate in TRANSITIVE:
            following[each.predicate, each.subject].append(each)
            preceding[each.predicate, each.object].append(each)
    for each in fresh:
        yield from _alone(each)
        if each.predicate in TRANSITIVE:
            for after in following[each.predicate, each.object]:
                yield _chain(each, after)
            for before in preceding[each.predicate, each.subject]:
                yield _chain(before, each)


def _alone(fact: _Known) -> Iterator[_Found]:
    if fact.predicate in SYMMETRIC:
        yield "symmetric", (fact.object, fact.predicate, fact.subject), (fact.id,)
    if fact.predicate == _EXAMPLE:
        yield "example", (fact.object, _MEMBER, fact.subject), (fact.id,)


def _chain(first: _Known, second: _Known) -> _Found:
    return "transitive", (first.subject, first.predicate, second.object), (first.id, second.id)


def _fact(rule: str, triple: _Triple, premises: tuple[str, ...]) -> Fact:
    subject, predicate, target = triple
    return Fact(
        id=iri.digest("inferred", *triple),
        subject=subject,
        predicate=predicate,
        object=target,
        layer=Layer.INFERRED,
        kind="inferred",
        rule=f"inference.{rule}",
        grounds=Grounds(premises=tuple(sorted(premises))),
    )


def nquads(inferred: Iterable[Fact], stated: Iterable[Fact]) -> bytes:
    """Return the graph of inferences as N-Quads.

    A premise of the curated layer is a plain triple there; here it is written as a fact, so that every
    derivation can be followed in the graph.
    """
    inferred = list(inferred)
    premises = {premise for fact in inferred for premise in (fact.grounds or Grounds()).premises}
    curated = [fact for fact in stated if fact.layer is Layer.CURATED and fact.id in premises]
    lines = [line for fact in inferred for line in _inference(fact)]
    lines += (line for fact in curated for line in _premise(fact))
    end = f" <{iri.INFERRED_GRAPH}> .\n"
    return "".join(f"{line}{end}" for line in lines).encode()


def _inference(fact: Fact) -> Iterator[str]:
    node = f"<{iri.FACTS}{fact.id}>"
    subject, predicate, target = _terms(fact)
    yield f"{subject} {predicate} {target}"
    yield from _reified(node, fact)
    yield f'{node} <{terms.RULE}> "{fact.rule}"'
    for premise in (fact.grounds or Grounds()).premises:
        yield f"{node} <{terms.DERIVED}> <{iri.FACTS}{premise}>"


def _premise(fact: Fact) -> Iterator[str]:
    node = f"<{iri.FACTS}{fact.id}>"
    yield from _reified(node, fact)
    yield f"{node} <{terms.DERIVED}> <{iri.CURATED_GRAPH}>"


def _reified(node: str, fact: Fact) -> Iterator[str]:
    properties = (terms.SUBJECT, terms.PREDICATE, terms.OBJECT)
    return (f"{node} <{name}> {term}" for name, term in zip(properties, _terms(fact), strict=True))


def _terms(fact: Fact) -> tuple[str, str, str]:
    target = fact.object if isinstance(fact.object, str) else fact.object.value
    return f"<{iri.concept(fact.subject)}>", f"<{iri.predicate(fact.predicate)}>", f"<{iri.concept(target)}>"

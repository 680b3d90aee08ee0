"""Which lines of the notes state what a step of a verdict applied.

An evaluator names its rule and the concepts a step is about, and never sees a note. Here both meet: a
passage is cited when its facts are about those concepts, and the better the more of them it speaks of and
the more it says about them (a definition says more than a heading).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from graph.snapshot import FactNode, Snapshot
from ontology.statements import Layer

# What a passage gains by a fact about a concept: more if it is about it first, or about two of them.
_AS_SUBJECT, _AS_OBJECT = 3, 2
_BOTH = 2
# Of its own accord, and of the rule: what a step is about this time weighs more than what it always decides.
_OF_STEP, _OF_RULE = 3, 1
# Predicates that say little about a concept: that a heading or list names it, or a picture shows it.
_THIN = frozenset({"hasSubtopic", "depicts", "alsoKnownAs"})
_TELLING = frozenset(
    {"definition", "hasReason", "requires", "usedFor", "hasEffect", "transitionsTo", "defaultValue"}
)
_FURTHER = 0.5
_THIN_FACTOR, _TELLING_FACTOR, _PLAIN_FACTOR = 1, 3, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A passage of a note: `note` indexes `Snapshot.notes`, `start` and `end` are byte offsets of `quote`.

    `facts` are the ids of the facts it was chosen for, `concepts` the names it speaks of, each best first.
    """

    note: int
    document: str
    line: int
    end_line: int
    start: int
    end: int
    quote: str
    facts: tuple[str, ...]
    concepts: tuple[str, ...]


class Citations:
    """Finds the passages of one snapshot. Immutable."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def of_step(self, rule: str, concepts: Iterable[str] = (), *, limit: int = 3) -> tuple[Citation, ...]:
        """Return the passages that state a step's rule and the concepts it is about, best first.

        A rule or concept that the snapshot does not know cites nothing.
        """
        index = self._snapshot.rule_index.get(rule)
        decided = () if index is None else self._snapshot.rules[index].decides
        weights: dict[int, int] = dict.fromkeys(decided, _OF_RULE)
        for name in concepts:
            known = self._snapshot.concept_index.get(name)
            if known is not None:
                weights[known] = _OF_STEP
        return self._best(weights, limit)

    def of_concept(self, name: str, *, limit: int = 5) -> tuple[Citation, ...]:
        """Return the passages that say most about a concept, best first."""
        known = self._snapshot.concept_index.get(name)
        return () if known is None else self._best({known: _OF_STEP}, limit)

    def _best(self, weights: Mapping[int, int], limit: int) -> tuple[Citation, ...]:
        passages: dict[tuple[int, int, int], list[tuple[int, FactNode]]] = defaultdict(list)
        for index in self._facts(weights):
            fact = self._snapshot.facts[index]
            passages[fact.note, fact.start, fact.end].append((_weight(fact, weights), fact))
        ranked = sorted(passages.items(), key=lambda passage: (-_worth(passage[1]), passage[0]))
        return tuple(self._citation(facts, weights) for _, facts in islice(ranked, limit))

    def _facts(self, concepts: Iterable[int]) -> list[int]:
        """The facts of notes that a concept takes part in, each once, in the order of the snapshot."""
        outgoing, incoming = self._snapshot.outgoing, self._snapshot.incoming
        found = {index for concept in concepts for index in (*outgoing[concept], *incoming[concept])}
        notes = Layer.NOTES.value
        return sorted(index for index in found if self._snapshot.facts[index].layer == notes)

    def _citation(self, weighed: list[tuple[int, FactNode]], weights: Mapping[int, int]) -> Citation:
        facts = [fact for _, fact in sorted(weighed, key=lambda each: -each[0])]
        first = facts[0]
        last_line = first.lines[-1]
        named = dict.fromkeys(c for fact in facts for c in (fact.subject, fact.object) if c in weights)
        return Citation(
            note=first.note,
            document=self._snapshot.notes[first.note].path,
            line=last_line - len(first.quote.splitlines()[1:]),
            end_line=last_line,
            start=first.start,
            end=first.end,
            quote=first.quote,
            facts=tuple(fact.id for fact in facts),
            concepts=tuple(self._snapshot.concepts[c].name for c in sorted(named, key=lambda c: -weights[c])),
        )


def _weight(fact: FactNode, weights: Mapping[int, int]) -> int:
    subject, target = weights.get(fact.subject, 0), weights.get(fact.object, 0)
    factor = (
        _THIN_FACTOR
        if fact.predicate in _THIN
        else _TELLING_FACTOR
        if fact.predicate in _TELLING
        else _PLAIN_FACTOR
    )
    both = _BOTH if subject and target else 1
    return factor * both * (_AS_SUBJECT * subject + _AS_OBJECT * target)


def _worth(weighed: list[tuple[int, FactNode]]) -> float:
    """The best fact counts in full, each further one half as much as the one before."""
    return sum(
        weight * _FURTHER**rank for rank, weight in enumerate(sorted((w for w, _ in weighed), reverse=True))
    )

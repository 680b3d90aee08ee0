"""The snapshot as card makers read it: what notes state and nothing contests, by concept, with its place."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from graph.flashcards.cards import Source, Words
from graph.snapshot import ConceptNode, FactNode, FindingNode, SectionNode, Snapshot
from ontology.lang import Lang
from ontology.statements import Layer
from ontology.vocabulary import curated

# Findings that make a line unfit for a plain card: what it says is not so.
_WRONG = frozenset({"wrong-claim", "outdated"})
_SERIOUS = frozenset({"medium", "high"})
# Outcomes of running a claim that make it one.
_REFUTED = frozenset({"refuted", "outdated"})
_MARK = re.compile(r"^(?:[-*+]|\d+[.)]|#+)\s+")
_NAMED_BY_LABEL = frozenset({"kind", "abstract"})


@dataclass(frozen=True, slots=True)
class Contested:
    """A fact of a note that the curated layer denies or knows as past."""

    fact: FactNode
    by: FactNode


class Reading:
    """One snapshot, read for cards. Immutable."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    @cached_property
    def facts(self) -> tuple[FactNode, ...]:
        """The facts of notes that a plain card may be made of."""
        wrong = {(finding.note, finding.line) for finding in self.wrong}
        wrong |= {(each.fact.note, each.fact.lines[-1]) for each in self.contested}
        return tuple(
            fact
            for fact in self._stated
            if fact.check not in _REFUTED and not any((fact.note, line) in wrong for line in fact.lines)
        )

    @cached_property
    def contested(self) -> tuple[Contested, ...]:
        """The facts of notes that the curated layer contradicts, whatever they are said of."""
        against = {
            (f.subject, f.predicate, f.object, f.text): f
            for f in self._curated
            if (f.negated or (f.grounds and f.grounds.until)) and not self._is_narrow(f)
        }
        found = (
            (fact, against.get((fact.subject, fact.predicate, fact.object, fact.text)))
            for fact in self._stated
        )
        return tuple(Contested(fact, by) for fact, by in found if by is not None and not fact.negated)

    @cached_property
    def wrong(self) -> tuple[FindingNode, ...]:
        """The findings that say a line is wrong or outdated."""
        return tuple(f for f in self.snapshot.findings if f.kind in _WRONG and f.severity in _SERIOUS)

    @cached_property
    def defaults(self) -> dict[int, FactNode]:
        """The curated default of each field that has one without conditions, by the field's index."""
        return {
            f.subject: f
            for f in self._curated
            if f.predicate == "defaultValue" and not (f.grounds and f.grounds.remark)
        }

    @cached_property
    def confusable(self) -> tuple[FactNode, ...]:
        """The curated facts that set two concepts against each other."""
        return tuple(f for f in self._curated if f.predicate == "contrastsWith" and not f.negated)

    @cached_property
    def lines(self) -> tuple[list[str], ...]:
        """The lines of each note."""
        return tuple(note.lines for note in self.snapshot.notes)

    @cached_property
    def about(self) -> dict[int, list[FactNode]]:
        """The usable facts that each concept takes part in, by index, in the order of the notes."""
        found: dict[int, list[FactNode]] = defaultdict(list)
        for fact in self.facts:
            for index in {fact.subject, fact.object} - {-1}:
                found[index].append(fact)
        return found

    @cached_property
    def mentions(self) -> dict[int, FactNode]:
        """The first fact of a note that each concept takes part in, by the concept's index."""
        return {index: facts[0] for index, facts in self.about.items()}

    def concept(self, index: int) -> ConceptNode:
        """Return a concept."""
        return self.snapshot.concepts[index]

    def name(self, index: int) -> str:
        """Return a concept's canonical name."""
        return self.snapshot.concepts[index].name

    def shown(self, index: int) -> Words:
        """Return how a concept is written on a card: as code if the API spells it, else by its label."""
        concept = self.concept(index)
        if concept.kind not in _NAMED_BY_LABEL:
            plain = concept.name if concept.kind in ("phrase", "image") else f"`{concept.name}`"
            return dict.fromkeys(Lang, plain)
        english, korean = label(concept, Lang.EN), label(concept, Lang.KO)
        return {Lang.EN: english, Lang.KO: f"{korean}({english})" if korean != english else english}

    def object_text(self, fact: FactNode) -> str:
        """Return the object of a fact as notes write it: the text, or the value without its type."""
        if fact.object < 0:
            return fact.text
        concept = self.concept(fact.object)
        return concept.name.partition(".")[2] if _is_value(concept) else concept.name

    def concepts_on(self, note: int, line: int) -> tuple[str, ...]:
        """Return the names of what a line says something about."""
        facts = self._by_line.get((note, line), ())
        indices = (index for fact in facts for index in (fact.subject, fact.object) if index >= 0)
        return tuple(dict.fromkeys(map(self.name, indices)))

    def position(self, fact: FactNode) -> tuple[int, int, int]:
        """Return note, line and column of a fact's object, or where its passage begins."""
        line = self.lines[fact.note][fact.lines[-1] - 1]
        column = line.casefold().find(self.object_text(fact).casefold())
        return fact.note, fact.lines[-1], column if column >= 0 else fact.column

    def source(self, fact: FactNode) -> Source:
        """Return where a note says it: its last line is the one that does."""
        note = self.snapshot.notes[fact.note]
        return Source(document=note.path, line=fact.lines[-1], quote=fact.quote)

    def deck(self, fact: FactNode) -> tuple[str, ...]:
        """Return the headings above a fact, the note's title first."""
        return self.headings(fact.note, fact.lines[-1])

    def headings(self, note: int, line: int) -> tuple[str, ...]:
        """Return the headings above a line, the note's title first."""
        found = self.snapshot.notes[note]
        path = [section.title for section in self._sections_above(found.sections, line)]
        title = found.title or found.path
        return tuple(path) if path[:1] == [title] else (title, *path)

    def group(self, *predicates: str) -> dict[tuple[int, str], list[FactNode]]:
        """Return the asserted facts with these predicates by subject and predicate, in order."""
        found: dict[tuple[int, str], list[FactNode]] = {}
        for fact in self.facts:
            if fact.predicate in predicates and not fact.negated:
                found.setdefault((fact.subject, fact.predicate), []).append(fact)
        return found

    @cached_property
    def _by_line(self) -> dict[tuple[int, int], list[FactNode]]:
        found: dict[tuple[int, int], list[FactNode]] = defaultdict(list)
        for fact in self._stated:
            found[fact.note, fact.lines[-1]].append(fact)
        return found

    def _is_narrow(self, fact: FactNode) -> bool:
        """Whether a curated fact counts under certain topics only; what it refutes there has a finding."""
        target = self.name(fact.object) if fact.object >= 0 else fact.text
        return (self.name(fact.subject), fact.predicate, target) in self._narrow

    @cached_property
    def _narrow(self) -> frozenset[tuple[str, str, str]]:
        return frozenset((f.subject, f.predicate, str(f.object)) for f in curated() if f.within)

    @property
    def _stated(self) -> Iterator[FactNode]:
        return (f for f in self.snapshot.facts if f.layer == Layer.NOTES and f.lines)

    @property
    def _curated(self) -> Iterator[FactNode]:
        return (f for f in self.snapshot.facts if f.layer == Layer.CURATED)

    @staticmethod
    def _sections_above(sections: Sequence[SectionNode], line: int) -> list[SectionNode]:
        inside = [s for s in sections if s.line <= line <= s.end_line]
        return sorted(inside, key=lambda s: s.level)


def label(concept: ConceptNode, lang: Lang) -> str:
    """Return a concept's label, its name without one."""
    labels = concept.labels.get(lang.value)
    return labels[0] if labels else concept.name


def unmarked(line: str) -> str:
    """Return a line without the mark of a list item or heading."""
    return _MARK.sub("", line.strip())


def _is_value(concept: ConceptNode) -> bool:
    return concept.kind == "enum" or ("." in concept.name and concept.name.partition(".")[0][:1].isupper())

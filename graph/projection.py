"""From what notes say to the read model: the concepts of all layers get numbers, everything refers to them.

The curated layer comes from the vocabulary itself, so that it is there before the first note is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from graph import reading
from graph.reading import Fact, NoteReading
from graph.snapshot import ConceptNode, FactNode, FindingNode, Grounds, NoteNode, RuleNode, Snapshot, seal
from graph.store import Store, note_graphs
from ontology import iri, vocabulary
from ontology.concepts import Concept
from ontology.lang import Lang
from ontology.statements import Layer, Text


def read(store: Store) -> list[NoteReading]:
    """Read the graphs of all notes."""
    return [reading.of_triples(name, store.triples(name)) for name in note_graphs(store)]


def project(store: Store) -> Snapshot:
    """Return the read model of everything in the store, and of the curated layer."""
    inferred = store.triples(iri.INFERRED_GRAPH)
    results = reading.results(inferred)
    return assemble([reading.marked(note, results) for note in read(store)], reading.inferred(inferred))


def of_vocabulary() -> Snapshot:
    """Return the read model of the curated layer alone: what there is before the first note."""
    return assemble((), ())


def stated(notes: Iterable[NoteReading]) -> Iterator[Fact]:
    """Yield the facts of notes and of the curated layer."""
    for note in notes:
        yield from note.facts
    yield from curated()


def assemble(notes: Iterable[NoteReading], inferred: Iterable[Fact]) -> Snapshot:
    """Return the read model of these notes, the curated layer and inferences. Order does not count."""
    notes = sorted(notes, key=lambda note: note.node.path)
    others = (*curated(), *inferred)
    names = _names(notes, others)
    number = {name: index for index, name in enumerate(names)}
    return seal(
        Snapshot(
            version="",
            concepts=tuple(_concept(name, number) for name in names),
            facts=(
                *(_fact(fact, index, number) for index, note in enumerate(notes) for fact in note.facts),
                *(_fact(fact, -1, number) for fact in others),
            ),
            notes=tuple(_note(note, number) for note in notes),
            findings=tuple(_finding(f, index) for index, note in enumerate(notes) for f in note.findings),
            rules=tuple(_rule(rule, number) for rule in vocabulary.rules().values()),
        )
    )


def curated() -> Iterator[Fact]:
    """Yield the facts of the curated layer, past and denied ones included."""
    for each in vocabulary.curated():
        text = each.object.value if isinstance(each.object, Text) else each.object
        yield Fact(
            id=iri.digest("curated", each.subject, each.predicate, text, str(each.negated), each.until),
            subject=each.subject,
            predicate=each.predicate,
            object=each.object,
            layer=Layer.CURATED,
            kind="curated",
            rule="curated",
            negated=each.negated,
            grounds=Grounds(
                source=each.source,
                since=each.since,
                until=each.until,
                changed_in=each.changed_in,
                remark={lang.value: text for lang, text in each.note.items()},
            ),
        )


def _names(notes: Iterable[NoteReading], others: Iterable[Fact]) -> list[str]:
    names: set[str] = set()
    for concept in vocabulary.registry():
        names.update((concept.name, *concept.broader))
    for rule in vocabulary.rules().values():
        names.update(rule.decides)
    for note in notes:
        names.update(*note.section_names, note.image_names)
        _collect(note.facts, names)
    _collect(others, names)
    return sorted(names)


def _collect(facts: Iterable[Fact], names: set[str]) -> None:
    for fact in facts:
        names.add(fact.subject)
        if isinstance(fact.object, str):
            names.add(fact.object)


def _note(note: NoteReading, number: Mapping[str, int]) -> NoteNode:
    sections = zip(note.node.sections, note.section_names, strict=True)
    images = zip(note.node.images, note.image_names, strict=True)
    return msgspec.structs.replace(
        note.node,
        sections=tuple(
            msgspec.structs.replace(section, concepts=tuple(sorted(number[name] for name in names)))
            for section, names in sections
        ),
        images=tuple(msgspec.structs.replace(image, concept=number[name]) for image, name in images),
    )


def _finding(finding: FindingNode, note: int) -> FindingNode:
    return msgspec.structs.replace(finding, note=note)


def _concept(name: str, number: Mapping[str, int]) -> ConceptNode:
    concept = vocabulary.registry().get(name)
    if concept is None:
        labels = {Lang.EN.value: (name,)}
        return ConceptNode(name, iri.concept(name), _sort_of(name), labels, {}, (), "")
    return ConceptNode(
        name=name,
        iri=concept.iri,
        kind=concept.kind.value,
        labels={lang.value: tuple(_labels(concept, lang)) for lang in Lang},
        definition={lang.value: text for lang, text in concept.definition.items()},
        paths=concept.paths,
        source=concept.source,
        broader=tuple(sorted(number[each] for each in concept.broader)),
        since=concept.since,
        until=concept.until,
    )


def _labels(concept: Concept, wanted: Lang) -> Iterator[str]:
    return (text for lang, text in concept.labels() if lang is wanted)


# What only notes name is told apart by how it is written (see docs/rdf.md).
_SORTS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda name: name.startswith("image:"), "image"),
    (lambda name: "/" in name and name[0].isupper() and name.partition("/")[0].isalnum(), "object"),
)


def _sort_of(name: str) -> str:
    return next((sort for matches, sort in _SORTS if matches(name)), "phrase")


def _fact(fact: Fact, note: int, number: Mapping[str, int]) -> FactNode:
    return FactNode(
        id=fact.id,
        subject=number[fact.subject],
        predicate=fact.predicate,
        object=-1 if isinstance(fact.object, Text) else number[fact.object],
        text=fact.object.value if isinstance(fact.object, Text) else "",
        note=note,
        lines=fact.lines,
        quote=fact.quote,
        start=fact.start,
        end=fact.end,
        layer=fact.layer.value,
        kind=fact.kind,
        rule=fact.rule,
        negated=fact.negated,
        strength=fact.strength,
        condition=fact.condition,
        check=fact.check,
        column=fact.column,
        confidence=fact.confidence,
        grounds=fact.grounds,
    )


def _rule(rule: vocabulary.Rule, number: Mapping[str, int]) -> RuleNode:
    decides = tuple(sorted(number[name] for name in rule.decides))
    return RuleNode(rule.name, rule.iri, decides, rule.source, rule.since, rule.until)

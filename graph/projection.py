"""From the store to the read model, in one pass over each note's graph.

The curated layer comes from the vocabulary itself, so that it is there before the first note is. Nothing is
asked of the engine but whole graphs: they are read as N-Triples (see `graph.ntriples`), which costs a third
of the engine's own objects.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from graph import ntriples
from graph.snapshot import (
    ConceptNode,
    FactNode,
    FindingNode,
    Grounds,
    ImageNode,
    NoteNode,
    RuleNode,
    SectionNode,
    Snapshot,
    seal,
)
from graph.store import Store, Term, note_graphs
from ontology import iri, terms, vocabulary
from ontology.concepts import Concept
from ontology.lang import Lang
from ontology.statements import Layer, Text

Properties = Mapping[str, list[Term]]
Graph = Mapping[str, Properties]

_TRUE = "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact under names, before the concepts of all notes are known and numbered."""

    id: str
    subject: str
    predicate: str
    object: str | Text
    lines: tuple[int, ...] = ()
    quote: str = ""
    column: int = 1
    start: int = 0
    end: int = 0
    layer: Layer = Layer.NOTES
    kind: str = ""
    rule: str = ""
    negated: bool = False
    strength: str = "plain"
    condition: str = ""
    check: str = ""
    confidence: float = 1.0
    grounds: Grounds | None = None


@dataclass(frozen=True, slots=True)
class _Span:
    line: int
    end_line: int
    column: int
    start: int
    end: int
    quote: str


class Reading:
    """What the notes in a store say: each note, and under the same number its facts in order."""

    def __init__(self, notes: Iterable["_Note"]) -> None:
        self.notes = tuple(notes)
        self.stated = tuple(tuple(note.facts()) for note in self.notes)

    def facts(self) -> Iterator[Fact]:
        """Yield the facts of all notes and of the curated layer."""
        for facts in self.stated:
            yield from facts
        yield from curated()


def read(store: Store) -> Reading:
    """Read the graphs of all notes."""
    notes = (_Note(name, _graph(store, name)) for name in note_graphs(store))
    return Reading(sorted(notes, key=lambda note: note.path))


def project(store: Store) -> Snapshot:
    """Return the read model of everything in the store, and of the curated layer."""
    return assemble(read(store), _inferred(_graph(store, iri.INFERRED_GRAPH)))


def assemble(reading: Reading, inferred: Iterable[Fact]) -> Snapshot:
    """Number the concepts of all layers and put everything under numbers."""
    notes, stated = reading.notes, reading.stated
    others = (*curated(), *inferred)
    names = _names(notes, stated, others)
    number = {name: index for index, name in enumerate(names)}
    return seal(
        Snapshot(
            version="",
            concepts=tuple(_concept(name, number) for name in names),
            facts=(
                *(_fact(fact, index, number) for index, facts in enumerate(stated) for fact in facts),
                *(_fact(fact, -1, number) for fact in others),
            ),
            notes=tuple(note.node(number) for note in notes),
            findings=tuple(each for index, note in enumerate(notes) for each in note.findings(index)),
            rules=tuple(_rule(rule, number) for rule in vocabulary.rules().values()),
        )
    )


def of_vocabulary() -> Snapshot:
    """Return the read model of the curated layer alone: what there is before the first note."""
    return assemble(Reading(()), ())


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


def _graph(store: Store, name: str) -> Graph:
    found: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, term in ntriples.read(store.triples(name)):
        found[subject][predicate].append(term)
    return found


class _Note:
    """One note's graph, read into the shapes of the read model."""

    def __init__(self, name: str, graph: Graph) -> None:
        self.iri = name
        self.graph = graph
        self.path = _text(graph[name], terms.PATH)
        self.spans: dict[str, _Span] = {}
        by_type = defaultdict(list)
        for node, properties in graph.items():
            for each in properties.get(terms.TYPE, ()):
                by_type[each.value].append(node)
            if terms.BYTE_START in properties:
                self.spans[node] = _span(properties)
        self.section_nodes = sorted(by_type[terms.SECTION], key=lambda n: _integer(graph[n], terms.ORDER))
        self.image_nodes = by_type[terms.IMAGE]
        self.finding_nodes = by_type[terms.FINDING]

    def node(self, number: Mapping[str, int]) -> NoteNode:
        properties = self.graph[self.iri]
        return NoteNode(
            path=self.path,
            iri=self.iri,
            title=_text(properties, terms.TITLE),
            digest=_text(properties, terms.DIGEST),
            text=_text(properties, terms.TEXT),
            sections=tuple(self._section(self.graph[node], number) for node in self.section_nodes),
            unread=tuple(sorted(int(t.value) for t in properties.get(terms.UNREAD, ()))),
            images=tuple(sorted((self._image(node, number) for node in self.image_nodes), key=_of_image)),
        )

    def concepts(self) -> Iterator[str]:
        """Yield the names that sections and images name."""
        for node in self.section_nodes:
            yield from _concepts(self.graph[node], terms.NAMES)
        yield from map(iri.concept_name, self.image_nodes)

    def facts(self) -> list[Fact]:
        """Return the facts in the order of the note."""
        found = [self._fact(node, p) for node, p in self.graph.items() if terms.SUBJECT in p]
        return sorted(found, key=lambda fact: (fact.start, fact.lines, fact.id))

    def findings(self, index: int) -> list[FindingNode]:
        """Return the findings in the order of the note."""
        found = [self._finding(node, self.graph[node], index) for node in self.finding_nodes]
        return sorted(found, key=lambda finding: (finding.line, finding.column, finding.id))

    def _section(self, properties: Properties, number: Mapping[str, int]) -> SectionNode:
        parent = _text(properties, terms.IN_SECTION)
        return SectionNode(
            title=_text(properties, terms.TITLE),
            level=_integer(properties, terms.LEVEL),
            line=_integer(properties, terms.LINE),
            end_line=_integer(properties, terms.END_LINE),
            parent=self.section_nodes.index(parent) if parent else -1,
            anchor=_text(properties, terms.ANCHOR),
            concepts=tuple(sorted(number[name] for name in _concepts(properties, terms.NAMES))),
        )

    def _image(self, node: str, number: Mapping[str, int]) -> ImageNode:
        properties = self.graph[node]
        section = _text(properties, terms.IN_SECTION)
        return ImageNode(
            concept=number[iri.concept_name(node)],
            address=_text(properties, terms.ADDRESS),
            alt=_text(properties, terms.ALT),
            line=min(self.spans[t.value].line for t in properties[terms.DERIVED]),
            section=self.section_nodes.index(section) if section else -1,
        )

    def _fact(self, node: str, properties: Properties) -> Fact:
        spans = sorted(
            (self.spans[t.value] for t in properties[terms.DERIVED]), key=lambda s: (s.start, s.end)
        )
        # A reader comes down from headings and parents: the last passage is the one that says it.
        said = spans[-1]
        extraction = self.graph[properties[terms.GENERATED][0].value]
        return Fact(
            id=node.removeprefix(iri.FACTS),
            subject=iri.concept_name(_text(properties, terms.SUBJECT)),
            predicate=_text(properties, terms.PREDICATE).removeprefix(iri.NS),
            object=_object(properties[terms.OBJECT][0]),
            lines=tuple(sorted({n for s in spans for n in range(s.line, s.end_line + 1)})),
            quote=said.quote,
            column=said.column,
            start=said.start,
            end=said.end,
            kind=_text(extraction, terms.READ_AS),
            rule=_text(extraction, terms.RULE),
            negated=_text(properties, terms.NEGATED) == _TRUE,
            strength=_text(properties, terms.STRENGTH) or "plain",
            condition=_text(properties, terms.CONDITION),
            check=_text(properties, terms.CHECK),
            confidence=float(_text(properties, terms.CONFIDENCE) or 1),
        )

    def _finding(self, node: str, properties: Properties, index: int) -> FindingNode:
        span = self.spans[properties[terms.DERIVED][0].value]
        return FindingNode(
            id=node.rpartition("/")[2],
            note=index,
            line=span.line,
            column=span.column,
            found=_text(properties, terms.FOUND),
            kind=_text(properties, terms.FINDING_KIND),
            severity=_text(properties, terms.SEVERITY),
            canonical=_text(properties, terms.CANONICAL),
            message={t.tag: t.value for t in sorted(properties.get(terms.MESSAGE, ()), key=lambda t: t.tag)},
            start=span.start,
            end=span.end,
        )


def _inferred(graph: Graph) -> list[Fact]:
    found = [
        Fact(
            id=node.removeprefix(iri.FACTS),
            subject=iri.concept_name(_text(properties, terms.SUBJECT)),
            predicate=_text(properties, terms.PREDICATE).removeprefix(iri.NS),
            object=_object(properties[terms.OBJECT][0]),
            layer=Layer.INFERRED,
            kind="inferred",
            rule=_text(properties, terms.RULE),
            grounds=Grounds(
                premises=tuple(sorted(t.value.removeprefix(iri.FACTS) for t in properties[terms.DERIVED]))
            ),
        )
        for node, properties in graph.items()
        if terms.SUBJECT in properties and terms.RULE in properties  # the others are premises
    ]
    return sorted(found, key=lambda fact: (fact.subject, fact.predicate, str(fact.object)))


def _span(properties: Properties) -> _Span:
    line = _integer(properties, terms.LINE)
    return _Span(
        line,
        _integer(properties, terms.END_LINE) or line,
        _integer(properties, terms.COLUMN),
        _integer(properties, terms.BYTE_START),
        _integer(properties, terms.BYTE_END),
        _text(properties, terms.EXACT),
    )


def _text(properties: Properties, predicate: str) -> str:
    found = properties.get(predicate)
    return found[0].value if found else ""


def _integer(properties: Properties, predicate: str) -> int:
    found = properties.get(predicate)
    return int(found[0].value) if found else 0


def _concepts(properties: Properties, predicate: str) -> Iterator[str]:
    return (iri.concept_name(term.value) for term in properties.get(predicate, ()))


def _object(term: Term) -> str | Text:
    return Text(term.value) if term.kind == "literal" else iri.concept_name(term.value)


def _of_image(image: ImageNode) -> tuple[int, int]:
    return image.line, image.concept


def _names(notes: Iterable[_Note], stated: Iterable[Iterable[Fact]], others: Iterable[Fact]) -> list[str]:
    names = {concept.name for concept in vocabulary.registry()}
    for concept in vocabulary.registry():
        names.update(concept.broader)
    for note in notes:
        names.update(note.concepts())
    for facts in (*stated, others):
        for fact in facts:
            names.add(fact.subject)
            if isinstance(fact.object, str):
                names.add(fact.object)
    for rule in vocabulary.rules().values():
        names.update(rule.decides)
    return sorted(names)


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

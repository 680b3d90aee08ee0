"""One note's graph, read into plain data under names; `graph.projection` numbers the concepts of all notes.

A note is read from the store's N-Triples, or taken from a read model that is still true; who has just read
the note itself can say the same without a graph. All of them give the same.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from graph import ntriples
from graph.snapshot import FactNode, FindingNode, Grounds, ImageNode, NoteNode, SectionNode, Snapshot
from graph.store import Term
from ontology import iri, terms
from ontology.statements import Layer, Text

Properties = Mapping[str, list[Term]]
Graph = Mapping[str, Properties]

_TRUE = "true"
_NOT_YET = -1  # in place of an index that is given later
_LINE_END = re.compile(r"\r\n|\n|\r")
_BYTE_ORDER_MARK = "\ufeff"


class Fact(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A fact under names; otherwise as `FactNode`."""

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


class NoteReading(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A note: its node without what is numbered, the names for that, its facts and findings in order.

    `node.sections` and `node.images` stand in the note's order, and have no concepts yet: those are in
    `section_names`, sorted, and `image_names`. Facts stand by place and id, findings too, images by line and
    name.
    """

    node: NoteNode
    section_names: tuple[tuple[str, ...], ...]
    image_names: tuple[str, ...]
    facts: tuple[Fact, ...]
    findings: tuple[FindingNode, ...]


def grouped(triples: bytes) -> Graph:
    """Return N-Triples by subject and predicate."""
    found: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, term in ntriples.read(triples):
        found[subject][predicate].append(term)
    return found


def of_triples(name: str, triples: bytes) -> NoteReading:
    """Read the graph of the note with that IRI."""
    return _Note(name, grouped(triples)).reading()


def of_snapshot(snapshot: Snapshot) -> dict[str, NoteReading]:
    """Take all notes from a read model, by path."""
    names = [concept.name for concept in snapshot.concepts]
    findings: dict[int, list[FindingNode]] = defaultdict(list)
    for finding in snapshot.findings:
        findings[finding.note].append(msgspec.structs.replace(finding, note=_NOT_YET))
    return {
        note.path: NoteReading(
            node=_without_numbers(note),
            section_names=tuple(tuple(names[c] for c in section.concepts) for section in note.sections),
            image_names=tuple(names[image.concept] for image in note.images),
            facts=tuple(_of_node(snapshot.facts[fact], names) for fact in snapshot.facts_of_note[index]),
            findings=tuple(findings[index]),
        )
        for index, note in enumerate(snapshot.notes)
    }


def inferred(triples: bytes) -> list[Fact]:
    """Read the graph of inferences; what stands in it as a premise only is left out."""
    found = [
        Fact(
            id=node.removeprefix(iri.FACTS),
            subject=iri.concept_name(text(properties, terms.SUBJECT)),
            predicate=text(properties, terms.PREDICATE).removeprefix(iri.NS),
            object=_object(properties[terms.OBJECT][0]),
            layer=Layer.INFERRED,
            kind="inferred",
            rule=text(properties, terms.RULE),
            grounds=Grounds(
                premises=tuple(sorted(t.value.removeprefix(iri.FACTS) for t in properties[terms.DERIVED]))
            ),
        )
        for node, properties in grouped(triples).items()
        if terms.SUBJECT in properties and terms.RULE in properties
    ]
    return sorted(found, key=lambda fact: (fact.subject, fact.predicate, str(fact.object)))


def results(triples: bytes) -> Mapping[str, str]:
    """Read from the graph of inferences what became of the claims of notes, by the id of the fact."""
    return {
        node.removeprefix(iri.FACTS): text(properties, terms.CHECK)
        for node, properties in grouped(triples).items()
        if terms.CHECK in properties
    }


def marked(note: NoteReading, results: Mapping[str, str]) -> NoteReading:
    """Return a note whose facts hold what became of them."""
    facts = tuple(msgspec.structs.replace(fact, check=results.get(fact.id, "")) for fact in note.facts)
    return msgspec.structs.replace(note, facts=facts)


def text(properties: Properties, predicate: str) -> str:
    """Return the first object's value, `""` without one."""
    found = properties.get(predicate)
    return found[0].value if found else ""


@dataclass(frozen=True, slots=True)
class _Span:
    line: int
    end_line: int
    column: int
    start: int
    end: int
    quote: str


class _Note:
    """One note's graph while it is read."""

    def __init__(self, name: str, graph: Graph) -> None:
        self.iri = name
        self.graph = graph
        self.text = text(graph[name], terms.TEXT)
        by_type: dict[str, list[str]] = defaultdict(list)
        for node, properties in graph.items():
            for each in properties.get(terms.TYPE, ()):
                by_type[each.value].append(node)
        self.spans = dict(self._spans())
        self.sections = sorted(by_type[terms.SECTION], key=lambda n: _integer(graph[n], terms.ORDER))
        self.section_index = {node: index for index, node in enumerate(self.sections)}
        self.images = sorted(by_type[terms.IMAGE], key=lambda n: (self._line_of(n), iri.concept_name(n)))
        self.findings = by_type[terms.FINDING]

    def reading(self) -> NoteReading:
        properties = self.graph[self.iri]
        facts = (self._fact(node, p) for node, p in self.graph.items() if terms.SUBJECT in p)
        findings = (self._finding(node, self.graph[node]) for node in self.findings)
        return NoteReading(
            node=NoteNode(
                path=text(properties, terms.PATH),
                iri=self.iri,
                title=text(properties, terms.TITLE),
                digest=text(properties, terms.DIGEST),
                text=self.text,
                sections=tuple(self._section(node, self.graph[node]) for node in self.sections),
                unread=tuple(sorted(int(t.value) for t in properties.get(terms.UNREAD, ()))),
                images=tuple(self._image(node, self.graph[node]) for node in self.images),
            ),
            section_names=tuple(tuple(sorted(_names(self.graph[n], terms.NAMES))) for n in self.sections),
            image_names=tuple(map(iri.concept_name, self.images)),
            facts=tuple(sorted(facts, key=lambda fact: (fact.start, fact.lines, fact.id))),
            findings=tuple(sorted(findings, key=lambda each: (each.line, each.column, each.id))),
        )

    def _spans(self) -> Iterator[tuple[str, _Span]]:
        """The spans with what follows from their place in the text: columns and bytes."""
        nodes = {node: p for node, p in self.graph.items() if terms.EXACT in p}
        places = {node: (_integer(p, terms.START), _integer(p, terms.END)) for node, p in nodes.items()}
        offsets = _bytes(self.text, {offset for place in places.values() for offset in place})
        first = 1 if self.text.startswith(_BYTE_ORDER_MARK) else 0
        lines = [first, *(match.end() for match in _LINE_END.finditer(self.text))]
        for node, properties in nodes.items():
            start, end = places[node]
            line = _integer(properties, terms.LINE)
            yield (
                node,
                _Span(
                    line,
                    _integer(properties, terms.END_LINE) or line,
                    start - lines[line - 1] + 1,
                    offsets[start],
                    offsets[end],
                    text(properties, terms.EXACT),
                ),
            )

    def _place(self, properties: Properties) -> list[_Span]:
        """The spans that something is derived from, in the order of the note."""
        return sorted(
            (self.spans[t.value] for t in properties[terms.DERIVED]), key=lambda s: (s.start, s.end)
        )

    def _line_of(self, node: str) -> int:
        return self._place(self.graph[node])[0].line

    def _section(self, node: str, properties: Properties) -> SectionNode:
        parent = text(properties, terms.IN_SECTION)
        return SectionNode(
            title=text(properties, terms.TITLE),
            level=_integer(properties, terms.LEVEL),
            line=self._line_of(node),
            end_line=_integer(properties, terms.END_LINE),
            parent=self.section_index[parent] if parent else -1,
            anchor=text(properties, terms.ANCHOR),
            concepts=(),
        )

    def _image(self, node: str, properties: Properties) -> ImageNode:
        section = text(properties, terms.IN_SECTION)
        return ImageNode(
            concept=_NOT_YET,
            address=text(properties, terms.ADDRESS),
            alt=text(properties, terms.ALT),
            line=self._line_of(node),
            section=self.section_index[section] if section else -1,
        )

    def _fact(self, node: str, properties: Properties) -> Fact:
        spans = self._place(properties)
        # A reader comes down from headings and parents: the last passage is the one that says it.
        said = spans[-1]
        extraction = self.graph[properties[terms.GENERATED][0].value]
        return Fact(
            id=node.removeprefix(iri.FACTS),
            subject=iri.concept_name(text(properties, terms.SUBJECT)),
            predicate=text(properties, terms.PREDICATE).removeprefix(iri.NS),
            object=_object(properties[terms.OBJECT][0]),
            lines=tuple(sorted({n for s in spans for n in range(s.line, s.end_line + 1)})),
            quote=said.quote,
            column=said.column,
            start=said.start,
            end=said.end,
            kind=text(extraction, terms.READ_AS),
            rule=text(extraction, terms.RULE),
            negated=text(properties, terms.NEGATED) == _TRUE,
            strength=text(properties, terms.STRENGTH) or "plain",
            condition=text(properties, terms.CONDITION),
            check=text(properties, terms.CHECK),
            confidence=float(text(properties, terms.CONFIDENCE) or 1),
        )

    def _finding(self, node: str, properties: Properties) -> FindingNode:
        (span,) = self._place(properties)
        messages = sorted(properties.get(terms.MESSAGE, ()), key=lambda term: term.tag)
        return FindingNode(
            id=node.rpartition("/")[2],
            note=_NOT_YET,
            line=span.line,
            column=span.column,
            found=text(properties, terms.FOUND),
            kind=text(properties, terms.FINDING_KIND),
            severity=text(properties, terms.SEVERITY),
            canonical=text(properties, terms.CANONICAL),
            message={term.tag: term.value for term in messages},
            start=span.start,
            end=span.end,
        )


def _bytes(whole: str, offsets: Iterable[int]) -> dict[int, int]:
    """For each offset into the characters the offset into the bytes, in one pass over the text."""
    found: dict[int, int] = {}
    before = count = 0
    for offset in sorted(offsets):
        count += len(whole[before:offset].encode())
        found[offset] = count
        before = offset
    return found


def _without_numbers(note: NoteNode) -> NoteNode:
    return msgspec.structs.replace(
        note,
        sections=tuple(msgspec.structs.replace(section, concepts=()) for section in note.sections),
        images=tuple(msgspec.structs.replace(image, concept=_NOT_YET) for image in note.images),
    )


def _of_node(node: FactNode, names: list[str]) -> Fact:
    return Fact(
        id=node.id,
        subject=names[node.subject],
        predicate=node.predicate,
        object=Text(node.text) if node.object < 0 else names[node.object],
        lines=node.lines,
        quote=node.quote,
        column=node.column,
        start=node.start,
        end=node.end,
        layer=Layer(node.layer),
        kind=node.kind,
        rule=node.rule,
        negated=node.negated,
        strength=node.strength,
        condition=node.condition,
        check=node.check,
        confidence=node.confidence,
        grounds=node.grounds,
    )


def _integer(properties: Properties, predicate: str) -> int:
    found = properties.get(predicate)
    return int(found[0].value) if found else 0


def _names(properties: Properties, predicate: str) -> Iterator[str]:
    return (iri.concept_name(term.value) for term in properties.get(predicate, ()))


def _object(term: Term) -> str | Text:
    return Text(term.value) if term.kind == "literal" else iri.concept_name(term.value)

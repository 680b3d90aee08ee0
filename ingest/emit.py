"""Statements to RDF: one named graph a note, each fact with the place it came from.

N-Quads are written as text, without a library in between: a note costs some thousand quads, and making a
term object of each would cost more than reading the note. Who wants a library has `dataset`.

A fact is a reified statement (`rdf:subject`, `rdf:predicate`, `rdf:object`) beside the plain triple, which
is left out where the note denies it. What many facts share is said once: the spans they stand on, and the
extraction (rule and sort of reading) that found them. docs/rdf.md has the table.

Source: W3C N-Quads; PROV-O; Web Annotation Data Model, sections 4.2.4 and 4.2.5 (selectors); RFC 5147
(fragments of plain text).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from ingest.ingested import Ingested
from ingest.lint.findings import Finding
from ingest.lint.wording import message
from ingest.parse.note import Image, Section
from ontology import iri, terms
from ontology.concepts import ConceptRegistry
from ontology.lang import Lang
from ontology.statements import Span, Statement, Strength, Text

if TYPE_CHECKING:
    from rdflib import Dataset

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
_TRUE = f'"true"^^<{terms.BOOLEAN}>'
# A name as long as a term of the notes is asked for again and again, a whole text never.
_NAMES_KEPT = 100_000


def emit(note: Ingested, *, known: ConceptRegistry | None = None, reader: str = "") -> bytes:
    """Return the note's graph as N-Quads, in the order of the note.

    `known` are the concepts that the vocabulary labels; any other gets its name as label. `reader` names
    the version of who read. Equal notes give equal bytes.
    """
    graph = iri.note(note.document)
    lines = _Writer(note, reader).lines(known)
    end = f" <{graph}> .\n"
    return "".join(f"{line}{end}" for line in lines).encode("utf-8", "replace")


def dataset(notes: Iterable[Ingested]) -> "Dataset":
    """Return notes as one `rdflib.Dataset`, a graph a note."""
    from rdflib import Dataset, URIRef  # noqa: PLC0415 - slow to load; only who asks for a dataset pays

    found = Dataset()
    for note in notes:
        name = iri.note(note.document)
        # A raw line end never stands inside a term, so this takes off exactly the graph's name.
        triples = emit(note).replace(f" <{name}> .\n".encode(), b" .\n")
        found.graph(URIRef(name)).parse(data=triples, format="nt")
    return found


class _Writer:
    """Writes one note. Lines are triples without their end, so that the graph's name is joined once."""

    def __init__(self, note: Ingested, reader: str) -> None:
        self.note = note
        self.reader = reader
        self.iri = iri.note(note.document)
        self.node = f"<{self.iri}>"
        self.data = note.text.encode("utf-8", "replace")
        self.written: set[str] = set()
        self.characters = _characters(self.data, self._offsets())

    def lines(self, known: ConceptRegistry | None) -> Iterator[str]:
        yield from self._note()
        for index, section in enumerate(self.note.sections):
            yield from self._section(index, section)
        for image in self.note.images:
            yield from self._image(image)
        repeated: Counter[tuple[str, ...]] = Counter()
        for statement in self.note.statements:
            yield from self._fact(statement, repeated)
        yield from self._labels(known)
        for finding in self.note.findings:
            yield from self._finding(finding)

    def _note(self) -> Iterator[str]:
        note, node = self.note, self.node
        yield f"{node} {_TYPE} <{terms.NOTE}>"
        yield f"{node} <{terms.PATH}> {_literal(note.document)}"
        yield f"{node} <{terms.DIGEST}> {_literal(note.digest)}"
        if self.reader:
            yield f"{node} <{terms.READER}> {_literal(self.reader)}"
        yield f"{node} <{terms.TITLE}> {_literal(note.title)}"
        yield f"{node} <{terms.TEXT}> {_literal(note.text)}"
        for line in note.unread:
            yield f"{node} <{terms.UNREAD}> {_integer(line)}"

    def _section(self, index: int, section: Section) -> Iterator[str]:
        node = self._section_node(index)
        span, lines = self._span(section.span)
        yield from lines
        yield f"{node} {_TYPE} <{terms.SECTION}>"
        yield f"{node} <{terms.IN_NOTE}> {self.node}"
        yield f"{node} <{terms.TITLE}> {_literal(section.title)}"
        yield f"{node} <{terms.ORDER}> {_integer(index)}"
        yield f"{node} <{terms.LEVEL}> {_integer(section.level)}"
        yield f"{node} <{terms.ANCHOR}> {_literal(section.anchor)}"
        yield f"{node} <{terms.END_LINE}> {_integer(section.end_line)}"
        yield f"{node} <{terms.DERIVED}> {span}"
        if section.parent is not None:
            yield f"{node} <{terms.IN_SECTION}> {self._section_node(section.parent)}"
        for name in section.concepts:
            yield f"{node} <{terms.NAMES}> {_concept(name)}"

    def _section_node(self, index: int) -> str:
        return f"<{iri.part(self.iri, 'section', str(index))}>"

    def _image(self, image: Image) -> Iterator[str]:
        node = _concept(image.name)
        span, lines = self._span(image.span)
        yield from lines
        yield f"{node} {_TYPE} <{terms.IMAGE}>"
        yield f"{node} <{terms.IN_NOTE}> {self.node}"
        yield f"{node} <{terms.ADDRESS}> {_literal(image.address)}"
        yield f"{node} <{terms.DERIVED}> {span}"
        if image.alt:
            yield f"{node} <{terms.ALT}> {_literal(image.alt)}"
        if image.section is not None:
            yield f"{node} <{terms.IN_SECTION}> {self._section_node(image.section)}"

    def _fact(self, said: Statement, repeated: Counter[tuple[str, ...]]) -> Iterator[str]:
        is_text = isinstance(said.object, Text)
        target = said.object.value if isinstance(said.object, Text) else said.object
        meaning = (said.subject, said.predicate, target, str(is_text), str(said.negated), said.condition)
        repeated[meaning] += 1
        node = f"<{iri.fact(self.note.document, *meaning, str(repeated[meaning]))}>"
        subject, predicate = _concept(said.subject), f"<{iri.predicate(said.predicate)}>"
        object_ = _literal(target) if is_text else _concept(target)
        extraction, lines = self._extraction(said)
        yield from lines
        if not said.negated:
            yield f"{subject} {predicate} {object_}"
        yield f"{node} <{terms.SUBJECT}> {subject}"
        yield f"{node} <{terms.PREDICATE}> {predicate}"
        yield f"{node} <{terms.OBJECT}> {object_}"
        yield f"{node} <{terms.GENERATED}> {extraction}"
        for each in dict.fromkeys(said.spans):
            span, lines = self._span(each)
            yield from lines
            yield f"{node} <{terms.DERIVED}> {span}"
        yield from self._manner(node, said)

    def _manner(self, node: str, said: Statement) -> Iterator[str]:
        """What is usual is not said: asserted, plainly, without condition, with full confidence."""
        if said.negated:
            yield f"{node} <{terms.NEGATED}> {_TRUE}"
        if said.strength is not Strength.PLAIN:
            yield f"{node} <{terms.STRENGTH}> {_literal(said.strength)}"
        if said.condition:
            yield f"{node} <{terms.CONDITION}> {_literal(said.condition)}"
        if said.confidence < 1:
            yield f'{node} <{terms.CONFIDENCE}> "{said.confidence:.2f}"^^<{terms.DECIMAL}>'

    def _extraction(self, said: Statement) -> tuple[str, Iterable[str]]:
        node = f"<{iri.part(self.iri, 'extraction', said.rule, said.kind)}>"
        if node in self.written:
            return node, ()
        self.written.add(node)
        return node, (
            f"{node} {_TYPE} <{terms.EXTRACTION}>",
            f"{node} <{terms.RULE}> {_literal(said.rule)}",
            f"{node} <{terms.READ_AS}> {_literal(said.kind)}",
        )

    def _labels(self, known: ConceptRegistry | None) -> Iterator[str]:
        names = {
            name for s in self.note.statements for name in (s.subject, s.object) if isinstance(name, str)
        }
        for name in sorted(names):
            if known is None or name not in known:
                yield f"{_concept(name)} <{terms.LABEL}> {_literal(name)}"

    def _finding(self, finding: Finding) -> Iterator[str]:
        place = (finding.kind, str(finding.line), str(finding.column), finding.found, finding.canonical)
        node = f"<{iri.part(self.iri, 'finding', *place)}>"
        if node in self.written:
            return
        self.written.add(node)
        span, lines = self._span(_span_of(finding))
        yield from lines
        yield f"{node} {_TYPE} <{terms.FINDING}>"
        yield f"{node} <{terms.DERIVED}> {span}"
        yield f"{node} <{terms.FINDING_KIND}> {_literal(finding.kind)}"
        yield f"{node} <{terms.SEVERITY}> {_literal(finding.severity)}"
        yield f"{node} <{terms.FOUND}> {_literal(finding.found)}"
        if finding.canonical:
            yield f"{node} <{terms.CANONICAL}> {_literal(finding.canonical)}"
        if finding.wording:
            for lang in Lang:
                yield f"{node} <{terms.MESSAGE}> {_literal(message(finding, lang))}@{lang}"

    def _span(self, span: Span) -> tuple[str, Iterable[str]]:
        """The node of a span, and its triples the first time.

        Its IRI is the note's with a text fragment (RFC 5147); bytes and column follow from the text.
        """
        quote = self.data[span.start : span.end].decode("utf-8", "replace")
        start = self.characters[span.start]
        end = start + len(quote)
        node = f"<{self.iri}#char={start},{end}>"
        if node in self.written:
            return node, ()
        self.written.add(node)
        lines = [
            f"{node} <{terms.HAS_SOURCE}> {self.node}",
            f"{node} <{terms.LINE}> {_integer(span.line)}",
            f"{node} <{terms.START}> {_integer(start)}",
            f"{node} <{terms.END}> {_integer(end)}",
            f"{node} <{terms.EXACT}> {_literal(quote)}",
        ]
        if span.end_line != span.line:
            lines.append(f"{node} <{terms.END_LINE}> {_integer(span.end_line)}")
        return node, lines

    def _offsets(self) -> Iterator[int]:
        note = self.note
        yield from (span.start for statement in note.statements for span in statement.spans)
        yield from (section.span.start for section in note.sections)
        yield from (image.span.start for image in note.images)
        yield from (finding.start for finding in note.findings)


def _span_of(finding: Finding) -> Span:
    return Span(
        document=finding.document,
        line=finding.line,
        column=finding.column,
        start=finding.start,
        end=finding.end,
        end_line=finding.line,
    )


def _characters(data: bytes, offsets: Iterable[int]) -> dict[int, int]:
    """For each offset into the bytes the offset into the characters, in one pass over the text."""
    found: dict[int, int] = {}
    before = characters = 0
    for offset in sorted(set(offsets)):
        characters += len(data[before:offset].decode("utf-8", "replace"))
        found[offset] = characters
        before = offset
    return found


_TYPE = f"<{terms.TYPE}>"


@lru_cache(_NAMES_KEPT)
def _concept(name: str) -> str:
    return f"<{iri.concept(name)}>"


def _literal(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'


@lru_cache(_NAMES_KEPT)
def _integer(value: int) -> str:
    return f'"{value}"^^<{terms.INTEGER}>'

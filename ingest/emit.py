"""Statements to RDF: one named graph a note, each fact with the place it came from.

N-Quads are written as text, without a library in between: a note costs some thousand quads, and making a
term object of each would cost more than reading the note. Who wants a library has `dataset`.

A fact is a reified statement (`rdf:subject`, `rdf:predicate`, `rdf:object`) beside the plain triple, which
is left out where the note denies it. What many facts share is said once: the spans they stand on, and the
extraction (rule and sort of reading) that found them. docs/rdf.md has the table.

Source: W3C N-Quads; PROV-O; Web Annotation Data Model, sections 4.2.4 and 4.2.5 (selectors); RFC 5147
(fragments of plain text).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from ingest import identity
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

_ESCAPED = re.compile(r'["\\\n\r]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_TRUE = f'"true"^^<{terms.BOOLEAN}>'
# A name as long as a term of the notes is asked for again and again, a whole text never.
_NAMES_KEPT = 100_000
_TOGETHER = 400

_Property = tuple[str, str]
"""A predicate's IRI and an object as it is written."""


def emit(note: Ingested, *, known: ConceptRegistry | None = None, reader: str = "") -> bytes:
    """Return the note's graph as N-Quads, in the order of the note.

    `known` are the concepts that the vocabulary labels; any other gets its name as label. `reader` names
    the version of who read. Equal notes give equal bytes.
    """
    return b"".join(pieces(note, known=known, reader=reader))


def pieces(note: Ingested, *, known: ConceptRegistry | None = None, reader: str = "") -> Iterator[bytes]:
    """Yield the same in pieces of some hundred kilobytes: a long note gives gigabytes."""
    quads = _Writer(note, reader).quads(known)
    while some := "".join(islice(quads, _TOGETHER)):
        yield some.encode("utf-8", "replace")


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
    """Writes one note: pieces of whole quads. What stands many times in a note is written in one piece."""

    def __init__(self, note: Ingested, reader: str) -> None:
        self.note = note
        self.reader = reader
        self.iri = iri.note(note.document)
        self.node = f"<{self.iri}>"
        self.end = f" {self.node} .\n"
        self.data = note.text.encode("utf-8", "replace")
        self.written: set[str] = set()
        self.characters = _characters(self.data, self._offsets())

    def quads(self, known: ConceptRegistry | None) -> Iterator[str]:
        yield self._about(self.node, self._note())
        for index, section in enumerate(self.note.sections):
            span, new = self._span(section.span)
            yield new + self._about(self._section_node(index), self._section(index, section, span))
        for name, places in identity.images(self.note).items():
            yield from self._image(name, places)
        for node, statement in identity.facts(self.note):
            yield self._fact(f"<{node}>", statement)
        for name in self._unlabelled(known):
            yield self._about(_concept(name), [(terms.LABEL, _literal(name))])
        for node, finding in identity.findings(self.note).items():
            span, new = self._span(_span_of(finding))
            yield new + self._about(f"<{node}>", _finding(finding, span))

    def _about(self, node: str, properties: Iterable[_Property]) -> str:
        return "".join([f"{node} <{predicate}> {object_}{self.end}" for predicate, object_ in properties])

    def _note(self) -> Iterator[_Property]:
        note = self.note
        yield terms.TYPE, f"<{terms.NOTE}>"
        yield terms.PATH, _literal(note.document)
        yield terms.DIGEST, _literal(note.digest)
        if self.reader:
            yield terms.READER, _literal(self.reader)
        yield terms.TITLE, _literal(note.title)
        yield terms.TEXT, _literal(note.text)
        for line in note.unread:
            yield terms.UNREAD, _integer(line)

    def _section(self, index: int, section: Section, span: str) -> Iterator[_Property]:
        yield terms.TYPE, f"<{terms.SECTION}>"
        yield terms.IN_NOTE, self.node
        yield terms.TITLE, _literal(section.title)
        yield terms.ORDER, _integer(index)
        yield terms.LEVEL, _integer(section.level)
        yield terms.ANCHOR, _literal(section.anchor)
        yield terms.END_LINE, _integer(section.end_line)
        yield terms.DERIVED, span
        if section.parent is not None:
            yield terms.IN_SECTION, self._section_node(section.parent)
        for name in section.concepts:
            yield terms.NAMES, _concept(name)

    def _section_node(self, index: int) -> str:
        return f"<{iri.part(self.iri, 'section', str(index))}>"

    def _image(self, name: str, places: Sequence[Image]) -> Iterator[str]:
        """A picture as it is shown first, and each place that shows it."""
        node, image = _concept(name), places[0]
        properties = [
            (terms.TYPE, f"<{terms.IMAGE}>"),
            (terms.IN_NOTE, self.node),
            (terms.ADDRESS, _literal(image.address)),
        ]
        if image.alt:
            properties.append((terms.ALT, _literal(image.alt)))
        if image.section is not None:
            properties.append((terms.IN_SECTION, self._section_node(image.section)))
        yield self._about(node, properties)
        for span in dict.fromkeys(each.span for each in places):
            place, new = self._span(span)
            yield new + self._about(node, [(terms.DERIVED, place)])

    def _fact(self, node: str, said: Statement) -> str:
        is_text = isinstance(said.object, Text)
        target = said.object.value if isinstance(said.object, Text) else said.object
        subject, predicate = _concept(said.subject), f"<{iri.predicate(said.predicate)}>"
        object_ = _literal(target) if is_text else _concept(target)
        extraction, pieces = self._extraction(said)
        end = self.end
        if not said.negated:
            pieces += f"{subject} {predicate} {object_}{end}"
        pieces += (
            f"{node} <{terms.SUBJECT}> {subject}{end}"
            f"{node} <{terms.PREDICATE}> {predicate}{end}"
            f"{node} <{terms.OBJECT}> {object_}{end}"
            f"{node} <{terms.GENERATED}> {extraction}{end}"
        )
        for each in dict.fromkeys(said.spans):
            span, new = self._span(each)
            pieces += f"{new}{node} <{terms.DERIVED}> {span}{end}"
        return pieces + self._about(node, _manner(said))

    def _extraction(self, said: Statement) -> tuple[str, str]:
        node = f"<{iri.part(self.iri, 'extraction', said.rule, said.kind)}>"
        if node in self.written:
            return node, ""
        self.written.add(node)
        properties = (
            (terms.TYPE, f"<{terms.EXTRACTION}>"),
            (terms.RULE, _literal(said.rule)),
            (terms.READ_AS, _literal(said.kind)),
        )
        return node, self._about(node, properties)

    def _unlabelled(self, known: ConceptRegistry | None) -> list[str]:
        names = {
            name for s in self.note.statements for name in (s.subject, s.object) if isinstance(name, str)
        }
        return sorted(name for name in names if known is None or name not in known)

    def _span(self, span: Span) -> tuple[str, str]:
        """The node of a span, and its quads the first time.

        Its IRI is the note's with a text fragment (RFC 5147); bytes and column follow from the text.
        """
        quote = self.data[span.start : span.end].decode("utf-8", "replace")
        first = self.characters[span.start]
        last = first + len(quote)
        node = f"<{self.iri}#char={first},{last}>"
        if node in self.written:
            return node, ""
        self.written.add(node)
        end = self.end
        quads = (
            f"{node} <{terms.HAS_SOURCE}> {self.node}{end}"
            f"{node} <{terms.LINE}> {_integer(span.line)}{end}"
            f"{node} <{terms.START}> {_integer(first)}{end}"
            f"{node} <{terms.END}> {_integer(last)}{end}"
            f"{node} <{terms.EXACT}> {_literal(quote)}{end}"
        )
        if span.end_line != span.line:
            quads += f"{node} <{terms.END_LINE}> {_integer(span.end_line)}{end}"
        return node, quads

    def _offsets(self) -> Iterator[int]:
        note = self.note
        yield from (span.start for statement in note.statements for span in statement.spans)
        yield from (section.span.start for section in note.sections)
        yield from (image.span.start for image in note.images)
        yield from (finding.start for finding in note.findings)


def _manner(said: Statement) -> Iterator[_Property]:
    """What is usual is not said: asserted, plainly, without condition, with full confidence."""
    if said.negated:
        yield terms.NEGATED, _TRUE
    if said.strength is not Strength.PLAIN:
        yield terms.STRENGTH, _literal(said.strength)
    if said.condition:
        yield terms.CONDITION, _literal(said.condition)
    if said.confidence < 1:
        yield terms.CONFIDENCE, f'"{said.confidence:.2f}"^^<{terms.DECIMAL}>'


def _finding(finding: Finding, span: str) -> Iterator[_Property]:
    yield terms.TYPE, f"<{terms.FINDING}>"
    yield terms.DERIVED, span
    yield terms.FINDING_KIND, _literal(finding.kind)
    yield terms.SEVERITY, _literal(finding.severity)
    yield terms.FOUND, _literal(finding.found)
    if finding.canonical:
        yield terms.CANONICAL, _literal(finding.canonical)
    if finding.wording:
        for lang in Lang:
            yield terms.MESSAGE, f"{_literal(message(finding, lang))}@{lang}"


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


@lru_cache(_NAMES_KEPT)
def _concept(name: str) -> str:
    return f"<{iri.concept(name)}>"


def _literal(text: str) -> str:
    if _ESCAPED.search(text):
        text = _ESCAPED.sub(lambda match: _ESCAPES[match[0]], text)
    return f'"{text}"'


@lru_cache(_NAMES_KEPT)
def _integer(value: int) -> str:
    return f'"{value}"^^<{terms.INTEGER}>'

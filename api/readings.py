"""A note just read, as the read model wants it: the same as reading its graph back, without a graph.

`ingest` and `graph` do not know each other; here what the one found becomes what the other keeps.
"""

from collections.abc import Sequence

from graph.reading import Fact, NoteReading
from graph.snapshot import FindingNode, ImageNode, NoteNode, SectionNode
from ingest import identity
from ingest.ingested import Ingested
from ingest.lint.findings import Finding
from ingest.lint.wording import message
from ingest.parse.note import Image, Section
from ontology import iri
from ontology.lang import Lang
from ontology.statements import Span, Statement

_NOT_YET = -1  # in place of an index that is given later
_NONE = -1


def of_note(note: Ingested) -> NoteReading:
    """Return what a note says under names, as `graph.reading.of_triples` does of its graph."""
    data = note.text.encode("utf-8", "replace")
    shown = ((_image(places), name) for name, places in identity.images(note).items())
    images = sorted(shown, key=lambda named: (named[0].line, named[1]))
    facts = [_fact(node, said, data) for node, said in identity.facts(note)]
    findings = [_finding(node, found) for node, found in identity.findings(note).items()]
    return NoteReading(
        node=NoteNode(
            path=note.document,
            iri=iri.note(note.document),
            title=note.title,
            digest=note.digest,
            text=note.text,
            sections=tuple(map(_section, note.sections)),
            unread=tuple(sorted(set(note.unread))),
            images=tuple(image for image, _ in images),
        ),
        section_names=tuple(tuple(sorted(set(section.concepts))) for section in note.sections),
        image_names=tuple(name for _, name in images),
        facts=tuple(sorted(facts, key=lambda fact: (fact.start, fact.lines, fact.id))),
        findings=tuple(sorted(findings, key=lambda each: (each.line, each.column, each.id))),
    )


def _section(section: Section) -> SectionNode:
    return SectionNode(
        title=section.title,
        level=section.level,
        line=section.span.line,
        end_line=section.end_line,
        parent=_NONE if section.parent is None else section.parent,
        anchor=section.anchor,
        concepts=(),
    )


def _image(places: Sequence[Image]) -> ImageNode:
    """A picture as it is shown first."""
    first = places[0]
    return ImageNode(
        concept=_NOT_YET,
        address=first.address,
        alt=first.alt,
        line=min((each.span for each in places), key=_place).line,
        section=_NONE if first.section is None else first.section,
    )


def _place(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _fact(node: str, said: Statement, data: bytes) -> Fact:
    last = max(said.spans, key=_place)
    return Fact(
        id=node.removeprefix(iri.FACTS),
        subject=said.subject,
        predicate=said.predicate,
        object=said.object,
        lines=said.lines,
        quote=data[last.start : last.end].decode("utf-8", "replace"),
        column=last.column,
        start=last.start,
        end=last.end,
        kind=said.kind,
        rule=said.rule,
        negated=said.negated,
        strength=said.strength.value,
        condition=said.condition,
        confidence=float(round(said.confidence, 2)),
    )


def _finding(node: str, found: Finding) -> FindingNode:
    return FindingNode(
        id=node.rpartition("/")[2],
        note=_NOT_YET,
        line=found.line,
        column=found.column,
        found=found.found,
        kind=found.kind,
        severity=found.severity.value,
        canonical=found.canonical,
        message={lang: message(found, Lang(lang)) for lang in sorted(Lang)} if found.wording else {},
        start=found.start,
        end=found.end,
    )

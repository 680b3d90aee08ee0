from dataclasses import replace

import msgspec.structs
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from ingest import emit, read
from ingest.ingested import Ingested
from ingest.pipeline import ingest_note
from ontology import iri, terms, vocabulary
from ontology.lang import Lang

NOTE = """# Pod

- Pending, Running : 파드의 상태
- Taint effects: NoSchedule

| 필드 | 기본값 |
| --- | --- |
| periodSeconds | 10초 |
"""


def ingested(text: str, document: str = "pods.md") -> Ingested:
    return ingest_note(read.from_text(text, document=document), vocabulary.registry())


def quads(note: Ingested) -> list[Quad]:
    return list(parse(emit.emit(note, known=vocabulary.registry()), format=RdfFormat.N_QUADS))


def values(found: list[Quad], subject: object, predicate: str) -> list[str]:
    return [q.object.value for q in found if q.subject == subject and q.predicate.value == predicate]  # type: ignore[union-attr]


def facts(found: list[Quad]) -> list[object]:
    return [q.subject for q in found if q.predicate.value == terms.SUBJECT]


def test_equal_notes_give_equal_bytes() -> None:
    assert emit.emit(ingested(NOTE)) == emit.emit(ingested(NOTE))


def test_everything_is_in_the_graph_of_the_note() -> None:
    assert {q.graph_name for q in quads(ingested(NOTE))} == {NamedNode(iri.note("pods.md"))}


def test_every_fact_says_where_it_comes_from_and_by_which_rule() -> None:
    found = quads(ingested(NOTE))

    assert facts(found)
    for fact in facts(found):
        spans = values(found, fact, terms.DERIVED)
        (extraction,) = values(found, fact, terms.GENERATED)
        assert spans
        assert all(values(found, NamedNode(span), terms.EXACT) for span in spans)
        assert len(values(found, NamedNode(extraction), terms.RULE)) == 1


@settings(deadline=None)  # the first example builds what the others use
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_spans_lead_back_to_the_text(odd: str, line_end: str, mark: bool) -> None:
    text = ("\ufeff" if mark else "") + f"{odd}\n{NOTE}".replace("\n", line_end)
    note = ingested(text)

    found = quads(note)

    spans = {q.subject for q in found if q.predicate.value == terms.EXACT}
    assert spans
    for span in spans:
        first, last = (int(values(found, span, name)[0]) for name in (terms.START, terms.END))
        assert values(found, span, terms.EXACT) == [text[first:last]]


def test_the_text_of_a_note_survives() -> None:
    text = 'quote " back \\ tab \t end\r\n한글 \u2028 \x0b\n'
    found = quads(ingested(text))

    assert values(found, NamedNode(iri.note("pods.md")), terms.TEXT) == [text]


def test_a_denied_fact_has_no_plain_triple() -> None:
    note = ingested(NOTE)
    denied = replace(
        note, statements=tuple(msgspec.structs.replace(s, negated=True) for s in note.statements)
    )
    predicates = {iri.predicate(s.predicate) for s in note.statements}

    found = quads(denied)

    assert facts(found)
    assert not [q for q in found if q.predicate.value in predicates]
    assert all(values(found, fact, terms.NEGATED) == ["true"] for fact in facts(found))


def test_a_fact_costs_few_quads() -> None:
    note = ingested(NOTE)
    first = note.statements[0]
    one, many = (
        replace(
            note,
            sections=(),
            statements=tuple(msgspec.structs.replace(first, object=f"C{i}") for i in range(n)),
        )
        for n in (1, 101)
    )

    more = len(quads(many)) - len(quads(one))

    spans = len(set(first.spans))
    label = 1
    assert more / 100 <= 5 + spans + label


def test_what_the_vocabulary_does_not_know_gets_its_name_as_label() -> None:
    note = ingested(NOTE)
    odd = msgspec.structs.replace(note.statements[0], subject="이상한 것")

    found = quads(replace(note, statements=(odd,)))

    assert values(found, NamedNode(iri.concept("이상한 것")), terms.LABEL) == ["이상한 것"]
    assert values(found, NamedNode(iri.concept("Pod")), terms.LABEL) == []


def test_a_finding_is_worded_in_both_languages() -> None:
    note = ingested("# Pod\n\n- Wating : 기다리는 상태\n")
    assert [finding.found for finding in note.findings] == ["Wating"]

    found = quads(note)

    (finding,) = (q.subject for q in found if q.predicate.value == terms.FOUND)
    (place,) = values(found, finding, terms.DERIVED)
    assert values(found, NamedNode(place), terms.EXACT) == ["Wating"]
    messages = [q.object for q in found if q.subject == finding and q.predicate.value == terms.MESSAGE]
    assert {m.language for m in messages if isinstance(m, Literal)} == {lang.value for lang in Lang}


def test_a_dataset_has_a_graph_for_each_note() -> None:
    notes = [ingested(NOTE, name) for name in ("a.md", "b.md")]

    found = emit.dataset(notes)

    lines = sum(len(set(emit.emit(note).splitlines())) for note in notes)
    assert sum(len(graph) for graph in found.graphs()) == lines
    assert {str(g.identifier) for g in found.graphs() if len(g)} == {iri.note("a.md"), iri.note("b.md")}

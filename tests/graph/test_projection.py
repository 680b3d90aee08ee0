from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from graph import projection, reading
from graph.embedded import EmbeddedStore
from graph.snapshot import FactNode, Snapshot
from ingest import read
from ingest.emit import emit
from ingest.ingested import Ingested
from ingest.lint.findings import Finding, Severity
from ingest.pipeline import ingest_note
from ontology import iri, vocabulary
from ontology.statements import Statement


def of_notes(snapshot: Snapshot) -> list[FactNode]:
    return [fact for fact in snapshot.facts if fact.layer == "notes"]


def named(snapshot: Snapshot, predicate: str) -> FactNode:
    return next(fact for fact in of_notes(snapshot) if fact.predicate == predicate)


def test_the_curated_layer_is_there_before_the_first_note(store: EmbeddedStore) -> None:
    found = projection.project(store)

    assert found == projection.of_vocabulary()
    assert found.notes == ()
    assert {fact.layer for fact in found.facts} == {"curated"}
    assert found.concepts[found.concept_index["Pod"]].labels["ko"][0] == "파드"


def test_a_fact_says_where_it_stands(snapshot: Snapshot) -> None:
    fact = named(snapshot, "hasEffect")

    assert fact.lines == (4, 6)
    assert fact.quote == "- Taint effects: NoSchedule"
    assert snapshot.notes[fact.note].path == "pods.md"


def test_every_quote_is_the_bytes_of_the_note(snapshot: Snapshot) -> None:
    for fact in of_notes(snapshot):
        data = snapshot.notes[fact.note].text.encode()
        assert data[fact.start : fact.end].decode() == fact.quote


@settings(deadline=None)  # the first example builds what the others use
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_places_lead_back_to_the_bytes_of_any_file(odd: str, line_end: str, mark: bool) -> None:
    text = ("\ufeff" if mark else "") + f"{odd}\n# Pod\n\n- Wating, 파드 : Running\n".replace("\n", line_end)
    note = ingest_note(read.from_text(text), vocabulary.registry())
    name = iri.note(note.document)

    found = reading.of_triples(name, emit(note).replace(f" <{name}> .\n".encode(), b" .\n"))

    data = text.encode()
    assert found.facts
    for fact in found.facts:
        assert data[fact.start : fact.end].decode() == fact.quote
    expected = {(f.line, f.column, f.start, f.end) for f in note.findings}
    assert {(f.line, f.column, f.start, f.end) for f in found.findings} == expected
    said = {(s.predicate, s.lines, s.spans[-1].column, s.spans[-1].start) for s in note.statements}
    assert {(f.predicate, f.lines, f.column, f.start) for f in found.facts} == said


def test_a_note_is_the_same_from_the_store_and_from_a_read_model(
    filled: EmbeddedStore, snapshot: Snapshot
) -> None:
    assert list(reading.of_snapshot(snapshot).values()) == projection.read(filled)


def test_a_literal_object_is_text_and_no_concept(snapshot: Snapshot) -> None:
    fact = named(snapshot, "definition")

    assert (fact.object, fact.text) == (-1, "컨테이너를 담는 가장 작은 단위")


def test_denial_and_condition_are_kept(snapshot: Snapshot) -> None:
    assert named(snapshot, "selects").negated
    assert named(snapshot, "requires").condition == "톨러레이션이 없으면"


def test_facts_of_a_note_stand_in_its_order(snapshot: Snapshot) -> None:
    starts = [snapshot.facts[index].start for index in snapshot.facts_of_note[0]]

    assert starts == sorted(starts)


def test_sections_name_their_concepts(snapshot: Snapshot) -> None:
    sections = snapshot.notes[0].sections

    assert [(s.title, s.line, s.end_line) for s in sections] == [("Pod", 1, 3), ("테인트", 4, 8)]
    assert snapshot.concepts[sections[1].concepts[0]].name == "Taint"


def test_what_only_notes_name_is_a_concept_too(
    store: EmbeddedStore,
    make_note: Callable[..., Ingested],
    say: Callable[..., Statement],
    to_quads: Callable[[Ingested], bytes],
) -> None:
    note = make_note(statements=(say("Deployment/api isA Deployment", 1), say("image:a depicts Pod", 1)))
    store.replace(iri.note("pods.md"), to_quads(note))

    found = projection.project(store)

    kinds = {name: found.concepts[found.concept_index[name]].kind for name in ("Deployment/api", "image:a")}
    assert kinds == {"Deployment/api": "object", "image:a": "image"}


def test_the_same_fact_said_twice_is_two_facts(
    store: EmbeddedStore,
    make_note: Callable[..., Ingested],
    say: Callable[..., Statement],
    to_quads: Callable[[Ingested], bytes],
) -> None:
    note = make_note(statements=(say("Pod isA Workload", 1), say("Pod isA Workload", 2)))
    store.replace(iri.note("pods.md"), to_quads(note))

    facts = of_notes(projection.project(store))

    assert [fact.lines for fact in facts] == [(1,), (2,)]
    assert len({fact.id for fact in facts}) == 2


def test_findings_come_with_their_place(
    store: EmbeddedStore, make_note: Callable[..., Ingested], to_quads: Callable[[Ingested], bytes]
) -> None:
    start = make_note().text.encode().index(b"Pending")
    finding = Finding(
        document="pods.md",
        line=3,
        column=3,
        found="Pending",
        kind="typo",
        severity=Severity.LOW,
        start=start,
        end=start + len("Pending"),
    )
    store.replace(iri.note("pods.md"), to_quads(replace(make_note(), findings=(finding,), unread=(5, 2))))

    found = projection.project(store)

    (node,) = found.findings
    assert (node.line, node.column, node.kind, node.severity, node.start) == (3, 3, "typo", "low", start)
    assert found.notes[0].unread == (2, 5)


def test_rules_are_known_with_the_concepts_that_they_decide(snapshot: Snapshot) -> None:
    index = snapshot.rule_index["podLifecycle.containersReady"]

    assert snapshot.concept_index["PodCondition.ContainersReady"] in snapshot.rules[index].decides

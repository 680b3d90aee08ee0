from graph import curated, inference, projection, validation
from graph.embedded import EmbeddedStore
from ontology import iri

NOTE = iri.note("bad.md")


def test_what_we_write_conforms(filled: EmbeddedStore) -> None:
    filled.replace(iri.CURATED_GRAPH, curated.nquads("mark"))
    stated = list(projection.stated(projection.read(filled)))
    filled.replace(iri.INFERRED_GRAPH, inference.nquads(inference.infer(stated), stated))

    found = validation.check(filled)

    assert found.violations == ()
    assert "sh:conforms true" in found.turtle()


def test_a_fact_without_a_place_is_reported_with_its_shape(store: EmbeddedStore) -> None:
    lines = (
        f"<x:f> <{iri.PREFIXES['rdf']}subject> <x:s>",
        f"<x:f> <{iri.PREFIXES['rdf']}predicate> <{iri.predicate('hasPhase')}>",
        f"<x:f> <{iri.PREFIXES['rdf']}object> <x:o>",
    )
    store.replace(NOTE, "".join(f"{line} <{NOTE}> .\n" for line in lines).encode())

    found = validation.check(store)

    assert not found.conforms
    assert [(v.focus, v.shape.rpartition("/")[2]) for v in found.violations] == [("x:f", "Fact-derived")]
    assert set(found.violations[0].message) == {"en", "ko"}
    assert "sh:conforms false" in found.turtle()


def test_a_predicate_that_the_vocabulary_does_not_define_is_reported(store: EmbeddedStore) -> None:
    lines = (
        f"<x:f> <{iri.PREFIXES['rdf']}subject> <x:s>",
        f"<x:f> <{iri.PREFIXES['rdf']}predicate> <{iri.predicate('invented')}>",
        f"<x:f> <{iri.PREFIXES['rdf']}object> <x:o>",
        f"<x:f> <{iri.PREFIXES['prov']}wasDerivedFrom> <x:span>",
    )
    store.replace(NOTE, "".join(f"{line} <{NOTE}> .\n" for line in lines).encode())

    assert [v.shape.rpartition("/")[2] for v in validation.check(store).violations] == ["Fact-known"]

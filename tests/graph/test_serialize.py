from collections.abc import Callable

import pyoxigraph
import pytest
from pyoxigraph import RdfFormat

from graph import embedded, serialize
from graph.embedded import EmbeddedStore
from ingest.ingested import Ingested
from ontology import iri

PARSED = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
    "jsonld": RdfFormat.JSON_LD,
}


def text(store: EmbeddedStore, form: str) -> bytes:
    return b"".join(serialize.FORMATS[form](store, store.graphs()))


@pytest.mark.parametrize("form", serialize.FORMATS)
def test_equal_graphs_give_equal_bytes_whatever_was_written_first(
    form: str, make_note: Callable[..., Ingested], to_quads: Callable[[Ingested], bytes]
) -> None:
    notes = [to_quads(make_note()), to_quads(make_note(document="b.md"))]
    one, other = embedded.in_memory(), embedded.in_memory()
    for quads in notes:
        one.load([quads])
    for quads in reversed(notes):
        other.load(reversed(quads.splitlines(keepends=True)))

    assert text(one, form) == text(other, form)


@pytest.mark.parametrize("form", serialize.FORMATS)
def test_nothing_is_lost_and_nothing_added(form: str, filled: EmbeddedStore) -> None:
    expected = {str(q.triple) for q in pyoxigraph.parse(text(filled, "nquads"), format=RdfFormat.N_QUADS)}

    found = {str(q.triple) for q in pyoxigraph.parse(text(filled, form), format=PARSED[form])}

    assert found == expected


@pytest.mark.parametrize("form", ["trig", "nquads", "jsonld"])
def test_graphs_keep_their_names(form: str, filled: EmbeddedStore) -> None:
    quads = pyoxigraph.parse(text(filled, form), format=PARSED[form])

    assert {str(quad.graph_name) for quad in quads} == {f"<{iri.note('pods.md')}>"}


def test_turtle_is_short_where_a_reader_gains_by_it(filled: EmbeddedStore) -> None:
    turtle = text(filled, "turtle").decode()

    assert "kl:hasPhase k8s:PodPhase.Pending, k8s:PodPhase.Running" in turtle
    assert " a kl:Note" in turtle
    assert "oa:start 0 " in turtle


def test_names_that_turtle_would_misread_stay_whole_iris(store: EmbeddedStore) -> None:
    graph = iri.note("a.md")
    names = [iri.concept("Kind/name"), iri.concept("한글"), iri.NS + "ends.", iri.NS]
    store.load(f"<{name}> <x:p> <x:o> <{graph}> .\n".encode() for name in names)

    found = {q.subject.value for q in pyoxigraph.parse(text(store, "turtle"), format=RdfFormat.TURTLE)}

    assert found == set(names)


def test_an_empty_graph_is_an_empty_document(store: EmbeddedStore) -> None:
    assert text(store, "nquads") == b""
    assert list(pyoxigraph.parse(text(store, "jsonld"), format=RdfFormat.JSON_LD)) == []

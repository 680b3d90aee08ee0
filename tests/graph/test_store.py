"""Every engine behind the interface behaves alike: one set of tests, run on each."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rdflib import URIRef

from graph import embedded
from graph.errors import QueryError, RemoteError, StoreBrokenError, StoreLockedError, StoreMissingError
from graph.remote import RemoteStore
from graph.store import Dataset, Known, Store, Term, known_notes, layer_of, note_graphs
from ingest.ingested import Ingested
from ontology import iri
from ontology.statements import Layer

A, B = iri.note("a.md"), iri.note("b.md")
SERVER = Path(sys.executable).with_name("oxigraph")


def quad(subject: str, text: str, graph: str) -> bytes:
    return f'<x:{subject}> <x:says> "{text}" <{graph}> .\n'.encode()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    if not SERVER.exists():
        reason = "no Oxigraph server: `make setup` installs it"
        (pytest.fail if "CI" in os.environ else pytest.skip)(reason)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [SERVER, "serve", "--bind", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


@pytest.fixture(params=["memory", "disk", "remote"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store
    if request.param == "memory":
        made = embedded.in_memory()
    elif request.param == "disk":
        made = embedded.open_store(tmp_path / "store")
    else:
        address = request.getfixturevalue("server")
        made = RemoteStore(f"{address}/query", f"{address}/update")
        made.remove(made.graphs())
    yield made
    made.close()


def test_a_graph_is_replaced_as_a_whole(engine: Store) -> None:
    engine.replace(A, quad("s", "old", A) + quad("t", "old", A))
    engine.replace(B, quad("s", "other", B))

    engine.replace(A, quad("s", "new", A))

    assert engine.triples(A) == b'<x:s> <x:says> "new" .\n'
    assert engine.triples(B) == b'<x:s> <x:says> "other" .\n'


def test_text_survives_being_replaced(engine: Store) -> None:
    text = r"line\nquote \" back \\ 한글 <x> ." + f" <{A}> ."

    engine.replace(A, quad("s", "first", A))
    engine.replace(A, quad("s", text, A))

    (row,) = engine.select("SELECT ?o { ?s ?p ?o }").rows
    assert row["o"] == Term("literal", f'line\nquote " back \\ 한글 <x> . <{A}> .')


def test_many_graphs_are_loaded_at_once(engine: Store) -> None:
    engine.load([quad("s", "a", A), quad("s", "b", B)])

    assert engine.graphs() == tuple(sorted((A, B)))


def test_removing_what_is_not_there_is_no_error(engine: Store) -> None:
    engine.replace(A, quad("s", "a", A))

    engine.remove([A, B])

    assert engine.graphs() == ()


def test_rows_leave_out_what_is_unbound(engine: Store) -> None:
    engine.replace(A, quad("s", "a", A))

    found = engine.select("SELECT ?s ?none { ?s ?p ?o OPTIONAL { ?s <x:no> ?none } }")

    assert found.variables == ("s", "none")
    assert list(found.rows) == [{"s": Term("iri", "x:s")}]


def test_queries_see_the_union_of_all_graphs_and_know_our_prefixes(engine: Store) -> None:
    engine.load([quad("s", "a", A), quad("s", "b", B)])

    assert engine.ask('ASK { <x:s> <x:says> "a", "b" }')
    assert not engine.ask("ASK { k8s:Pod ?p ?o }")
    assert engine.construct('CONSTRUCT { ?s a kl:Seen } WHERE { ?s ?p "a" }').count(b"\n") == 1


def test_a_query_can_be_about_some_graphs_only(engine: Store) -> None:
    engine.load([quad("s", "a", A), quad("s", "b", B)])

    found = engine.select("SELECT ?o { ?s ?p ?o }", Dataset(default_graphs=(B,)))

    assert [row["o"].value for row in found.rows] == ["b"]


@pytest.mark.parametrize("query", ["SELECT", "ASK { ?s ?p ?o }", "INSERT DATA { <x:a> <x:b> 1 }"])
def test_what_is_no_select_is_refused(engine: Store, query: str) -> None:
    with pytest.raises(QueryError):
        list(engine.select(query).rows)


def test_the_store_knows_the_digest_of_its_notes(
    engine: Store, make_note: Callable[..., Ingested], to_quads: Callable[[Ingested], bytes]
) -> None:
    note = make_note()
    engine.replace(iri.note("pods.md"), to_quads(note))
    engine.replace(iri.CURATED_GRAPH, quad("s", "curated", iri.CURATED_GRAPH))

    assert known_notes(engine) == {"pods.md": Known(note.digest, "")}
    assert note_graphs(engine) == (iri.note("pods.md"),)


def test_a_graph_belongs_to_a_layer() -> None:
    assert [layer_of(g) for g in (A, iri.CURATED_GRAPH, iri.INFERRED_GRAPH)] == [
        Layer.NOTES,
        Layer.CURATED,
        Layer.INFERRED,
    ]


def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "store"
    writer = embedded.open_store(place)
    writer.replace(A, quad("s", "kept", A))
    writer.close()

    reader = embedded.read_store(place)

    assert reader.triples(A) == b'<x:s> <x:says> "kept" .\n'


def test_reading_goes_on_beside_a_writer(tmp_path: Path) -> None:
    writer = embedded.open_store(tmp_path / "store")
    writer.replace(A, quad("s", "kept", A))

    assert embedded.read_store(tmp_path / "store").graphs() == (A,)
    writer.close()


def test_a_second_writer_is_told_that_the_store_is_locked(tmp_path: Path) -> None:
    writer = embedded.open_store(tmp_path / "store")

    with pytest.raises(StoreLockedError, match="another kubelore is writing"):
        embedded.open_store(tmp_path / "store")
    writer.close()


@pytest.mark.parametrize("open_", [embedded.open_store, embedded.read_store])
def test_a_damaged_store_is_told_from_a_missing_one(
    tmp_path: Path, open_: Callable[[Path], embedded.EmbeddedStore]
) -> None:
    embedded.open_store(tmp_path / "store").close()
    (tmp_path / "store" / "CURRENT").write_bytes(b"garbage")

    with pytest.raises(StoreBrokenError, match="ingest the notes again"):
        open_(tmp_path / "store")
    with pytest.raises(StoreMissingError):
        embedded.read_store(tmp_path / "none")


def test_a_file_in_the_place_of_a_store_is_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("mine")

    with pytest.raises(StoreBrokenError):
        embedded.open_store(place)
    assert place.read_text() == "mine"


def test_a_service_that_is_not_there_is_named() -> None:
    with pytest.raises(RemoteError, match=r"127\.0\.0\.1:9"):
        RemoteStore("http://127.0.0.1:9/query", "http://127.0.0.1:9/update").graphs()


def test_only_http_is_spoken() -> None:
    with pytest.raises(RemoteError, match="not http"):
        RemoteStore("file:///etc/passwd", "http://127.0.0.1/")


def test_the_store_is_an_rdflib_dataset_too() -> None:
    store = embedded.in_memory()
    store.load([quad("s", "a", A), quad("t", "b", B)])

    found = store.dataset()

    assert {(str(s), str(g)) for s, _, _, g in found.quads()} == {("x:s", A), ("x:t", B)}
    assert {str(s) for s in found.graph(URIRef(B)).subjects()} == {"x:t"}


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_what_is_loaded_may_be_cut_into_pieces_anywhere(engine: Store, size: int) -> None:
    quads = quad("s", "a", A) + quad("t", "b", B)

    engine.load([b"", *(quads[at : at + size] for at in range(0, len(quads), size))])

    assert set(engine.graphs()) == {A, B}

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph import embedded
from graph.errors import QueryError, QueryTimeoutError, StoreMissingError, TooManyRowsError
from graph.sparql.service import Ask, Service
from ontology import iri

NOTE = iri.note("a.md")
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(9)) + " }"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("data") / "store"
    store = embedded.open_store(where)
    store.load(f'<x:s{i}> <x:p> "{i}" <{NOTE}> .\n'.encode() for i in range(60))
    store.close()
    return where


@pytest.fixture
def service(place: Path) -> Iterator[Service]:
    made = Service(place, seconds=30)
    yield made
    made.close()


def ask(query: str, form: str = "csv", rows: int = 100) -> Ask:
    return Ask(query, form, rows)


def test_queries_are_answered_one_after_another(service: Service) -> None:
    select = service.ask(ask("SELECT ?o { <x:s7> ?p ?o }"))
    is_there = service.ask(ask("ASK { <x:s7> ?p ?o }", "json"))
    triples = service.ask(ask("CONSTRUCT WHERE { <x:s7> ?p ?o }", "ntriples"))

    assert (select.body, select.rows, select.query_form) == (b"o\r\n7\r\n", 1, "SELECT")
    assert is_there.body == b'{"head": {}, "boolean": true}'
    assert triples.body == b'<x:s7> <x:p> "7" .\n'


@pytest.mark.parametrize(
    ("form", "part"), [("turtle", b"@prefix k8s:"), ("jsonld", b'"@id":"x:s7"'), ("rdfxml", b"<rdf:RDF")]
)
def test_triples_come_in_every_format(service: Service, form: str, part: bytes) -> None:
    query = ask("CONSTRUCT { ?s <http://x/p> ?o } WHERE { ?s ?p ?o FILTER(?s = <x:s7>) }", form)

    assert part in service.ask(query).body
    assert service.ask(query).body == service.ask(query).body


def test_an_answer_is_whole_or_refused(service: Service) -> None:
    assert service.ask(ask("SELECT ?s { ?s ?p ?o }", rows=60)).rows == 60
    with pytest.raises(TooManyRowsError, match="more than 59 rows"):
        service.ask(ask("SELECT ?s { ?s ?p ?o }", rows=59))
    with pytest.raises(TooManyRowsError):
        service.ask(ask("CONSTRUCT WHERE { ?s ?p ?o }", "turtle", rows=59))


def test_a_query_that_takes_too_long_is_stopped_and_the_next_is_answered(place: Path) -> None:
    service = Service(place, seconds=0.7)
    started = time.monotonic()

    with pytest.raises(QueryTimeoutError, match=r"0\.7 s"):
        service.ask(ask(ENDLESS))

    assert time.monotonic() - started < 5
    assert service.ask(ask("ASK { ?s ?p ?o }")).body == b"true\n"
    service.close()


def test_mistakes_come_back_as_what_they_are(service: Service, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="error at 1:"):
        service.ask(ask("SELECT * { ?s"))
    with pytest.raises(QueryError, match="SERVICE"):
        service.ask(ask("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"))
    elsewhere = Service(tmp_path, seconds=5)
    with pytest.raises(StoreMissingError, match="kubelore ingest"):
        elsewhere.ask(ask("ASK {}"))
    elsewhere.close()


def test_after_closing_the_store_is_seen_as_it_is_now(tmp_path: Path) -> None:
    writer = embedded.open_store(tmp_path / "store")
    writer.replace(NOTE, f"<x:s> <x:p> <x:old> <{NOTE}> .\n".encode())
    service = Service(tmp_path / "store", seconds=10)
    assert service.ask(ask("SELECT ?o { ?s ?p ?o }")).body == b"o\r\nx:old\r\n"

    writer.replace(NOTE, f"<x:s> <x:p> <x:new> <{NOTE}> .\n".encode())
    service.close()

    assert service.ask(ask("SELECT ?o { ?s ?p ?o }")).body == b"o\r\nx:new\r\n"
    service.close()
    writer.close()


def test_a_module_of_the_users_folder_is_not_taken_for_ours(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "graph.py").write_text("raise SystemExit('wrong module')")
    monkeypatch.chdir(tmp_path)
    service = Service(place, seconds=10)

    assert service.ask(ask("ASK { ?s ?p ?o }")).body == b"true\n"
    service.close()


def test_no_process_is_left_behind(place: Path) -> None:
    service = Service(place, seconds=10)
    service.ask(ask("ASK {}"))
    process = service._process  # noqa: SLF001 - what the test is about
    assert process is not None

    service.close()

    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)

import pytest

from graph.errors import QueryError
from graph.sparql import guard


@pytest.mark.parametrize(
    ("query", "form"),
    [
        pytest.param("SELECT * {?s ?p ?o}", "SELECT", id="plain"),
        pytest.param("prefix a: <b> base <c> ask {}", "ASK", id="after a prologue"),
        pytest.param("# INSERT\nDESCRIBE <a>", "DESCRIBE", id="a comment is no keyword"),
        pytest.param(
            'CONSTRUCT {?s <p> "SERVICE"} {?s ?service service:x}', "CONSTRUCT", id="names and text"
        ),
        pytest.param("SELECT * { ?s ?p '''\n SERVICE ' '''@service }", "SELECT", id="long text and tags"),
        pytest.param("SELECT * { <http://x/#SERVICE> ?p ?o }", "SELECT", id="a hash in an IRI"),
    ],
)
def test_what_reads_may_run(query: str, form: str) -> None:
    assert guard.form(query) == form


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
        "SELECT * { { SELECT * { service silent ?x {} } } }",
        "SELECT * { # '\n SERVICE <http://x/> {} # '\n }",
        'SELECT * { ?s ?p "\\"" . SERVICE <x:> {} }',
        "SELECT * { \\u0053ERVICE <x:> {} }",
        "SELECT * { ?s<x:>?o.SERVICE<x:>{} }",
        "INSERT DATA { <a:> <a:> 1 }",
        "PREFIX a: <b> DELETE WHERE { ?s ?p ?o }",
        "LOAD <http://x/>",
        "DROP ALL",
        "",
        "hello",
    ],
)
def test_what_writes_or_asks_elsewhere_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        guard.form(query)


def test_a_query_that_names_its_graphs_is_told() -> None:
    assert guard.names_graphs("SELECT * FROM <x:> { ?s ?p ?o }")
    assert not guard.names_graphs("SELECT * { ?from ?p 'FROM' }")

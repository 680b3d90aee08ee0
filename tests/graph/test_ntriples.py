import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, RdfFormat

from graph import ntriples
from graph.store import Term

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT, st.sampled_from(["", "ko", "en-gb", "http://www.w3.org/2001/XMLSchema#integer"]))
def test_what_an_engine_writes_is_read_back(text: str, tag: str) -> None:
    if ":" in tag:
        literal = pyoxigraph.Literal(text, datatype=NamedNode(tag))
    else:
        literal = pyoxigraph.Literal(text, language=tag or None)
    written = pyoxigraph.serialize(
        [Quad(NamedNode("x:s"), NamedNode("x:p"), literal)], format=RdfFormat.N_TRIPLES
    )

    assert list(ntriples.read(written or b"")) == [("x:s", "x:p", Term("literal", text, tag))]


@pytest.mark.parametrize(
    ("line", "triple"),
    [
        pytest.param(b"<x:s> <x:p> <x:o> .\n", ("x:s", "x:p", Term("iri", "x:o")), id="iri"),
        pytest.param(b"_:a <x:p> _:b1 .\n", ("_:a", "x:p", Term("bnode", "_:b1")), id="blank nodes"),
        pytest.param(
            b'<x:s> <x:p> "\\u00e9\\U0001F600" .\n', ("x:s", "x:p", Term("literal", "é😀")), id="escapes"
        ),
        pytest.param(
            b'<x:s> <x:p> "a > b . <c>" .\n', ("x:s", "x:p", Term("literal", "a > b . <c>")), id="marks"
        ),
    ],
)
def test_a_line_is_read(line: bytes, triple: tuple[str, str, Term]) -> None:
    assert list(ntriples.read(line)) == [triple]


def test_raw_lines_are_sorted_and_kept_as_they_are() -> None:
    text = b'<x:b> <x:p> "\\n" .\n<x:a> <x:p> "2"^^<x:t> .\n'

    assert list(ntriples.raw(text)) == [("<x:a>", "<x:p>", '"2"^^<x:t>'), ("<x:b>", "<x:p>", '"\\n"')]
    assert list(ntriples.raw(b"")) == []

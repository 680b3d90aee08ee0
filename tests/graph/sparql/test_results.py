import json
from xml.etree import ElementTree as ET

import pytest

from graph.sparql import results
from graph.store import Row, Term

INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
ROW: Row = {
    "iri": Term("iri", "x:a&b"),
    "text": Term("literal", 'line\n"quoted", <tag>\t\\'),
    "ko": Term("literal", "파드", "ko"),
    "number": Term("literal", "7", INTEGER),
    "blank": Term("bnode", "_:b"),
}
VARIABLES = (*ROW, "unbound")


def test_json_is_read_back() -> None:
    assert results.read_json(results.json_rows(VARIABLES, [ROW])) == (VARIABLES, [ROW])


def test_xml_holds_every_term() -> None:
    root = ET.fromstring(results.xml_rows(VARIABLES, [ROW]))
    space = {"r": "http://www.w3.org/2005/sparql-results#"}

    found = {b.get("name"): b[0].text for b in root.findall(".//r:binding", space)}

    assert found == {"iri": "x:a&b", "text": ROW["text"].value, "ko": "파드", "number": "7", "blank": "b"}


def test_csv_has_bare_values_and_tsv_has_terms() -> None:
    csv = results.csv_rows(("iri", "ko", "unbound"), [ROW])
    tsv = results.tsv_rows(("iri", "text", "ko", "number", "unbound"), [ROW])

    assert csv == "iri,ko,unbound\r\nx:a&b,파드,\r\n"
    assert tsv.splitlines()[1] == (
        '<x:a&b>\t"line\\n\\"quoted\\", <tag>\\t\\\\"\t"파드"@ko\t"7"^^<' + INTEGER + ">\t"
    )


@pytest.mark.parametrize("form", results.ROWS)
def test_no_rows_are_a_whole_document(form: str) -> None:
    assert results.ROWS[form](("a",), []).strip()


def test_a_boolean_in_each_format() -> None:
    assert json.loads(results.boolean(True, "json"))["boolean"] is True
    assert "<boolean>false</boolean>" in results.boolean(False, "xml")
    assert results.boolean(True, "csv") == "true\n"

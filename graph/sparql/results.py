"""Rows of a SELECT and the answer of an ASK in the formats that SPARQL clients know.

Source: W3C SPARQL 1.1 Query Results JSON Format; XML Format; CSV and TSV Formats.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from graph.store import Row, Term

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">'
_TSV = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def json_rows(variables: Sequence[str], rows: Iterable[Row]) -> str:
    """Return rows as SPARQL JSON."""
    bindings = [{name: _json_term(term) for name, term in row.items()} for row in rows]
    body = {"head": {"vars": list(variables)}, "results": {"bindings": bindings}}
    return json.dumps(body, ensure_ascii=False)


def xml_rows(variables: Sequence[str], rows: Iterable[Row]) -> str:
    """Return rows as SPARQL XML."""
    head = "".join(f"<variable name={quoteattr(name)}/>" for name in variables)
    results = "\n".join(f"<result>{''.join(map(_xml_binding, row.items()))}</result>" for row in rows)
    return f"{_XML}\n<head>{head}</head>\n<results>\n{results}\n</results>\n</sparql>\n"


def csv_rows(variables: Sequence[str], rows: Iterable[Row]) -> str:
    """Return the bare values of rows as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(variables)
    writer.writerows([row[name].value if name in row else "" for name in variables] for row in rows)
    return out.getvalue()


def tsv_rows(variables: Sequence[str], rows: Iterable[Row]) -> str:
    """Return rows as TSV, terms as in Turtle."""
    lines = ["\t".join(f"?{name}" for name in variables)]
    lines += ("\t".join(turtle(row[name]) if name in row else "" for name in variables) for row in rows)
    return "\n".join((*lines, ""))


ROWS: Mapping[str, Callable[[Sequence[str], Iterable[Row]], str]] = {
    "json": json_rows,
    "xml": xml_rows,
    "csv": csv_rows,
    "tsv": tsv_rows,
}


def boolean(value: bool, form: str) -> str:
    """Return the answer of an ASK; CSV and TSV have no form for it and give the bare word."""
    word = str(value).lower()
    if form == "json":
        return json.dumps({"head": {}, "boolean": value})
    if form == "xml":
        return f"{_XML}\n<head/>\n<boolean>{word}</boolean>\n</sparql>\n"
    return f"{word}\n"


def read_json(text: str | bytes) -> tuple[tuple[str, ...], list[Row]]:
    """Return variables and rows of a SPARQL JSON document; the inverse of `json_rows`.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    body = json.loads(text)
    rows: list[Row] = [
        {name: _term(each) for name, each in row.items()} for row in body["results"]["bindings"]
    ]
    return tuple(body["head"]["vars"]), rows


def turtle(term: Term) -> str:
    """Return a term as Turtle writes it, without prefixes."""
    if term.kind == "iri":
        return f"<{term.value}>"
    if term.kind == "bnode":
        return term.value
    text = f'"{term.value.translate(_TSV)}"'
    if not term.tag:
        return text
    return f"{text}^^<{term.tag}>" if ":" in term.tag else f"{text}@{term.tag}"


def _json_term(term: Term) -> dict[str, str]:
    if term.kind == "iri":
        return {"type": "uri", "value": term.value}
    if term.kind == "bnode":
        return {"type": "bnode", "value": term.value.removeprefix("_:")}
    plain = {"type": "literal", "value": term.value}
    return plain | {"datatype" if ":" in term.tag else "xml:lang": term.tag} if term.tag else plain


def _term(each: Mapping[str, Any]) -> Term:
    if each["type"] == "uri":
        return Term("iri", each["value"])
    if each["type"] == "bnode":
        return Term("bnode", f"_:{each['value']}")
    return Term("literal", each["value"], each.get("xml:lang", each.get("datatype", "")))


def _xml_binding(binding: tuple[str, Term]) -> str:
    name, term = binding
    return f"<binding name={quoteattr(name)}>{_xml_term(term)}</binding>"


def _xml_term(term: Term) -> str:
    text = escape(term.value)
    if term.kind == "iri":
        return f"<uri>{text}</uri>"
    if term.kind == "bnode":
        return f"<bnode>{text.removeprefix('_:')}</bnode>"
    attribute = f" {'datatype' if ':' in term.tag else 'xml:lang'}={quoteattr(term.tag)}" if term.tag else ""
    return f"<literal{attribute}>{text}</literal>"

"""The graph as text that a diff can read: equal graphs give equal bytes, whatever the engine's order.

Lines, subjects, predicates and objects come out sorted. Turtle has no graphs, so it is the union of them.

Source: W3C Turtle 1.1, TriG 1.1, N-Quads 1.1 (terms are written as in N-Triples, which all three contain);
JSON-LD 1.1, expanded form.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter

import orjson

from graph import ntriples
from graph.store import Store, Term
from ontology import iri, terms

Triple = tuple[str, str, str]

_TYPE = f"<{terms.TYPE}>"
_INTEGER = f"^^<{terms.INTEGER}>"
# A name that every Turtle reader takes as a local part without escapes.
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")


def nquads(store: Store, graphs: Iterable[str]) -> Iterator[bytes]:
    """Yield N-Quads, graph by graph."""
    for graph in sorted(graphs):
        end = f" <{graph}> .\n".encode()
        lines = sorted(store.triples(graph).splitlines())
        yield b"".join(line[:-2] + end for line in lines)


def turtle(store: Store, graphs: Iterable[str]) -> Iterator[bytes]:
    """Yield the union of the graphs as Turtle."""
    triples = sorted({triple for graph in graphs for triple in ntriples.raw(store.triples(graph))})
    yield _prefixes()
    yield "\n".join(_subjects(triples, "")).encode()


def as_turtle(ntriples_: bytes) -> bytes:
    """Return triples as Turtle."""
    return _prefixes() + "\n".join(_subjects(sorted(set(ntriples.raw(ntriples_))), "")).encode()


def as_jsonld(ntriples_: bytes) -> bytes:
    """Return triples as one JSON-LD document."""
    return orjson.dumps({"@graph": list(_nodes(ntriples_))}, option=orjson.OPT_APPEND_NEWLINE)


def trig(store: Store, graphs: Iterable[str]) -> Iterator[bytes]:
    """Yield TriG, graph by graph."""
    yield _prefixes()
    for graph in sorted(graphs):
        triples = sorted(set(ntriples.raw(store.triples(graph))))
        body = "\n".join(_subjects(triples, "  "))
        yield f"{_short(f'<{graph}>')} {{\n{body}}}\n\n".encode()


def jsonld(store: Store, graphs: Iterable[str]) -> Iterator[bytes]:
    """Yield one JSON-LD document, graph by graph."""
    context = orjson.dumps(dict(sorted(iri.PREFIXES.items())))
    yield b'{"@context":' + context + b',"@graph":['
    for number, graph in enumerate(sorted(graphs)):
        members = {"@id": graph, "@graph": list(_nodes(store.triples(graph)))}
        yield (b",\n" if number else b"\n") + orjson.dumps(members)
    yield b"\n]}\n"


FORMATS: Mapping[str, Callable[[Store, Iterable[str]], Iterator[bytes]]] = {
    "turtle": turtle,
    "trig": trig,
    "nquads": nquads,
    "jsonld": jsonld,
}


def _prefixes() -> bytes:
    lines = (f"@prefix {prefix}: <{space}> .\n" for prefix, space in sorted(iri.PREFIXES.items()))
    return ("".join(lines) + "\n").encode()


def _subjects(triples: list[Triple], indent: str) -> Iterator[str]:
    for subject, own in groupby(triples, key=itemgetter(0)):
        parts = [_predicate(predicate, same) for predicate, same in groupby(own, key=itemgetter(1))]
        # the class first, as a reader expects
        parts.sort(key=lambda part: not part.startswith("a "))
        yield f"{indent}{_short(subject)} " + f" ;\n{indent}  ".join(parts) + " .\n"


def _predicate(predicate: str, triples: Iterable[Triple]) -> str:
    objects = ", ".join(_short(target) for _, _, target in triples)
    return f"{'a' if predicate == _TYPE else _short(predicate)} {objects}"


def _short(term: str) -> str:
    """A term of N-Triples in Turtle's shorter form where it has one."""
    if term[0] == "<":
        for prefix, space in iri.PREFIXES.items():
            if term.startswith(space, 1) and _LOCAL.fullmatch(term, len(space) + 1, len(term) - 1):
                return f"{prefix}:{term[len(space) + 1 : -1]}"
        return term
    if term.endswith(_INTEGER):
        return term[1 : -len(_INTEGER) - 1]
    literal, mark, datatype = term.rpartition("^^")
    return f"{literal}^^{_short(datatype)}" if mark and datatype[0] == "<" and literal[-1] == '"' else term


def _nodes(triples: bytes) -> Iterator[dict[str, object]]:
    read = sorted(ntriples.read(triples))
    for subject, own in groupby(read, key=itemgetter(0)):
        node: dict[str, object] = {"@id": subject}
        for predicate, same in groupby(own, key=itemgetter(1)):
            values = [_value(term, predicate) for _, _, term in same]
            node["@type" if predicate == terms.TYPE else predicate] = values
        yield node


def _value(term: Term, predicate: str) -> object:
    if term.kind != "literal":
        return term.value if predicate == terms.TYPE else {"@id": term.value}
    if not term.tag:
        return {"@value": term.value}
    return {"@value": term.value, "@type" if ":" in term.tag else "@language": term.tag}

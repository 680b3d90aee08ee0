"""The curated layer as a graph: every Turtle file of the vocabulary, for SPARQL and export.

Blank nodes get names of their own (skolem IRIs), by file and order: an engine would make up new labels on
each load, and then no two exports were alike.

Source: W3C RDF 1.1 Concepts, section 3.5 (replacing blank nodes with IRIs).
"""

from collections.abc import Iterator

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, parse, serialize

from ontology import iri, terms
from ontology.vocabulary import turtle

FOLDERS = ("", "concepts", "curated", "rules")
_GENID = iri.BASE + ".well-known/genid/"


def nquads(fingerprint: str) -> bytes:
    """Return the curated graph as N-Quads, marked with the fingerprint of what it was made with."""
    graph = NamedNode(iri.CURATED_GRAPH)
    mark = f'<{iri.CURATED_GRAPH}> <{terms.DIGEST}> "{fingerprint}" <{iri.CURATED_GRAPH}> .\n'.encode()
    return mark + (serialize(_quads(graph), format=RdfFormat.N_QUADS) or b"")


def fingerprint_query() -> str:
    """Return the query that finds the mark again, as `?digest`."""
    graph = f"<{iri.CURATED_GRAPH}>"
    return f"SELECT ?digest WHERE {{ GRAPH {graph} {{ {graph} <{terms.DIGEST}> ?digest }} }}"


def _quads(graph: NamedNode) -> Iterator[Quad]:
    for folder in FOLDERS:
        for name, content in turtle.texts(folder):
            named: dict[BlankNode, NamedNode] = {}
            for quad in parse(input=content, format=RdfFormat.TURTLE):
                subject, target = (
                    _skolem(term, named, f"{folder}/{name}") if isinstance(term, BlankNode) else term
                    for term in (quad.subject, quad.object)
                )
                yield Quad(subject, quad.predicate, target, graph)


def _skolem(blank: BlankNode, named: dict[BlankNode, NamedNode], file: str) -> NamedNode:
    if blank not in named:
        named[blank] = NamedNode(_GENID + iri.digest(file, str(len(named))))
    return named[blank]

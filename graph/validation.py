"""SHACL over the store: whether what is remembered has the shape that readers rely on.

Each graph is checked by itself, with the vocabulary beside it, so that the cost grows with the notes and no
faster. The shapes use core constraints only: SPARQL constraints can take hours on rdflib.

Source: W3C SHACL, sections 3.6 (validation report) and 4 (core constraint components).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pyshacl import validate
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from graph.store import Store
from ontology import iri
from ontology.lang import Lang
from ontology.vocabulary import turtle

_SHAPES = {iri.CURATED_GRAPH: ("shapes-vocabulary.ttl",)}
_SHAPES_OF_FACTS = ("shapes.ttl",)
# Facts are checked against the predicates that these define.
_BESIDE = ("core.ttl", "provenance.ttl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One result of a report: the graph, the node at fault, the shape, and why, by language."""

    graph: str
    focus: str
    shape: str
    value: str
    severity: str
    message: dict[str, str]


@dataclass(frozen=True, slots=True)
class Validation:
    """A report on all graphs: W3C's own as `report`, and its results in order."""

    report: Graph
    violations: tuple[Violation, ...]

    @property
    def conforms(self) -> bool:
        """Whether there is nothing to report."""
        return not self.violations

    def turtle(self) -> str:
        """Return the report as Turtle."""
        return self.report.serialize(format="turtle")


def check(store: Store) -> Validation:
    """Return the report on every graph of the store."""
    files = dict(turtle.texts())
    beside = _parsed(*(files[name] for name in _BESIDE))
    whole = Graph()
    whole.bind("sh", SH)
    violations: list[Violation] = []
    for name in store.graphs():
        shapes = _parsed(*(files[each] for each in _SHAPES.get(name, _SHAPES_OF_FACTS)))
        data = Graph()
        data.parse(data=store.triples(name), format="nt")
        _, found, _ = validate(data, shacl_graph=shapes, ont_graph=beside, inplace=True)
        report = found if isinstance(found, Graph) else Graph()
        violations += _violations(name, report, shapes)
        whole += report
    _as_one(whole, conforms=not violations)
    return Validation(whole, tuple(sorted(violations, key=lambda v: (v.graph, v.focus, v.shape, v.value))))


def _parsed(*contents: bytes) -> Graph:
    graph = Graph()
    for content in contents:
        graph.parse(data=content, format="turtle")
    return graph


def _violations(name: str, report: Graph, shapes: Graph) -> Iterator[Violation]:
    for result in report.subjects(RDF.type, SH.ValidationResult):
        shape = report.value(result, SH.sourceShape)
        messages = _messages(report, result, shapes, shape)
        yield Violation(
            graph=name,
            focus=str(report.value(result, SH.focusNode)),
            shape=str(shape) if isinstance(shape, URIRef) else "",
            value=str(report.value(result, SH.value) or ""),
            severity=str(report.value(result, SH.resultSeverity)).removeprefix(str(SH)),
            message=messages,
        )


def _messages(report: Graph, result: Node, shapes: Graph, shape: Node | None) -> dict[str, str]:
    """The words of the shape by language; where it has none, pySHACL's own in English."""
    own = {str(m.language): str(m) for m in shapes.objects(shape, SH.message) if isinstance(m, Literal)}
    return own or {Lang.EN.value: str(report.value(result, SH.resultMessage))}


def _as_one(report: Graph, *, conforms: bool) -> None:
    """Leave one report in place of one a graph."""
    parts = list(report.subjects(RDF.type, SH.ValidationReport))
    one = BNode("report")
    results = [result for part in parts for result in report.objects(part, SH.result)]
    for part in parts:
        report.remove((part, None, None))
    report.add((one, RDF.type, SH.ValidationReport))
    report.add((one, SH.conforms, Literal(conforms)))
    for result in results:
        report.add((one, SH.result, result))

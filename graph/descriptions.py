"""A concept as RDF: its labels and definition, and what the graph says of it, from the read model."""

from collections.abc import Iterator

from graph.snapshot import ConceptNode, Snapshot
from ontology import iri

_SKOS = iri.PREFIXES["skos"]
_TYPE = iri.PREFIXES["rdf"] + "type"
_SOURCE = iri.PREFIXES["dcterms"] + "source"
# The characters that a literal of N-Triples writes with a backslash.
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def describe(graph: Snapshot, concept: int) -> bytes:
    """Return a concept as N-Triples: its own properties, and the facts about it that are not denied."""
    node = graph.concepts[concept]
    subject = f"<{node.iri}>"
    lines = [f"{subject} <{predicate}> {target} .\n" for predicate, target in _properties(graph, node)]
    for index in graph.outgoing[concept]:
        fact = graph.facts[index]
        if not fact.negated:
            target = f"<{graph.concepts[fact.object].iri}>" if fact.object >= 0 else literal(fact.text)
            lines.append(f"{subject} <{iri.predicate(fact.predicate)}> {target} .\n")
    return "".join(dict.fromkeys(lines)).encode()


def literal(text: str, lang: str = "") -> str:
    """Return a text as N-Triples write it."""
    return f'"{text.translate(_ESCAPES)}"{f"@{lang}" if lang else ""}'


def _properties(graph: Snapshot, node: ConceptNode) -> Iterator[tuple[str, str]]:
    yield _TYPE, f"<{_SKOS}Concept>"
    yield _TYPE, f"<{iri.NS}{node.kind.capitalize()}>"
    for lang, labels in node.labels.items():
        for position, label in enumerate(labels):
            yield f"{_SKOS}{'altLabel' if position else 'prefLabel'}", literal(label, lang)
    for lang, text in node.definition.items():
        yield f"{_SKOS}definition", literal(text, lang)
    for path in node.paths:
        yield f"{iri.NS}apiPath", literal(path)
    for broader in node.broader:
        yield f"{_SKOS}broader", f"<{graph.concepts[broader].iri}>"
    if node.source:
        yield _SOURCE, f"<{node.source}>"

"""The door to the Turtle files of the vocabulary: subjects with their properties, in file order."""

from collections.abc import Iterator, Mapping
from importlib.resources import files

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

Term = NamedNode | BlankNode | Literal
Properties = Mapping[str, list[Term]]


def texts(folder: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each Turtle file of a folder of the vocabulary, sorted by name."""
    place = files("ontology.vocabulary").joinpath(folder) if folder else files("ontology.vocabulary")
    for file in sorted(place.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".ttl"):
            yield file.name, file.read_bytes()


def subjects(*contents: bytes) -> dict[NamedNode | BlankNode, dict[str, list[Term]]]:
    """Return the properties of every subject, each with its objects in the order of the text."""
    found: dict[NamedNode | BlankNode, dict[str, list[Term]]] = {}
    for content in contents:
        for quad in parse(input=content, format=RdfFormat.TURTLE):
            subject, term = quad.subject, quad.object
            if isinstance(subject, NamedNode | BlankNode) and isinstance(term, Term):
                properties = found.get(subject)
                if properties is None:
                    properties = found[subject] = {}
                properties.setdefault(quad.predicate.value, []).append(term)
    return found


def folder(name: str) -> dict[NamedNode | BlankNode, dict[str, list[Term]]]:
    """Return the subjects of all files of a folder."""
    return subjects(*(content for _, content in texts(name)))


def value(properties: Properties, predicate: str) -> str:
    """Return the text or IRI of the first object, `""` without one."""
    return next((term.value for term in properties.get(predicate, ())), "")


def values(properties: Properties, predicate: str) -> tuple[str, ...]:
    """Return the texts or IRIs of all objects, sorted."""
    return tuple(sorted(term.value for term in properties.get(predicate, ())))


def languages(properties: Properties, predicate: str) -> dict[str, list[str]]:
    """Return the language-tagged texts by tag, in the order of the file."""
    found: dict[str, list[str]] = {}
    for term in properties.get(predicate, ()):
        if isinstance(term, Literal) and term.language:
            found.setdefault(term.language, []).append(term.value)
    return found

"""The door to the Turtle files of the vocabulary: subjects with their properties, in file order."""

from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from ontology.lang import Lang

_LANGS = {lang.value: lang for lang in Lang}  # a lookup costs a tenth of `Lang(tag)`

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
        quads: Iterable[Any] = parse(input=content, format=RdfFormat.TURTLE)  # no quoted triples in our files
        for quad in quads:
            found.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
    return found


def folder(name: str) -> dict[NamedNode | BlankNode, dict[str, list[Term]]]:
    """Return the subjects of all files of a folder."""
    return subjects(*(content for _, content in texts(name)))


def value(properties: Properties, predicate: str) -> str:
    """Return the text or IRI of the first object, `""` without one."""
    found = properties.get(predicate)
    return found[0].value if found else ""


def values(properties: Properties, predicate: str) -> tuple[str, ...]:
    """Return the texts or IRIs of all objects, sorted."""
    found = properties.get(predicate)
    return tuple(sorted([term.value for term in found])) if found else ()


def languages(properties: Properties, predicate: str) -> dict[Lang, list[str]]:
    """Return the language-tagged texts by language, in the order of the file."""
    found: dict[Lang, list[str]] = {}
    for term in properties.get(predicate, ()):
        if isinstance(term, Literal) and term.language:
            found.setdefault(_LANGS[term.language], []).append(term.value)
    return found

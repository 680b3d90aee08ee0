"""The vocabulary as data: OWL and SKOS in Turtle, and the loader of a few lines.

`core.ttl` classes and properties, `concepts/*.ttl` the concepts and the curated relations between
them, `rules/*.ttl` the rules with the concepts they decide, `shapes.ttl` SHACL.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from ontology import iri
from ontology.concepts import Concept, ConceptKind, ConceptRegistry
from ontology.lang import Lang

_SKOS = iri.PREFIXES["skos"]
_PREF, _ALT, _DEFINITION = _SKOS + "prefLabel", _SKOS + "altLabel", _SKOS + "definition"
_TYPE = iri.PREFIXES["rdf"] + "type"
_SOURCE = iri.PREFIXES["dcterms"] + "source"
_PATH = iri.NS + "apiPath"
_KINDS = {iri.NS + kind.value.capitalize(): kind for kind in ConceptKind}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that evaluators name: what it decides, since and until which version, and its source."""

    name: str
    decides: tuple[str, ...]
    source: str
    since: str = ""
    until: str = ""

    @property
    def iri(self) -> str:
        """The rule's IRI."""
        return iri.rule(self.name)


def texts(folder: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each Turtle file of a folder of the vocabulary, sorted by name."""
    place = files("ontology.vocabulary").joinpath(folder) if folder else files("ontology.vocabulary")
    for file in sorted(place.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".ttl"):
            yield file.name, file.read_bytes()


@cache
def registry() -> ConceptRegistry:
    """Return the concepts of the shipped vocabulary."""
    properties: dict[str, dict[str, list[Literal | NamedNode]]] = defaultdict(lambda: defaultdict(list))
    for _, text in texts("concepts"):
        for quad in parse(input=text, format=RdfFormat.TURTLE):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal | NamedNode):
                properties[quad.subject.value][quad.predicate.value].append(quad.object)
    return ConceptRegistry(_concept(subject, found) for subject, found in properties.items())


@cache
def rules() -> dict[str, Rule]:
    """Return every rule by name."""
    properties: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for _, text in texts("rules"):
        for quad in parse(input=text, format=RdfFormat.TURTLE):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal | NamedNode):
                properties[quad.subject.value][quad.predicate.value].append(quad.object.value)
    return {rule.name: rule for rule in (_rule(s, found) for s, found in sorted(properties.items()))}


def _concept(subject: str, found: dict[str, list[Literal | NamedNode]]) -> Concept:
    kind = next((_KINDS[o.value] for o in found[_TYPE] if o.value in _KINDS), ConceptKind.ABSTRACT)
    others = _by_language(found[_ALT])
    return Concept(
        name=iri.concept_name(subject),
        kind=kind,
        preferred={lang: texts[0] for lang, texts in _by_language(found[_PREF]).items()},
        others={lang: tuple(sorted(texts)) for lang, texts in others.items()},
        definition={lang: texts[0] for lang, texts in _by_language(found[_DEFINITION]).items()},
        paths=tuple(sorted(o.value for o in found[_PATH])),
        source=next((o.value for o in found[_SOURCE]), ""),
    )


def _by_language(objects: list[Literal | NamedNode]) -> dict[Lang, list[str]]:
    found: dict[Lang, list[str]] = {}
    for each in objects:
        if isinstance(each, Literal) and each.language:
            found.setdefault(Lang(each.language), []).append(each.value)
    return found


def _rule(subject: str, found: dict[str, list[str]]) -> Rule:
    def one(predicate: str) -> str:
        return next(iter(found[predicate]), "")

    return Rule(
        name=iri.concept_name(subject.replace(iri.RULES, iri.CONCEPTS)),
        decides=tuple(sorted(iri.concept_name(o) for o in found[iri.NS + "decides"])),
        source=one(_SOURCE),
        since=one(iri.NS + "since"),
        until=one(iri.NS + "until"),
    )

"""The predicates of facts, as `core.ttl` defines them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ontology import iri
from ontology.lang import Lang
from ontology.vocabulary import turtle

_RDFS = iri.PREFIXES["rdfs"]
_OWL = iri.PREFIXES["owl"]
_FACT = iri.NS + "fact"
_RANGES = {_OWL + "ObjectProperty": "concept", _OWL + "DatatypeProperty": "text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """A predicate: `range` is `concept`, `text` or `any`; `inverse` words it read backwards, by language.

    A predicate without an inverse takes text, which nothing leads back from.
    """

    name: str
    label: Mapping[Lang, str]
    comment: Mapping[Lang, str]
    range: str
    inverse: Mapping[Lang, str]
    symmetric: bool = False

    @property
    def iri(self) -> str:
        """The predicate's IRI."""
        return iri.predicate(self.name)


@cache
def predicates() -> Mapping[str, Predicate]:
    """Return the predicates by name, in the order of `core.ttl`."""
    found = {
        subject.value: properties
        for subject, properties in turtle.subjects(*(c for n, c in turtle.texts() if n == "core.ttl")).items()
    }
    return {
        _local(subject): _predicate(_local(subject), properties, found)
        for subject, properties in found.items()
        if turtle.value(properties, _RDFS + "subPropertyOf") == _FACT
    }


def _predicate(name: str, properties: turtle.Properties, all_: Mapping[str, turtle.Properties]) -> Predicate:
    types = turtle.values(properties, iri.PREFIXES["rdf"] + "type")
    return Predicate(
        name=name,
        label=_texts(properties, "label"),
        comment=_texts(properties, "comment"),
        range=next((_RANGES[t] for t in types if t in _RANGES), "any"),
        inverse=_texts(all_.get(turtle.value(properties, _OWL + "inverseOf"), {}), "label"),
        symmetric=_OWL + "SymmetricProperty" in types,
    )


def _local(name: str) -> str:
    return name.removeprefix(iri.NS)


def _texts(properties: turtle.Properties, name: str) -> dict[Lang, str]:
    return {lang: texts[0] for lang, texts in turtle.languages(properties, _RDFS + name).items()}

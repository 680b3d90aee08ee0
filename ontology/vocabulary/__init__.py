"""The vocabulary as data: OWL and SKOS in Turtle, and the loaders.

`core.ttl` classes and properties, `concepts/*.ttl` the concepts, `curated/*.ttl` what is true of them,
`rules/*.ttl` the rules with the concepts they decide, `mappings.ttl` links to other vocabularies,
`shapes-vocabulary.ttl` SHACL for all of it. docs/vocabulary.md explains the notation.
"""

from dataclasses import dataclass
from functools import cache

from pyoxigraph import NamedNode

from ontology import iri
from ontology.concepts import Concept, ConceptKind, ConceptRegistry
from ontology.lang import Lang
from ontology.vocabulary import turtle
from ontology.vocabulary.curation import CuratedFact, curated
from ontology.vocabulary.predicates import Predicate, predicates
from ontology.vocabulary.turtle import texts

__all__ = [
    "CuratedFact",
    "Predicate",
    "Rule",
    "curated",
    "predicates",
    "registry",
    "rules",
    "texts",
]

_SKOS = iri.PREFIXES["skos"]
_PREF, _ALT, _DEFINITION = _SKOS + "prefLabel", _SKOS + "altLabel", _SKOS + "definition"
_BROADER = _SKOS + "broader"
_TYPE = iri.PREFIXES["rdf"] + "type"
_SOURCE = iri.PREFIXES["dcterms"] + "source"
_PATH, _SINCE, _UNTIL = (iri.NS + name for name in ("apiPath", "since", "until"))
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


@cache
def registry() -> ConceptRegistry:
    """Return the concepts of the shipped vocabulary."""
    return ConceptRegistry(
        _concept(subject.value, found)
        for subject, found in turtle.folder("concepts").items()
        if isinstance(subject, NamedNode)
    )


@cache
def rules() -> dict[str, Rule]:
    """Return every rule by name."""
    found = turtle.folder("rules")
    rules_ = (_rule(s.value, each) for s, each in found.items() if isinstance(s, NamedNode))
    return {rule.name: rule for rule in sorted(rules_, key=lambda rule: rule.name)}


def _concept(subject: str, found: turtle.Properties) -> Concept:
    return Concept(
        name=iri.concept_name(subject),
        kind=next((_KINDS[t.value] for t in found[_TYPE] if t.value in _KINDS), ConceptKind.ABSTRACT),
        preferred=_first(found, _PREF),
        others={lang: tuple(sorted(each)) for lang, each in turtle.languages(found, _ALT).items()},
        definition=_first(found, _DEFINITION),
        paths=turtle.values(found, _PATH),
        source=turtle.value(found, _SOURCE),
        broader=tuple(map(iri.concept_name, turtle.values(found, _BROADER))),
        since=turtle.value(found, _SINCE),
        until=turtle.value(found, _UNTIL),
    )


def _first(found: turtle.Properties, predicate: str) -> dict[Lang, str]:
    return {lang: each[0] for lang, each in turtle.languages(found, predicate).items()}


def _rule(subject: str, found: turtle.Properties) -> Rule:
    return Rule(
        name=iri.concept_name(subject.replace(iri.RULES, iri.CONCEPTS)),
        decides=tuple(map(iri.concept_name, turtle.values(found, iri.NS + "decides"))),
        source=turtle.value(found, _SOURCE),
        since=turtle.value(found, _SINCE),
        until=turtle.value(found, _UNTIL),
    )

"""The curated layer: what is true of Kubernetes, as plain triples, and where a version changed it.

`curated/<area>.ttl` states facts of the version that kubelore speaks as plain triples. An `owl:Axiom`
annotates one: with `kl:since` or `kl:changedIn` and a comment in both languages; with `kl:until` the fact
held before that version only, with `kl:denied` it does not hold though one might think so. The last two
have no plain triple. See docs/vocabulary.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from pyoxigraph import BlankNode, Literal, NamedNode

from ontology import iri
from ontology.lang import Lang
from ontology.statements import Text
from ontology.vocabulary import turtle

_OWL, _RDF = iri.PREFIXES["owl"], iri.PREFIXES["rdf"]
_SOURCE = iri.PREFIXES["dcterms"] + "source"
_COMMENT = iri.PREFIXES["rdfs"] + "comment"

Triple = tuple[str, str, str | Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class CuratedFact:
    """A fact that we vouch for, under canonical names like a `Statement`.

    `within` names the topics under which it is said, where the words alone would say too much.

    `since`, `until` and `changed_in` are minor versions (`1.24`) or empty; `note` says by language what
    happened then; `source` is a page of kubernetes.io.
    """

    subject: str
    predicate: str
    object: str | Text
    negated: bool = False
    within: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    changed_in: str = ""
    note: Mapping[Lang, str] = field(default_factory=dict)
    source: str = ""

    @property
    def triple(self) -> Triple:
        """Subject, predicate and object."""
        return self.subject, self.predicate, self.object

    @property
    def current(self) -> bool:
        """Whether it holds in the version that kubelore speaks."""
        return not self.until


@cache
def curated() -> tuple[CuratedFact, ...]:
    """Return all curated facts, past and denied ones included, sorted by subject, predicate and object."""
    plain: set[Triple] = set()
    annotated: dict[Triple, CuratedFact] = {}
    for subject, properties in turtle.folder("curated").items():
        if isinstance(subject, BlankNode):
            fact = _annotated(properties)
            annotated[fact.triple] = fact
        else:
            plain.update(_plain(subject, properties))
    facts = [CuratedFact(subject=s, predicate=p, object=o) for s, p, o in plain if (s, p, o) not in annotated]
    return tuple(sorted([*facts, *annotated.values()], key=_order))


def _plain(subject: NamedNode, properties: turtle.Properties) -> Iterator[Triple]:
    for predicate, objects in properties.items():
        if predicate.startswith(iri.NS):
            for each in objects:
                yield iri.concept_name(subject.value), predicate.removeprefix(iri.NS), _object(each)


def _annotated(properties: turtle.Properties) -> CuratedFact:
    return CuratedFact(
        subject=iri.concept_name(turtle.value(properties, _OWL + "annotatedSource")),
        predicate=turtle.value(properties, _OWL + "annotatedProperty").removeprefix(iri.NS),
        object=_object(properties[_OWL + "annotatedTarget"][0]),
        negated=turtle.value(properties, iri.NS + "denied") == "true",
        within=tuple(sorted(_names(properties.get(iri.NS + "within", ())))),
        since=turtle.value(properties, iri.NS + "since"),
        until=turtle.value(properties, iri.NS + "until"),
        changed_in=turtle.value(properties, iri.NS + "changedIn"),
        note={lang: texts[0] for lang, texts in turtle.languages(properties, _COMMENT).items()},
        source=turtle.value(properties, _SOURCE),
    )


def _names(objects: Iterable[turtle.Term]) -> Iterator[str]:
    yield from (iri.concept_name(each.value) for each in objects if isinstance(each, NamedNode))


def _object(term: turtle.Term) -> str | Text:
    return Text(term.value) if isinstance(term, Literal) else iri.concept_name(term.value)


def _order(fact: CuratedFact) -> tuple[str, str, str]:
    text = fact.object.value if isinstance(fact.object, Text) else fact.object
    return fact.subject, fact.predicate, text

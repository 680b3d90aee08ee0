"""Concepts, and the registry that finds them by name, IRI or label in either language."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property
from unicodedata import normalize

from ontology import iri
from ontology.errors import UnknownConceptError
from ontology.lang import Lang

_IGNORED = str.maketrans("", "", " -_\t")


class ConceptKind(StrEnum):
    """What sort of thing a concept is."""

    KIND = "kind"
    FIELD = "field"
    ENUM = "enum"
    COMPONENT = "component"
    ABSTRACT = "abstract"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A thing of Kubernetes.

    `name` is canonical (`Pod`, `PodPhase.Pending`, `readinessProbe`); `preferred` and `others` are its
    labels by language; `paths` bind it to the API (`v1/Pod`, `Pod.spec.tolerations[]`,
    `Pod.spec.restartPolicy=Always`); `broader` names wider concepts. `since` and `until` are the minor
    versions that brought and took it, empty where it always was and still is.
    """

    name: str
    kind: ConceptKind
    preferred: Mapping[Lang, str]
    others: Mapping[Lang, tuple[str, ...]] = field(default_factory=dict)
    definition: Mapping[Lang, str] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    source: str = ""
    broader: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    @property
    def iri(self) -> str:
        """The concept's IRI."""
        return iri.concept(self.name)

    def label(self, *langs: Lang) -> str:
        """Return the label in the first language that has one, the canonical name failing all."""
        return next((self.preferred[lang] for lang in langs if lang in self.preferred), self.name)

    def labels(self) -> Iterator[tuple[Lang, str]]:
        """Yield every label with its language, preferred ones first."""
        yield from self.preferred.items()
        for lang, texts in self.others.items():
            for text in texts:
                yield lang, text


class ConceptRegistry:
    """All known concepts. Immutable once built."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._by_name = {c.name: c for c in sorted(concepts, key=lambda c: c.name)}

    @cached_property
    def _by_label(self) -> Mapping[str, tuple[Concept, ...]]:
        by_label: dict[str, list[Concept]] = defaultdict(list)
        for concept in self._by_name.values():
            for key in dict.fromkeys([fold(concept.name), *(fold(text) for _, text in concept.labels())]):
                by_label[key].append(concept)
        return {label: tuple(found) for label, found in by_label.items()}

    def __iter__(self) -> Iterator[Concept]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def get(self, name: str) -> Concept | None:
        """Return the concept with that canonical name, or None."""
        return self._by_name.get(name)

    def labelled(self, label: str) -> tuple[Concept, ...]:
        """Return the concepts with that label in either language; case and spaces do not count."""
        return self._by_label.get(fold(label), ())

    def find(self, text: str) -> Concept:
        """Return the concept that `text` names: canonical name, IRI, CURIE, or a label of one alone.

        Raises:
            UnknownConceptError: nothing, or several concepts, answer to it; says the nearest.
        """
        exact = self._by_name.get(text) or self._by_name.get(iri.concept_name(iri.expand(text)))
        if exact is not None:
            return exact
        found = self.labelled(text)
        if len(found) == 1:
            return found[0]
        near = [c.name for c in found] or get_close_matches(text, self._by_name, n=3, cutoff=0.7)
        raise UnknownConceptError(text, nearest=near)


def fold(label: str) -> str:
    """Return the form in which labels are compared: NFC, lower case, without spaces, `-` and `_`."""
    return normalize("NFC", label).casefold().translate(_IGNORED)

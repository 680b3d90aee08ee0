"""What every edge is handed: the graph as it is read now, and the way to a newer one.

Readers take `Context.view` once a request and keep it: everything in it belongs to one graph version. A
newer version replaces it in one assignment.
"""

from collections import defaultdict
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from api.settings import Settings, from_environment
from graph import snapshot
from graph.citations import Citations
from graph.errors import StoreMissingError
from graph.search import Index
from graph.snapshot import Snapshot
from graph.sparql.service import Service
from ontology import iri
from ontology.concepts import fold
from ontology.errors import UnknownConceptError


class View:
    """One graph version with what finds and cites in it; the latter are made when first asked for."""

    def __init__(self, found: Snapshot) -> None:
        self.snapshot = found

    @cached_property
    def index(self) -> Index:
        """What full-text search looks through."""
        return Index(self.snapshot)

    @cached_property
    def citations(self) -> Citations:
        """Who finds the note lines that state a rule or concept."""
        return Citations(self.snapshot)

    def concept(self, name: str) -> int:
        """Return the index of the concept that `name` names: canonical name, IRI, CURIE, or a label of one.

        Raises:
            UnknownConceptError: nothing, or several concepts, answer to it; says the nearest.
        """
        index = self.snapshot.concept_index
        if name in index:
            return index[name]
        expanded = iri.concept_name(iri.expand(name))
        if expanded in index:
            return index[expanded]
        labelled = self._by_label.get(fold(name), ())
        if len(labelled) == 1:
            return labelled[0]
        near = [self.snapshot.concepts[each].name for each in labelled]
        raise UnknownConceptError(name, nearest=near or get_close_matches(name, index, n=3, cutoff=0.7))

    @cached_property
    def _by_label(self) -> Mapping[str, tuple[int, ...]]:
        found: dict[str, list[int]] = defaultdict(list)
        for index, concept in enumerate(self.snapshot.concepts):
            texts = (text for labels in concept.labels.values() for text in labels)
            for label in {fold(text) for text in texts}:
                found[label].append(index)
        return {label: tuple(indices) for label, indices in found.items()}


class Context:
    """The graph of one data folder."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._seen = _mark(settings.snapshot)
        self.view = View(_load(settings))

    @cached_property
    def sparql(self) -> Service:
        """Who answers SPARQL, on the store as it is when first asked."""
        return Service(self.settings.store, seconds=self.settings.sparql_seconds)

    def refresh(self) -> bool:
        """Read the graph again if another version was saved; return whether it was."""
        mark = _mark(self.settings.snapshot)
        if mark == self._seen:
            return False
        fresh = View(_load(self.settings))
        self._seen, self.view = mark, fresh
        self.sparql.close()  # the next query opens the store as it is now
        return True


def context(data: Path | None = None) -> Context:
    """Return the context of the environment's settings, or of another data folder."""
    return Context(from_environment(data))


def _load(settings: Settings) -> Snapshot:
    """The saved read model; with nothing saved the curated layer alone, which needs no store."""
    try:
        return snapshot.load(settings.snapshot)
    except StoreMissingError:
        from graph import projection  # noqa: PLC0415 - reads the vocabulary, which a saved model spares

        return projection.of_vocabulary()


def _mark(file: Path) -> tuple[int, int]:
    """What tells one saved file from the next: each is a new file, moved into place."""
    try:
        status = file.stat()
    except OSError:
        return 0, 0
    return status.st_ino, status.st_mtime_ns

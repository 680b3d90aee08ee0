"""The store: what every engine that remembers the graph must do.

Writing goes by named graph. A note's graph is replaced as a whole or not at all, whatever happens in
between; nobody ever sees half of one.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, Protocol

from ontology import iri, terms
from ontology.statements import Layer

# The forms in which a graph or dataset is written out by an engine; sorted forms are `graph.serialize`.
ResultForm = Literal["json", "xml", "csv", "tsv"]


class Term(NamedTuple):
    """An RDF term: `kind` is `iri`, `bnode` or `literal`; `tag` a literal's language or datatype IRI."""

    kind: str
    value: str
    tag: str = ""


Row = Mapping[str, Term]


class Store(Protocol):
    """One RDF dataset."""

    def replace(self, graph: str, nquads: bytes) -> None:
        """Make `nquads`, all of `graph`, the whole content of that graph, in one transaction."""

    def load(self, nquads: bytes) -> None:
        """Add quads to graphs that are not there yet, many at once, in one transaction."""

    def remove(self, graphs: Iterable[str]) -> None:
        """Remove named graphs, in one transaction. One that is not there is no error."""

    def graphs(self) -> tuple[str, ...]:
        """Return the names of all graphs, sorted."""

    def triples(self, graph: str) -> bytes:
        """Return one graph as N-Triples, in no order."""

    def select(self, query: str) -> Iterator[Row]:
        """Yield the rows of a SELECT over the union of all graphs; unbound variables are left out.

        Raises:
            QueryError: not a SELECT.
        """

    def construct(self, query: str) -> bytes:
        """Return the triples of a CONSTRUCT or DESCRIBE over the union of all graphs, as N-Triples."""

    def ask(self, query: str) -> bool:
        """Return the answer of an ASK over the union of all graphs."""

    def close(self) -> None:
        """Let go of the store; what was written is on disk."""


class Known(NamedTuple):
    """What the store knows of a note without looking into it: the digest of its bytes, and who read it."""

    digest: str
    reader: str


_NOTES = f"""SELECT ?path ?digest ?reader WHERE {{
  GRAPH ?note {{ ?note <{terms.PATH}> ?path ; <{terms.DIGEST}> ?digest
    OPTIONAL {{ ?note <{terms.READER}> ?reader }} }}
}}"""


def known_notes(store: Store) -> dict[str, Known]:
    """Return what the store knows of each note by its path, sorted."""
    rows = sorted((row["path"].value, row["digest"].value, row) for row in store.select(_NOTES))
    return {path: Known(digest, row["reader"].value if "reader" in row else "") for path, digest, row in rows}


def note_graphs(store: Store) -> tuple[str, ...]:
    """Return the names of the graphs of notes, sorted."""
    return tuple(name for name in store.graphs() if name.startswith(iri.NOTES))


def layer_of(graph: str) -> Layer:
    """Return the layer that a named graph belongs to."""
    return _LAYERS.get(graph, Layer.NOTES)


_LAYERS = {iri.CURATED_GRAPH: Layer.CURATED, iri.INFERRED_GRAPH: Layer.INFERRED}

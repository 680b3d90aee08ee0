"""The store: what every engine that remembers the graph must do.

Writing goes by named graph. A note's graph is replaced as a whole or not at all, whatever happens in
between; nobody ever sees half of one.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from ontology import iri, terms
from ontology.statements import Layer


class Term(NamedTuple):
    """An RDF term: `kind` is `iri`, `bnode` or `literal`; `tag` a literal's language or datatype IRI."""

    kind: str
    value: str
    tag: str = ""


Row = Mapping[str, Term]


class Solutions(NamedTuple):
    """The answer of a SELECT; unbound variables are left out of a row."""

    variables: tuple[str, ...]
    rows: Iterator[Row]


class Dataset(NamedTuple):
    """What a query is about: without graphs the union of all, unless the query says so on its `own`."""

    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    own: bool = False


UNION = Dataset()


class Store(Protocol):
    """One RDF dataset. In queries the prefixes of `iri.PREFIXES` need no declaration."""

    def replace(self, graph: str, nquads: bytes) -> None:
        """Make `nquads`, all of `graph`, the whole content of that graph, in one transaction."""

    def load(self, nquads: Iterable[bytes]) -> None:
        """Add quads to graphs that are not there yet, many at once, in one transaction.

        They come in pieces, cut anywhere, so that they need not be in memory all at once.
        """

    def remove(self, graphs: Iterable[str]) -> None:
        """Remove named graphs, in one transaction. One that is not there is no error."""

    def graphs(self) -> tuple[str, ...]:
        """Return the names of all graphs, sorted."""

    def triples(self, graph: str) -> bytes:
        """Return one graph as N-Triples, in no order."""

    def select(self, query: str, dataset: Dataset = UNION) -> Solutions:
        """Return the rows of a SELECT.

        Raises:
            QueryError: not a SELECT.
        """

    def construct(self, query: str, dataset: Dataset = UNION) -> bytes:
        """Return the triples of a CONSTRUCT or DESCRIBE, as N-Triples."""

    def ask(self, query: str, dataset: Dataset = UNION) -> bool:
        """Return the answer of an ASK."""

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
    rows = sorted((row["path"].value, row["digest"].value, row) for row in store.select(_NOTES).rows)
    return {path: Known(digest, row["reader"].value if "reader" in row else "") for path, digest, row in rows}


def note_graphs(store: Store) -> tuple[str, ...]:
    """Return the names of the graphs of notes, sorted."""
    return tuple(name for name in store.graphs() if name.startswith(iri.NOTES))


def layer_of(graph: str) -> Layer:
    """Return the layer that a named graph belongs to."""
    return _LAYERS.get(graph, Layer.NOTES)


_LAYERS = {iri.CURATED_GRAPH: Layer.CURATED, iri.INFERRED_GRAPH: Layer.INFERRED}

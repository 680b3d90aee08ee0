"""Oxigraph inside the process: a RocksDB directory, or memory for tests. pyoxigraph's terms stay here.

Every write is one Oxigraph transaction, so a process that dies leaves the old or the new graph.
"""

import io
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    QueryBoolean,
    QuerySolution,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
)

from graph.errors import QueryError, StoreBrokenError, StoreLockedError, StoreMissingError
from graph.store import UNION, Dataset, Row, Solutions, Term
from ontology import iri

if TYPE_CHECKING:
    from rdflib import Dataset as RdflibDataset

_LONGEST = 100
_STRING = "http://www.w3.org/2001/XMLSchema#string"
# RocksDB names the file of its current manifest there: without it nothing was ever stored.
_MARK = "CURRENT"


class EmbeddedStore:
    """A store of this process."""

    def __init__(self, engine: pyoxigraph.Store) -> None:
        self._engine = engine

    def replace(self, graph: str, nquads: bytes) -> None:
        """Make `nquads`, all of `graph`, the whole content of that graph, in one transaction."""
        if not self._engine.contains_named_graph(NamedNode(graph)):
            self.load([nquads])
            return
        # A raw line end never stands inside a term, so this takes off exactly the graph's name.
        triples = nquads.replace(f" <{graph}> .\n".encode(), b" .\n").decode()
        # INVARIANT: one update request is one transaction, so nobody sees the graph dropped.
        self._engine.update(
            f"DROP SILENT GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{\n{triples}}} }}"
        )

    def load(self, nquads: Iterable[bytes]) -> None:
        """Add quads to graphs that are not there yet, many at once, in one transaction."""
        self._engine.bulk_load(io.BufferedReader(_Pieces(nquads)), format=RdfFormat.N_QUADS)

    def remove(self, graphs: Iterable[str]) -> None:
        """Remove named graphs, in one transaction. One that is not there is no error."""
        self._engine.update(" ; ".join(f"DROP SILENT GRAPH <{graph}>" for graph in graphs))

    def graphs(self) -> tuple[str, ...]:
        """Return the names of all graphs, sorted."""
        return tuple(sorted(graph.value for graph in self._engine.named_graphs()))

    def triples(self, graph: str) -> bytes:
        """Return one graph as N-Triples, in no order."""
        return self._engine.dump(format=RdfFormat.N_TRIPLES, from_graph=NamedNode(graph)) or b""

    def select(self, query: str, dataset: Dataset = UNION) -> Solutions:
        """Return the rows of a SELECT.

        Raises:
            QueryError: not a SELECT.
        """
        found = self._query(query, dataset)
        if not isinstance(found, QuerySolutions):
            raise QueryError("expected a SELECT query")
        names = tuple(variable.value for variable in found.variables)
        return Solutions(names, (_row(solution, names) for solution in found))

    def construct(self, query: str, dataset: Dataset = UNION) -> bytes:
        """Return the triples of a CONSTRUCT or DESCRIBE, as N-Triples.

        Raises:
            QueryError: neither of them.
        """
        found = self._query(query, dataset)
        if not isinstance(found, QueryTriples):
            raise QueryError("expected a CONSTRUCT or DESCRIBE query")
        return found.serialize(format=RdfFormat.N_TRIPLES) or b""

    def ask(self, query: str, dataset: Dataset = UNION) -> bool:
        """Return the answer of an ASK.

        Raises:
            QueryError: not an ASK.
        """
        found = self._query(query, dataset)
        if not isinstance(found, QueryBoolean):
            raise QueryError("expected an ASK query")
        return bool(found)

    def dataset(self) -> "RdflibDataset":
        """Return the store as an `rdflib.Dataset`, for who wants that API; each term is converted both ways.

        A plain literal comes back with the datatype string, which rdflib does not hold equal to none.
        """
        from oxrdflib import OxigraphStore  # noqa: PLC0415 - slow to load; only who asks for rdflib pays
        from rdflib import Dataset  # noqa: PLC0415

        return Dataset(store=OxigraphStore(store=self._engine), default_union=True)

    def close(self) -> None:
        """Let go of the store; what was written is on disk."""
        del self._engine  # Oxigraph lets go of its lock when nothing refers to the store

    def _query(self, query: str, dataset: Dataset) -> QuerySolutions | QueryBoolean | QueryTriples:
        default: list[NamedNode | BlankNode | DefaultGraph] = [NamedNode(g) for g in dataset.default_graphs]
        named: list[NamedNode | BlankNode] = [NamedNode(graph) for graph in dataset.named_graphs]
        said = bool(default or named)
        try:
            return self._engine.query(
                query,
                use_default_graph_as_union=not (said or dataset.own),
                default_graph=default if said else None,
                named_graphs=named if said else None,
                prefixes=iri.PREFIXES,
            )
        except SyntaxError as error:
            # the place comes first, then everything that the grammar would have allowed there
            raise QueryError(f"not a SPARQL query: {textwrap.shorten(error.msg, _LONGEST)}") from error


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a file: what is loaded need not be in memory as a whole."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # any that can be written to: typing has no name for it
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        room = memoryview(buffer)
        size = min(len(room), len(self._left))
        room[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def in_memory() -> EmbeddedStore:
    """Return an empty store that lives as long as the process."""
    return EmbeddedStore(pyoxigraph.Store())


def open_store(place: Path) -> EmbeddedStore:
    """Open the store at `place` for reading and writing, making an empty one where there is none.

    Raises:
        StoreLockedError: another process writes to it.
        StoreBrokenError: it cannot be opened as a store.
    """
    try:
        if not place.joinpath(_MARK).exists():
            _make(place)
        return EmbeddedStore(pyoxigraph.Store(str(place)))
    except (OSError, RuntimeError) as error:
        raise _refusal(place, error) from error


def _make(place: Path) -> None:
    """Make an empty store: RocksDB takes several steps, and a process may die between any two of them.

    So it is made beside its place and moved there when it is whole; the next process goes on where one died.
    """
    beside = place.with_name(f".{place.name}.new")
    beside.mkdir(parents=True, exist_ok=True)
    pyoxigraph.Store(str(beside))  # nothing refers to it, so it is closed at once
    beside.replace(place)


def read_store(place: Path) -> EmbeddedStore:
    """Open the store at `place` as it is now, only for reading; a writer elsewhere is not disturbed.

    Raises:
        StoreMissingError: nothing was ever stored there.
        StoreBrokenError: it cannot be opened as a store.
    """
    if not place.joinpath(_MARK).exists():
        raise StoreMissingError(str(place))
    try:
        return EmbeddedStore(pyoxigraph.Store.read_only(str(place)))
    except (OSError, RuntimeError) as error:
        raise _refusal(place, error) from error


def _refusal(place: Path, error: Exception) -> StoreLockedError | StoreBrokenError:
    """What RocksDB says of a lock names the file LOCK, in this process or another."""
    if "LOCK:" in str(error):
        return StoreLockedError(str(place))
    reason = str(error).removeprefix("IO error: ").splitlines()[0]
    return StoreBrokenError(str(place), reason)


def _row(solution: QuerySolution, names: tuple[str, ...]) -> Row:
    return {name: _term(term) for name in names if (term := solution[name]) is not None}


def _term(term: NamedNode | BlankNode | pyoxigraph.Literal | pyoxigraph.Triple) -> Term:
    if isinstance(term, NamedNode):
        return Term("iri", term.value)
    if isinstance(term, BlankNode):
        return Term("bnode", f"_:{term.value}")
    if isinstance(term, pyoxigraph.Literal):
        # A plain literal has the datatype string (RDF 1.1), which no writer spells out.
        datatype = "" if term.datatype.value == _STRING else term.datatype.value
        return Term("literal", term.value, term.language or datatype)
    raise QueryError("a triple term has no place in a row")

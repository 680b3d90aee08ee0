"""What can be wrong with a store or with what is asked of it, each with a code that every edge keeps.

GraphError
├── StoreMissingError    NOT_FOUND     nothing was ever stored there
├── StoreLockedError     UNAVAILABLE   another process is writing
├── StoreBrokenError     UNAVAILABLE   what is there is no store, or a damaged one
├── RemoteError          UNAVAILABLE   the SPARQL service does not answer, or not as one
├── QueryError           BAD_INPUT     a query that is not SPARQL, or asks what is refused
├── QueryTimeoutError    UNAVAILABLE   it took longer than the limit
└── TooManyRowsError     TOO_LARGE     more rows than the limit
"""

from typing import ClassVar


class GraphError(Exception):
    """Base: `code` is the same at every edge."""

    code: ClassVar[str] = "INTERNAL"
    path = ""


class StoreMissingError(GraphError):
    """No store at that place, where one is needed to read from."""

    code = "NOT_FOUND"

    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__(f"no graph at `{place}`: run `kubelore ingest NOTES` first")


class StoreLockedError(GraphError):
    """Another process holds the store for writing."""

    code = "UNAVAILABLE"

    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__(f"the store `{place}` is locked: another kubelore is writing to it, try again later")


class StoreBrokenError(GraphError):
    """What is there cannot be opened as a store, and nothing was changed."""

    code = "UNAVAILABLE"

    def __init__(self, place: str, reason: str) -> None:
        self.place = place
        self.reason = reason
        super().__init__(f"the store `{place}` is broken ({reason}): move it away and ingest the notes again")


class RemoteError(GraphError):
    """A SPARQL service that does not answer, or answers something else."""

    code = "UNAVAILABLE"

    def __init__(self, address: str, reason: str) -> None:
        self.address = address
        super().__init__(f"the SPARQL service `{address}` failed: {reason}")


class QueryError(GraphError):
    """Not SPARQL, or a form that is refused."""

    code = "BAD_INPUT"


class QueryTimeoutError(GraphError):
    """A query that took too long."""

    code = "UNAVAILABLE"

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"the query took longer than {seconds:g} s")


class QueryDeadlyError(GraphError):
    """A query that its process died of: nested too deep for the engine, or of more memory than there is."""

    code = "TOO_COSTLY"

    def __init__(self) -> None:
        super().__init__("the query is nested too deep, or needs more memory than there is")


class TooManyRowsError(GraphError):
    """A query with more rows than the limit; no cut answer is given."""

    code = "TOO_LARGE"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"the query has more than {limit} rows: add LIMIT, or ask for less")

"""Queries of strangers, answered by a process of their own.

An engine cannot be told to stop, so a query that takes too long is stopped with its process, and the next
one gets a new process. The process opens the store read-only and as it is at that moment.
"""

import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from graph import errors
from graph.errors import GraphError, QueryDeadlyError, QueryTimeoutError

_LENGTH = 8  # bytes before each message that say how long it is


class Ask(Struct, frozen=True):
    """A query: `form` is the result format; without graphs the union of all graphs is asked."""

    query: str
    form: str
    max_rows: int
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


class Answer(Struct, frozen=True, tag=True):
    """The form of the query (SELECT, ASK, CONSTRUCT, DESCRIBE), the body, and its rows or triples."""

    query_form: str
    body: bytes
    rows: int


class Refusal(Struct, frozen=True, tag=True):
    """An error of `graph.errors` by its class, with its message or what makes it."""

    error: str
    message: str


class Service:
    """Answers one query after another on the store at `place`. Safe to share between threads."""

    def __init__(self, place: Path, *, seconds: float) -> None:
        self._place = place
        self._seconds = seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, ask: Ask) -> Answer:
        """Answer one query.

        Raises:
            QueryError: not SPARQL, or a query that is refused.
            QueryTimeoutError: it took too long.
            QueryDeadlyError: the process died of it.
            TooManyRowsError: it has more rows than `ask.max_rows`.
            StoreMissingError, StoreBrokenError: there is no store to ask.
        """
        with self._lock:
            return self._ask(ask)

    def close(self) -> None:
        """Stop the process; a later query starts another. To be called when the store has changed."""
        with self._lock:
            self._stop()

    def _ask(self, ask: Ask) -> Answer:
        if self._process is not None and self._process.poll() is not None:
            self._stop()  # it died between two queries
        process = self._process or self._start()
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._seconds, stop)
        timer.start()
        try:
            reply = _exchange(process, msgspec.msgpack.encode(ask))
        except BrokenPipeError:
            reply = None
        finally:
            timer.cancel()
        if reply is None:
            self._stop()
            raise QueryTimeoutError(self._seconds) if late.is_set() else QueryDeadlyError
        found = msgspec.msgpack.decode(reply, type=Answer | Refusal)
        if isinstance(found, Refusal):
            raise _error(found)
        return found

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-m", "graph.sparql.worker", str(self._place)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _exchange(process: subprocess.Popen[bytes], message: bytes) -> bytes | None:
    if process.stdin is None or process.stdout is None:
        return None
    send(process.stdin, message)
    return receive(process.stdout)


def send(pipe: IO[bytes], message: bytes) -> None:
    """Write one message."""
    pipe.write(len(message).to_bytes(_LENGTH, "big") + message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """Read one message; None at the end."""
    head = pipe.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    length = int.from_bytes(head, "big")
    body = pipe.read(length)
    return body if len(body) == length else None


def _error(refusal: Refusal) -> GraphError:
    """The error again, as it was raised in the other process: same class, same message."""
    class_ = getattr(errors, refusal.error, GraphError)
    found: GraphError = class_.__new__(class_)
    found.args = (refusal.message,)
    return found

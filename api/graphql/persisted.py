"""Persisted queries: a client sends a document once, and from then on its hash.

Source: Apollo's automatic persisted queries, `extensions.persistedQuery` version 1.
"""

from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from threading import Lock
from typing import Any

from api.problems import RefusedError
from ontology.errors import BadInputError

MOST = 1_000
LONGEST = 20_000  # characters of a document that is kept


class PersistedQueries:
    """The documents that clients have sent, by hash; the least used make room."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def document(self, query: str | None, extensions: Mapping[str, Any]) -> str | None:
        """Return the document that a request means; one that comes with its hash is kept.

        Raises:
            BadInputError: no hash of that document, or none that we know how to read.
            RefusedError: the hash of a document that was never sent; clients know its message.
        """
        asked = extensions.get("persistedQuery")
        if asked is None:
            return query
        if not isinstance(asked, Mapping) or asked.get("version") != 1:
            raise BadInputError("expected version 1", path="extensions.persistedQuery")
        hash_ = asked.get("sha256Hash")
        if query is None:
            return self._recall(hash_)
        if hash_ != sha256(query.encode("utf-8", "surrogatepass")).hexdigest():
            raise BadInputError("not the hash of `query`", path="extensions.persistedQuery.sha256Hash")
        self._keep(hash_, query)
        return query

    def _recall(self, hash_: Any) -> str:
        with self._lock:
            found = self._known.get(hash_) if isinstance(hash_, str) else None
            if found is None:
                raise RefusedError("NOT_FOUND", "PersistedQueryNotFound")
            self._known.move_to_end(hash_)
            return found

    def _keep(self, hash_: str, query: str) -> None:
        if len(query) > LONGEST:
            return
        with self._lock:
            self._known[hash_] = query
            self._known.move_to_end(hash_)
            if len(self._known) > MOST:
                self._known.popitem(last=False)

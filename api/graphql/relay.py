"""Relay: opaque ids, connections with edges and nodes, cursors that survive a changed graph.

A cursor names an item, not a position, so a page asked for after an ingest starts behind the same item.

Source: GraphQL Cursor Connections Specification; GraphQL Global Object Identification Specification.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from strawberry import UNSET

from api.graphql.attributes import attribute
from api.problems import RefusedError

DEFAULT_PAGE = 100
MAX_PAGE = 1000

T = TypeVar("T")

First = Annotated[
    int | None,
    strawberry.argument(
        description=f"How many from the start. At most {MAX_PAGE}; {DEFAULT_PAGE} if not given."
    ),
]
Last = Annotated[int | None, strawberry.argument(description=f"How many from the end. At most {MAX_PAGE}.")]
After = Annotated[str | None, strawberry.argument(description="Only what follows this cursor.")]
Before = Annotated[str | None, strawberry.argument(description="Only what precedes this cursor.")]


@strawberry.interface(description="Anything with an id of its own, to be fetched again by `node`.")
class Node:
    """The Relay interface; a type says by `key` what names it among its own."""

    id: strawberry.ID = attribute(
        "opaque_id", "Opaque and stable: the same thing keeps it when the graph changes."
    )

    @cached_property
    def opaque_id(self) -> strawberry.ID:
        """The id, made once: lists ask for it again and again."""
        return strawberry.ID(opaque(type(self).__name__, self.key()))

    def key(self) -> str:
        """Return what names this object among those of its type."""
        raise NotImplementedError


def opaque(sort: str, key: str) -> str:
    """Return an opaque id or cursor for a key of one sort of thing."""
    return urlsafe_b64encode(f"{sort}:{key}".encode()).rstrip(b"=").decode()


def transparent(text: str) -> tuple[str, str] | None:
    """Return sort and key of an opaque id or cursor, None for any other text; the inverse of `opaque`."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        sort, colon, key = urlsafe_b64decode(padded).decode().partition(":")
    except (UnicodeError, binascii.Error, ValueError):
        return None
    return (sort, key) if colon and opaque(sort, key) == text else None


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """The Relay page information."""

    has_next_page: bool = strawberry.field(description="Whether anything follows this page.")
    has_previous_page: bool = strawberry.field(description="Whether anything precedes this page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first item.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last item.")


@strawberry.type(description="One item of a list, with its cursor.")
class Edge(Generic[T]):
    """An item, and the cursor to go on from it."""

    item: strawberry.Private[Any]
    of: strawberry.Private["Listing[Any]"]

    @strawberry.field(description="The item.")
    def node(self) -> T:
        found: T = self.item
        return found

    @strawberry.field(description="Opaque; pass it as `after` or `before`.")
    def cursor(self) -> str:
        return self.of.cursor(self.item)


@strawberry.type(description="A list in pages: take `nodes`, or `edges` where cursors are needed.")
class Connection(Generic[T]):
    """A page of a listing."""

    listing: strawberry.Private["Listing[Any]"]
    start: strawberry.Private[int]
    stop: strawberry.Private[int]

    @strawberry.field(description="How many there are in all, on every page together.")
    def total_count(self) -> int:
        return len(self.listing.items)

    @strawberry.field(description="The items of this page.")
    def nodes(self) -> list[T]:
        return self.listing.take(self.start, self.stop)

    @strawberry.field(description="The items of this page, each with its cursor.")
    def edges(self) -> list[Edge[T]]:
        return [Edge(item=item, of=self.listing) for item in self.listing.take(self.start, self.stop)]

    @strawberry.field(description="Where this page stands.")
    def page_info(self) -> PageInfo:
        page = self.listing.take(self.start, self.stop)
        return PageInfo(
            has_next_page=self.stop < len(self.listing.items),
            has_previous_page=self.start > 0,
            start_cursor=self.listing.cursor(page[0]) if page else None,
            end_cursor=self.listing.cursor(page[-1]) if page else None,
        )


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A whole list: `items` as the snapshot has them, `show` one as its GraphQL object.

    `key` names a shown object within the list; `sort` tells cursors of one list from another's.
    """

    sort: str
    items: Sequence[Any]
    show: Callable[[Any], T]
    key: Callable[[T], str]

    def take(self, start: int, stop: int) -> list[T]:
        """Return the GraphQL objects of a slice."""
        return [*map(self.show, self.items[start:stop])]

    def cursor(self, shown: T) -> str:
        """Return the cursor of one object."""
        return opaque(self.sort, self.key(shown))

    def position(self, cursor: str) -> int:
        """Return where the object of a cursor stands.

        Raises:
            RefusedError: not a cursor of this list, or its object is gone.
        """
        found = transparent(cursor)
        if found is None or found[0] != self.sort:
            raise RefusedError("BAD_INPUT", f"`{cursor}` is not a cursor of this list")
        for position, item in enumerate(self.items):
            if self.key(self.show(item)) == found[1]:
                return position
        raise RefusedError("NOT_FOUND", f"what the cursor `{cursor}` named is no longer in this list")


def page(
    listing: Listing[T],
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Connection[T]:
    """Return one page of a listing.

    Raises:
        RefusedError: a size below 0 or above MAX_PAGE, or a cursor of something else.
    """
    head, tail = _size("first", first), _size("last", last)
    start = listing.position(after) + 1 if after else 0
    stop = max(start, listing.position(before)) if before else len(listing.items)
    if head is not None or tail is None:
        stop = min(stop, start + (DEFAULT_PAGE if head is None else head))
    if tail is not None:
        start = max(start, stop - tail)
    return Connection(listing=listing, start=start, stop=stop)


def _size(name: str, given: int | None) -> int | None:
    # what was not given is UNSET, what was given as null is None: the same to us
    if given is UNSET or given is None:
        return None
    if not 0 <= given <= MAX_PAGE:
        raise RefusedError("BAD_INPUT", f"`{name}` is {given}: from 0 to {MAX_PAGE}")
    return given

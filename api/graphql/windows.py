"""One snapshot as GraphQL objects: each object is made once, when it is first asked for."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import cached_property, partial
from typing import Any, TypeVar

from strawberry.types import Info as StrawberryInfo

from api.context import View
from api.problems import RefusedError
from graph import flashcards
from graph.flashcards import Card
from ontology.budget import Budget
from ontology.errors import did_you_mean

W = TypeVar("W")


class _Made(dict[int, Any]):
    """GraphQL objects by item, each made when it is first looked up."""

    def __init__(self, make: Callable[..., Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, index: int) -> Any:
        found = self[index] = self._make(index=index)
        return found


class Windows:
    """What resolvers read: one graph version, its GraphQL objects, and what a scenario may ask for.

    Immutable to its users: what it remembers follows from the snapshot alone.
    """

    def __init__(self, view: View, *, budget: Budget | None = None) -> None:
        self.snapshot = view.snapshot
        self.source = view
        self.budget = budget or Budget()
        self._made: dict[Any, _Made] = {}

    def window(self, type_: Callable[..., W], index: int) -> W:
        """Return the one GraphQL object of that type over item `index`."""
        return self.windows(type_)(index)

    def windows(self, type_: Callable[..., W]) -> Callable[[int], W]:
        """Return who finds the one GraphQL object of that type over an item: lists ask for hundreds."""
        made = self._made.get(type_)
        if made is None:
            made = self._made[type_] = _Made(partial(type_, view=self))
        return made.__getitem__

    @cached_property
    def flashcards(self) -> tuple[Card, ...]:
        """The cards of the notes, without those that scenarios would add."""
        return flashcards.build(self.snapshot)

    @cached_property
    def fact_index(self) -> Mapping[str, int]:
        """Id of a fact to its index."""
        return {fact.id: index for index, fact in enumerate(self.snapshot.facts)}

    @cached_property
    def finding_index(self) -> Mapping[str, int]:
        """Id of a finding to its index."""
        return {finding.id: index for index, finding in enumerate(self.snapshot.findings)}

    def concept(self, name: str) -> int:
        """Return the index of the concept that `name` names; see `View.concept`."""
        return self.source.concept(name)


Info = StrawberryInfo[Windows, None]


def not_found(what: str, name: str, known: Iterable[str]) -> RefusedError:
    """Return the refusal of a name that nothing answers to, with the nearest that would."""
    nearest = get_close_matches(name, list(known), n=3, cutoff=0.6)
    return RefusedError("NOT_FOUND", f"no {what} `{name}`{did_you_mean(nearest)}")

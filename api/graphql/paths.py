"""The shortest way from one concept to another."""

import strawberry

from api.graphql.concepts import Concept
from api.graphql.facts import Fact
from api.graphql.filters import FactFilter
from api.graphql.windows import Windows
from api.problems import RefusedError
from graph import paths

LONGEST = 8


@strawberry.type(description="A way through the graph.")
class Path:
    """A window on one path."""

    view: strawberry.Private[Windows]
    source: strawberry.Private[paths.Path]

    @strawberry.field(description="How many facts it takes.")
    def length(self) -> int:
        return len(self.source.facts)

    @strawberry.field(description="The concepts on the way, both ends included.")
    def concepts(self) -> list[Concept]:
        return [self.view.window(Concept, index) for index in self.source.concepts]

    @strawberry.field(description="The facts on the way, each connecting a concept with the next.")
    def facts(self) -> list[Fact]:
        return [self.view.window(Fact, index) for index in self.source.facts]


def shortest(view: Windows, start: int, goal: int, longest: int, where: FactFilter | None) -> Path | None:
    """Return the shortest path between two concepts.

    Raises:
        RefusedError: `longest` is out of bounds.
    """
    if not 0 <= longest <= LONGEST:
        raise RefusedError("BAD_INPUT", f"`maxLength` is {longest}: from 0 to {LONGEST}")
    graph = view.snapshot
    found = (
        paths.shortest(graph, start, goal, longest=longest, admits=lambda fact: where.holds(fact, graph))
        if where
        else paths.shortest(graph, start, goal, longest=longest)
    )
    return None if found is None else Path(view=view, source=found)

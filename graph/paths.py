"""Shortest paths between concepts, with the facts along the way."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from graph.snapshot import FactNode, Snapshot


@dataclass(frozen=True, slots=True)
class Path:
    """A way through the graph: `concepts` index the snapshot's, `facts` connect each with the next."""

    concepts: tuple[int, ...]
    facts: tuple[int, ...]


def shortest(
    graph: Snapshot,
    start: int,
    goal: int,
    *,
    longest: int,
    admits: Callable[[FactNode], bool] = lambda _: True,
) -> Path | None:
    """Return a shortest path of at most `longest` facts, whatever way they point; None if there is none.

    Only facts that `admits` lets pass are walked. Of several shortest paths the one of the earliest facts
    of the snapshot is taken, so the answer is the same every time.
    """
    came: dict[int, tuple[int, int]] = {}  # concept -> the concept before it, and the fact between them
    reached, frontier = {start}, [start]
    for _ in range(longest):
        if goal in reached:
            break
        following: list[int] = []
        for concept in frontier:
            for fact, other in _steps(graph, concept, admits):
                if other not in reached:
                    reached.add(other)
                    came[other] = (concept, fact)
                    following.append(other)
        frontier = following
    return _back(came, start, goal) if goal in reached else None


def _steps(graph: Snapshot, concept: int, admits: Callable[[FactNode], bool]) -> Iterator[tuple[int, int]]:
    for index in sorted((*graph.outgoing[concept], *graph.incoming[concept])):
        fact = graph.facts[index]
        if fact.object >= 0 and admits(fact):
            yield index, fact.object if fact.subject == concept else fact.subject


def _back(came: dict[int, tuple[int, int]], start: int, goal: int) -> Path:
    concepts, facts = [goal], []
    while concepts[-1] != start:
        before, fact = came[concepts[-1]]
        concepts.append(before)
        facts.append(fact)
    return Path(tuple(reversed(concepts)), tuple(reversed(facts)))

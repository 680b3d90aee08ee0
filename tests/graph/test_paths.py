import pytest

from graph.paths import Path, shortest
from graph.snapshot import ConceptNode, FactNode, Snapshot


def graph(*edges: tuple[int, int], texts: tuple[int, ...] = ()) -> Snapshot:
    count = max((end for edge in edges for end in edge), default=0) + 1
    concepts = tuple(ConceptNode(f"c{i}", f"iri:{i}", "kind", {}, {}, (), "") for i in range(count))
    ends = [*edges, *((subject, -1) for subject in texts)]
    facts = tuple(
        FactNode(f"f{i}", s, "to", o, "", -1, (), "", 0, 0, "notes", "", "", s == 0, "plain", "", "")
        for i, (s, o) in enumerate(ends)
    )
    return Snapshot("v", concepts, facts, (), ())


@pytest.mark.parametrize(
    ("snapshot", "goal", "longest", "expected"),
    [
        pytest.param(graph((0, 1), (1, 2)), 2, 8, Path((0, 1, 2), (0, 1)), id="along the facts"),
        pytest.param(graph((1, 0), (1, 2)), 2, 8, Path((0, 1, 2), (0, 1)), id="against a fact"),
        pytest.param(graph((0, 1), (1, 2), (0, 2)), 2, 8, Path((0, 2), (2,)), id="the shorter one"),
        pytest.param(graph((0, 2), (2, 3), (0, 1), (1, 3)), 3, 8, Path((0, 2, 3), (0, 1)), id="of equals the first"),
        pytest.param(graph((0, 1), (1, 2)), 2, 1, None, id="none that short"),
        pytest.param(graph((0, 1), (2, 3)), 3, 8, None, id="none at all"),
        pytest.param(graph((0, 1), texts=(1,)), 0, 8, Path((0,), ()), id="to itself"),
        pytest.param(graph((0, 1), (1, 0), (1, 2), (2, 2)), 2, 8, Path((0, 1, 2), (0, 2)), id="through circles"),
    ],
)  # fmt: skip
def test_a_shortest_path(snapshot: Snapshot, goal: int, longest: int, expected: Path | None) -> None:
    assert shortest(snapshot, 0, goal, longest=longest) == expected


def test_only_facts_that_pass_are_walked() -> None:
    snapshot = graph((0, 2), (1, 2), (1, 0))

    found = shortest(snapshot, 0, 2, longest=8, admits=lambda fact: not fact.negated)

    assert found == Path((0, 1, 2), (2, 1))

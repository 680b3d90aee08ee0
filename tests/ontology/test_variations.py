from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import BadInputError, TooLargeError
from ontology.variations import Difference, Variation, differences, grid, steps

RAW = {
    "system": "workloads",
    "objects": [{"kind": "Deployment", "spec": {"replicas": 1, "labels": {"a.b/c": "x"}}}, {"kind": "Pod"}],
    "question": {"run": {"until": "1m"}},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param(
            "objects[0].spec.replicas", ("objects", 0, "spec", "replicas"), id="members and an item"
        ),
        pytest.param(
            'objects[0].spec.labels["a.b/c"]', ("objects", 0, "spec", "labels", "a.b/c"), id="quoted"
        ),
        pytest.param("question", ("question",), id="a root"),
        pytest.param("question.run.events[10][2]", ("question", "run", "events", 10, 2), id="items of items"),
    ],
)
def test_a_path_is_read_in_steps(path: str, found: tuple[str | int, ...]) -> None:
    assert steps(path) == found


@pytest.mark.parametrize(
    "path",
    ["", "system", "objects.", "objects[", "objects[-1]", "objects..spec", "[0]", 'objects["', "then.x"],
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(BadInputError):
        steps(path)


def test_every_combination_in_order_and_the_original_is_kept() -> None:
    axes = [
        Variation("objects[0].spec.replicas", (1, 2)),
        Variation("question.run.until", ("1m", "2m", "3m")),
    ]

    rows = list(grid(RAW, axes, most=6))

    assert [values for values, _ in rows] == [
        (1, "1m"),
        (1, "2m"),
        (1, "3m"),
        (2, "1m"),
        (2, "2m"),
        (2, "3m"),
    ]
    last: Any = rows[-1][1]
    assert (last["objects"][0]["spec"]["replicas"], last["question"]["run"]["until"]) == (2, "3m")
    assert last["objects"][1] == {"kind": "Pod"}
    assert RAW["objects"][0]["spec"]["replicas"] == 1  # type: ignore[index]  # a plain document


def test_a_member_that_is_not_there_is_added() -> None:
    ((_, found),) = grid(RAW, [Variation("objects[1].spec.nodeName", ("n1",))], most=1)

    assert found["objects"][1] == {"kind": "Pod", "spec": {"nodeName": "n1"}}


@pytest.mark.parametrize("path", ["objects[2].spec", "objects[0].kind.x", "objects.x", "question[0]"])
def test_a_path_that_leads_nowhere_is_said(path: str) -> None:
    with pytest.raises(BadInputError, match="leads"):
        list(grid(RAW, [Variation(path, (1,))], most=1))


def test_too_many_combinations_are_refused_before_the_first() -> None:
    axes = [Variation("question.run.until", ("1m",) * 100)] * 3
    with pytest.raises(TooLargeError, match="1000000"):
        next(grid(RAW, axes, most=1000))


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        pytest.param({"a": 1}, {"a": 1}, [], id="equal"),
        pytest.param({"a": 1}, {"a": 2}, [Difference("a", 1, 2)], id="a member"),
        pytest.param({"a": 1}, {}, [Difference("a", 1, None)], id="gone"),
        pytest.param({"a": [1, 2]}, {"a": [1]}, [Difference("a[1]", 2, None)], id="a shorter list"),
        pytest.param({"a": {"b": [{"c": 0}]}}, {"a": {"b": [{"c": 1}]}}, [Difference("a.b[0].c", 0, 1)], id="deep"),
        pytest.param({"a": 1}, {"a": True}, [Difference("a", 1, True)], id="one is not true"),
        pytest.param([], {}, [Difference("", [], {})], id="of another sort"),
    ],
)  # fmt: skip
def test_differences(first: Any, second: Any, found: list[Difference]) -> None:
    assert list(differences(first, second)) == found


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
)


@given(value=JSON)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert list(differences(value, value)) == []

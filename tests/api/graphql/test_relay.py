from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.graphql.relay import opaque, transparent

Ask = Callable[..., dict[str, Any]]

NAMES = ["Node", "Pod", "PodPhase.Pending", "PodPhase.Running", "Taint", "대기 상태"]


@given(st.text(st.characters(exclude_characters=":", codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_an_opaque_text_keeps_what_it_names(sort: str, key: str) -> None:
    assert transparent(opaque(sort, key)) == (sort, key)


@given(st.text())
def test_other_texts_name_nothing_or_are_what_opaque_would_write(text: str) -> None:
    found = transparent(text)

    assert found is None or opaque(*found) == text


def test_everything_with_an_id_is_fetched_by_it(ask: Ask) -> None:
    found = ask(
        """{ concept(id: "Pod") { id facts { nodes { id } } } note(path: "pods.md") { id }
             rule(id: "scheduling.taints") { id } findings { nodes { id } } systems { nodes { id } } }"""
    )["data"]
    ids = [
        found["concept"]["id"], found["concept"]["facts"]["nodes"][0]["id"], found["note"]["id"],
        found["rule"]["id"], found["findings"]["nodes"][0]["id"], found["systems"]["nodes"][0]["id"],
    ]  # fmt: skip

    answer = ask("query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=[*ids, "nothing"])

    assert answer["data"]["nodes"] == [
        {"__typename": name, "id": id_}
        for name, id_ in zip(["Concept", "Fact", "Note", "Rule", "Finding", "System"], ids, strict=True)
    ] + [None]


PAGE = """query($first: Int, $after: String, $last: Int, $before: String) {
  concepts(first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { name } edges { cursor node { name } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


@pytest.mark.parametrize("size", [1, 2, 4, 100])
def test_pages_forward_are_the_whole_list(ask: Ask, size: int) -> None:
    names, after = [], None
    while True:
        found = ask(PAGE, first=size, after=after)["data"]["concepts"]
        names += [each["name"] for each in found["nodes"]]
        assert found["totalCount"] == len(NAMES)
        assert [each["node"] for each in found["edges"]] == found["nodes"]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break

    assert names == NAMES


@pytest.mark.parametrize("size", [1, 2, 4, 100])
def test_pages_backward_are_the_whole_list(ask: Ask, size: int) -> None:
    names: list[str] = []
    before = None
    while True:
        found = ask(PAGE, last=size, before=before)["data"]["concepts"]
        names = [each["name"] for each in found["nodes"]] + names
        before = found["pageInfo"]["startCursor"]
        if not found["pageInfo"]["hasPreviousPage"]:
            break

    assert names == NAMES


def test_an_empty_page(ask: Ask) -> None:
    found = ask(PAGE, first=0)["data"]["concepts"]

    assert found["nodes"] == []
    assert found["pageInfo"] == {
        "hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        pytest.param({"first": -1}, "BAD_INPUT", id="less than nothing"),
        pytest.param({"first": 1001}, "BAD_INPUT", id="more than a page"),
        pytest.param({"after": "nonsense"}, "BAD_INPUT", id="no cursor"),
        pytest.param({"after": opaque("Fact", "f1")}, "BAD_INPUT", id="a cursor of another list"),
        pytest.param({"after": opaque("Concept", "Gone")}, "NOT_FOUND", id="a cursor of what is gone"),
    ],
)
def test_a_wrong_page_is_refused_rather_than_cut(ask: Ask, variables: dict[str, Any], code: str) -> None:
    answer = ask(PAGE, **variables)

    assert answer["errors"][0]["extensions"]["code"] == code

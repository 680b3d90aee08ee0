"""What goes with an object, by propagation, and what stays."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import InvalidQuestionError
from ontology.evaluators import answer
from ontology.verdict import Verdict


def thing(name: str, *owners: str, blocks: bool = True, namespace: str = "") -> dict[str, Any]:
    references = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": each, "uid": each, "blockOwnerDeletion": blocks}
        for each in owners
    ]
    metadata = {"name": name, "uid": name, "ownerReferences": references}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata | ({"namespace": namespace} if namespace else {}),
    }


def collect(
    objects: list[dict[str, Any]], name: str | None = None, propagation: str = "Background"
) -> Verdict:
    asked: dict[str, Any] = {"propagation": propagation}
    if name is not None:
        asked["delete"] = {"kind": "ConfigMap", "name": name}
    return answer({"system": "workloads", "objects": objects, "question": {"collect": asked}})


def names(found: list[str]) -> list[str]:
    return [each.partition("/")[2] for each in found]


CHAIN = [thing("a"), thing("b", "a"), thing("c", "b")]


@pytest.mark.parametrize(
    ("propagation", "deleted", "left"),
    [
        pytest.param("Background", ["a", "b", "c"], [], id="owners first"),
        pytest.param("Foreground", ["c", "b", "a"], [], id="dependents first"),
        pytest.param("Orphan", ["a"], ["b", "c"], id="dependents stay"),
    ],
)
def test_propagation(propagation: str, deleted: list[str], left: list[str]) -> None:
    verdict = collect(CHAIN, "a", propagation)

    assert names(verdict.answer["deleted"]) == deleted
    assert names(verdict.answer["left"]) == left


@pytest.mark.parametrize(
    ("owner", "dependent", "goes"),
    [
        pytest.param("default", "", True, id="the default, told and not told"),
        pytest.param("", "kube-system", True, id="an owner of the whole cluster"),
        pytest.param("default", "kube-system", False, id="two namespaces"),
    ],
)
def test_an_owner_is_in_the_namespace_of_its_dependents(owner: str, dependent: str, goes: bool) -> None:
    objects = [
        thing("a", namespace=owner),
        thing("b", "a", namespace=dependent),
        thing("c", namespace=dependent),
    ]

    # without its owner there, a dependent in another namespace has lost it from the start
    assert names(collect(objects).answer["deleted"]) == ([] if goes else ["b"])
    assert names(collect(objects, "a").answer["deleted"]) == ["a", "b"]


def test_of_two_namesakes_the_one_of_the_namespace_is_deleted() -> None:
    here, there = thing("a", namespace="here"), thing("a", namespace="there") | {}
    there["metadata"] |= {"uid": "other"}
    asked = {"delete": {"kind": "ConfigMap", "name": "a", "namespace": "there"}}

    found = answer(
        {
            "system": "workloads",
            "objects": [here, there, thing("b", "a", namespace="here")],
            "question": {"collect": asked},
        }
    )

    assert found.answer["deleted"] == ["ConfigMap/a"]
    assert found.answer["left"] == ["ConfigMap/a", "ConfigMap/b"]


def test_a_dependent_with_another_owner_stays() -> None:
    verdict = collect([thing("a"), thing("z"), thing("b", "a", "z")], "a")

    assert names(verdict.answer["left"]) == ["z", "b"]


def test_only_dependents_that_block_are_waited_for_in_the_foreground() -> None:
    verdict = collect([thing("a"), thing("b", "a", blocks=False)], "a", "Foreground")

    assert names(verdict.answer["deleted"]) == ["a", "b"]


@pytest.mark.parametrize("propagation", ["Background", "Foreground"])
def test_owners_that_own_each_other_go_together(propagation: str) -> None:
    verdict = collect([thing("a", "b"), thing("b", "a")], "a", propagation)

    assert sorted(names(verdict.answer["deleted"])) == ["a", "b"]


def test_in_a_cycle_the_object_that_is_deleted_goes_last_in_the_foreground() -> None:
    verdict = collect([thing("a", "b"), thing("b", "a")], "a", "Foreground")

    assert names(verdict.answer["deleted"]) == ["b", "a"]
    assert [step.rule.rpartition(".")[2] for step in verdict.steps] == [
        "cycle",
        "deletedAfterDependents",
        "deletedAfterDependents",
    ]


@pytest.mark.parametrize("propagation", ["Background", "Foreground", "Orphan"])
def test_what_has_lost_its_owner_before_is_collected_along_the_way(propagation: str) -> None:
    assert "d" in names(collect([thing("a"), thing("d", "gone")], "a", propagation).answer["deleted"])


def test_an_owner_in_another_namespace_is_no_owner() -> None:
    verdict = collect([thing("a", namespace="x"), thing("b", "a", namespace="y")])

    assert names(verdict.answer["deleted"]) == ["b"]


def test_an_object_that_is_not_there_cannot_be_deleted() -> None:
    with pytest.raises(InvalidQuestionError, match="no ConfigMap named `z`"):
        collect(CHAIN, "z")


@given(
    st.lists(st.lists(st.integers(0, 5), max_size=3), min_size=6, max_size=6),
    st.sampled_from(["Background", "Foreground", "Orphan"]),
)
def test_every_graph_comes_to_rest_and_nothing_kept_has_lost_all_its_owners(
    owners: list[list[int]], propagation: str
) -> None:
    objects = [thing(str(place), *(str(each) for each in set(found))) for place, found in enumerate(owners)]

    verdict = collect(objects, "0", propagation)

    left = set(names(verdict.answer["left"]))
    assert "0" not in left
    assert left.isdisjoint(names(verdict.answer["deleted"]))
    if propagation != "Orphan":
        assert all(left & {str(each) for each in owners[int(name)]} for name in left if owners[int(name)])

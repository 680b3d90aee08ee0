"""Patches: RFC 7386, its appendix of examples, and what a scenario is after one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology import patches
from ontology.evaluators import evaluate
from ontology.scenario import Scenario, decode
from ontology.verdict import Outcome, Role, Step, Verdict

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("value", "patch", "after"),
    [
        pytest.param({"a": "b"}, {"a": "c"}, {"a": "c"}, id="a member is replaced"),
        pytest.param({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}, id="a member is added"),
        pytest.param({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}, id="null removes"),
        pytest.param({"a": ["b"]}, {"a": ["c"]}, {"a": ["c"]}, id="a list is replaced whole"),
        pytest.param(
            {"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}, id="members are merged"
        ),
        pytest.param(["a"], {"b": "c", "d": None}, {"b": "c"}, id="a list gives way to an object"),
        pytest.param({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}, id="nothing to remove"),
    ],
)
def test_a_merge_patch(value: Any, patch: Any, after: Any) -> None:
    assert patches.merged(value, patch) == after


LEAVES = st.none() | st.integers(0, 3) | st.text("ab", max_size=2)
TREES = st.recursive(
    LEAVES, lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=6
)


@given(TREES, TREES)
def test_a_patch_applied_twice_is_a_patch_applied_once(value: Any, patch: Any) -> None:
    once = patches.merged(value, patch)

    assert patches.merged(once, patch) == once


def service(name: str, **spec: Any) -> Json:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def opens(*objects: Json) -> Scenario:
    question = {"opens": {"service": "default/web"}}
    return decode({"system": "services", "objects": list(objects), "question": question})


def manifests(scenario: Scenario) -> list[Json]:
    return [dict(raw) for _, raw in scenario.manifests]


def test_a_patch_changes_the_object_it_names_and_no_other() -> None:
    changed = patches.apply(opens(service("web"), service("api")), service("web", type="NodePort"))

    assert [each["spec"] for each in manifests(changed)] == [{"type": "NodePort"}, {}]


def test_an_object_that_is_not_there_is_added() -> None:
    changed = patches.apply(opens(service("web")), service("api"))

    assert [each["metadata"]["name"] for each in manifests(changed)] == ["web", "api"]


def test_several_patches_are_one_list() -> None:
    both = patches.together(service("web", type="NodePort"), service("api", type="NodePort"))

    changed = patches.apply(opens(service("web"), service("api")), both)

    assert {each["spec"]["type"] for each in manifests(changed)} == {"NodePort"}


def test_a_patch_may_change_the_question() -> None:
    changed = patches.apply(opens(service("web")), {"question": {"service": "default/api"}})

    assert changed.asked == {"service": "default/api"}


def proposal(**spec: Any) -> Step:
    return Step("services.opens.nodePort", True, {}, Role.CHANGE, change=service("web", **spec))


def again(scenario: Scenario) -> Verdict:
    return evaluate(scenario)


def test_only_the_first_proposal_that_helps_is_offered() -> None:
    useless, good, better = (
        proposal(type="ClusterIP"),
        proposal(type="NodePort"),
        proposal(type="LoadBalancer"),
    )
    closed = opens(service("web", ports=[{"port": 80}]))

    assert list(patches.helping(closed, [useless, good, better], again)) == [good]


def test_a_proposal_that_the_api_refuses_helps_nobody() -> None:
    refused = proposal(ports="all")

    assert list(patches.helping(opens(service("web")), [refused], again)) == []


def test_another_wish_than_yes_can_be_had() -> None:
    closed = opens(service("web", ports=[{"port": 80}], type="NodePort"))
    inward = proposal(type="ClusterIP")

    offered = patches.helping(closed, [inward], again, helps=lambda verdict: verdict.outcome is Outcome.NO)

    assert list(offered) == [inward]

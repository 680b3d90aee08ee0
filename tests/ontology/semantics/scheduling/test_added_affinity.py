"""`addedAffinity`: what a scheduler's configuration asks of every pod's node, beside the pod's own."""

from typing import Any

import pytest

from ontology.errors import InvalidObjectError, InvalidQuestionError
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Role

ENFORCED = "node(s) didn't match scheduler-enforced node affinity"


def term(key: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": "In", "values": list(values)}]}


POOL = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term("pool", "a")]}}
PREFER = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 5, "preference": term("pool", "b")}]}


@pytest.fixture
def nodes(make: Any) -> list[Any]:
    return [make.node("n1", labels={"pool": "a"}), make.node("n2", labels={"pool": "b"}), make.node("n3")]


def test_nodes_must_meet_the_schedulers_demand_first(make: Any, nodes: list[Any]) -> None:
    pod = make.pod("web", nodeSelector={"disk": "ssd"})

    answer = make.ask(nodes, schedule={"pod": pod, "addedAffinity": POOL}).answer

    assert {name: each["reasons"] for name, each in answer["rejected"].items()} == {
        "n1": ["node(s) didn't match Pod's node affinity/selector"],
        "n2": [ENFORCED],
        "n3": [ENFORCED],
    }
    assert answer["rejected"]["n2"]["unresolvable"]


def test_the_schedulers_preferences_count_beside_the_pods(make: Any, nodes: list[Any]) -> None:
    pod = make.pod("web")

    answer = make.ask(nodes, schedule={"pod": pod, "addedAffinity": PREFER}).answer

    assert answer["winners"] == ["n2"]
    assert [answer["scores"][name]["NodeAffinity"] for name in ("n1", "n2", "n3")] == [0, 200, 0]


def test_without_an_addition_a_pod_alone_is_asked_alike(make: Any, nodes: list[Any]) -> None:
    pod = make.pod("web", nodeSelector={"pool": "b"})

    assert make.ask(nodes, schedule={"pod": pod}).answer == make.ask(nodes, schedule=pod).answer


def test_a_change_meets_the_schedulers_demand_too(make: Any) -> None:
    objects = [make.node("n1", labels={"pool": "b"})]

    steps = make.ask(objects, schedule={"pod": make.pod("web"), "addedAffinity": POOL}).steps

    (change,) = [step for step in steps if step.role is Role.CHANGE]
    assert change.rule == "scheduling.addedAffinity"
    assert change.facts["edits"] == ("n1: pool=a",)
    told = [step for step in steps if step.rule == "scheduling.addedAffinity"]
    assert [step.role for step in told] == [Role.APPLIED, Role.NEAR_MISS, Role.CHANGE]
    assert all("pool=" in render(step, lang) for step in told for lang in Lang)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param({"capacity": {"pod": "POD", "limit": 9}}, {"nodes": {"n1": 9}}, id="capacity"),
        pytest.param({"fits": {"node": "n2"}}, {"pods": []}, id="fits"),
        pytest.param({"stuck": {}}, {"waiting": 1, "stuck": {}}, id="stuck"),
        pytest.param({"place": {"pods": ["POD"]}}, {"placed": 1}, id="place"),
    ],
)
def test_every_question_takes_it(
    make: Any, nodes: list[Any], question: dict[str, Any], expected: dict[str, Any]
) -> None:
    pod = make.pod("web")
    ((name, members),) = question.items()
    filled = {
        key: pod if value == "POD" else [pod] if value == ["POD"] else value for key, value in members.items()
    }

    answer = make.ask([*nodes, make.pod("waits")], **{name: {**filled, "addedAffinity": POOL}}).answer

    assert expected.items() <= answer.items()


def test_an_addition_is_checked_as_a_pods_affinity_is(make: Any) -> None:
    with pytest.raises(InvalidObjectError) as refused:
        make.ask([], schedule={"pod": make.pod("web"), "addedAffinity": {"required": {}}})
    assert refused.value.path == "question.schedule.addedAffinity.required"

    with pytest.raises(InvalidQuestionError) as shape:
        make.ask([], schedule={"pod": make.pod("web"), "addedAfinity": {}})
    assert shape.value.path == "question.schedule"

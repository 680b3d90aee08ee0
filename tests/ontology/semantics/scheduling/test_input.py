"""Bad input: an error that names the field, or the verdict; never a crash."""

import json
from typing import Any

import pytest

from ontology import evaluators, scenario
from ontology.budget import Budget
from ontology.errors import (
    InvalidObjectError,
    InvalidQuestionError,
    OntologyError,
    TooCostlyError,
    TooLargeError,
)

SPREAD = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        pytest.param(lambda o, _: o[0]["status"]["allocatable"].update(cpu="many"), "objects[0].status.allocatable.cpu", id="an amount of a node"),
        pytest.param(lambda o, _: o[1]["spec"]["containers"][0]["resources"]["requests"].update(cpu="1x"), "objects[1].spec.containers[0].resources.requests.cpu", id="an amount of a running pod"),
        pytest.param(lambda _, p: p["spec"]["containers"][0]["resources"]["requests"].update(cpu="-"), "question.schedule.spec.containers[0].resources.requests.cpu", id="an amount of the pod"),
        pytest.param(lambda _, p: p["spec"].update(topologySpreadConstraints=[{**SPREAD, "labelSelector": {"matchExpressions": [{"key": "a", "operator": "Is"}]}}]), "question.schedule.spec.topologySpreadConstraints[0].labelSelector.matchExpressions[0].operator", id="an operator"),
        pytest.param(lambda _, p: p["spec"].update(nodeSelectr={}), "question.schedule.spec.nodeSelectr", id="an unknown field"),
        pytest.param(lambda o, _: o[0]["metadata"].update(labels=["a"]), "objects[0].metadata.labels", id="a wrong type"),
        pytest.param(lambda o, _: o.append(o[0]), "objects", id="two nodes of one name"),
        pytest.param(lambda o, _: o.append(o[1]), "objects", id="two pods of one name"),
    ],
)  # fmt: skip
def test_an_error_names_the_field(make: Any, change: Any, path: str) -> None:
    objects, pod = [make.node("n1"), make.pod("old", on="n1")], make.pod("new")
    change(objects, pod)

    with pytest.raises(InvalidObjectError) as refused:
        make.ask(objects, schedule=pod)

    assert refused.value.path == path


@pytest.mark.parametrize(
    "question",
    [
        pytest.param({"fits": {"node": "gone"}}, id="a node that is not there"),
        pytest.param({"fits": {}}, id="no node"),
        pytest.param({"capacity": {"pod": {}, "limit": 0}}, id="a limit of nothing"),
        pytest.param({"place": {"pods": "all"}}, id="no list"),
        pytest.param({"schedule": "web"}, id="no pod"),
    ],
)
def test_a_question_is_refused(make: Any, question: dict[str, Any]) -> None:
    with pytest.raises(InvalidQuestionError):
        make.ask([make.node("n1")], **question)


def test_a_list_too_long_is_refused_before_it_is_read(make: Any) -> None:
    with pytest.raises(TooLargeError):
        make.ask([], place={"pods": [{}] * 20_001})


SMALL = Budget(objects=5, pods=4, looks=6)


@pytest.mark.parametrize(
    ("nodes", "question", "path"),
    [
        pytest.param(6, {"stuck": {}}, "objects", id="objects"),
        pytest.param(1, {"place": {"pods": [{}] * 5}}, "question.place.pods", id="pods to place"),
        pytest.param(1, {"capacity": {"pod": {}, "limit": 5}}, "question.capacity.limit", id="replicas"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("listed", [False, True])
def test_more_than_a_budget_is_refused_unread(
    make: Any, nodes: int, question: dict[str, Any], path: str, listed: bool
) -> None:
    objects: list[Any] = [make.node(f"n{i}") for i in range(nodes)]
    given = [{"apiVersion": "v1", "kind": "List", "items": objects}] if listed else objects

    with pytest.raises(TooLargeError) as refused:
        evaluators.answer({"system": "scheduling", "objects": given, "question": question}, budget=SMALL)

    assert refused.value.path == path


@pytest.mark.parametrize("kind", ["place", "capacity"])
def test_pods_times_nodes_are_work(make: Any, kind: str) -> None:
    pod = make.pod("new")
    question = {"place": {"pods": [pod] * 4}} if kind == "place" else {"capacity": {"pod": pod}}
    raw = {"system": "scheduling", "objects": [make.node("n1"), make.node("n2")], "question": {**question}}

    with pytest.raises(TooCostlyError, match="at most 3 pods on 2 nodes, got 4"):
        evaluators.answer(raw, budget=SMALL)
    assert evaluators.answer({**raw, "objects": raw["objects"][:1]}, budget=SMALL).outcome.value == "yes"


def test_waiting_pods_times_nodes_are_work(make: Any) -> None:
    objects = [make.node("n1"), make.node("n2"), make.pod("p1"), make.pod("p2")]
    raw = {"system": "scheduling", "objects": objects, "question": {"stuck": {}}}

    with pytest.raises(TooCostlyError, match="at most 1 pods on 2 nodes, got 2"):
        evaluators.answer(raw, budget=Budget(looks=3))


def test_too_many_objects_of_a_large_text_are_refused_unread() -> None:
    text = json.dumps({
        "system": "scheduling", "objects": [{"kind": "no such kind"}] * 60_000, "question": {"stuck": {}},
    }).encode()  # fmt: skip
    assert len(text) > 1_000_000

    with pytest.raises(TooLargeError, match="more than 5 objects"):
        evaluators.answer_text(text, budget=SMALL)


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"containers": []}, id="no containers"),
        pytest.param({"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "gone"}}]}, id="no such claim"),
        pytest.param({"nodeName": "gone"}, id="no such node"),
        pytest.param({"overhead": {"cpu": "999999999999E"}}, id="more than 64 bits hold"),
        pytest.param({"priority": 2**31}, id="beyond every priority"),
        pytest.param({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}}}, id="no terms"),
        pytest.param({"topologySpreadConstraints": [{**SPREAD, "maxSkew": 0}]}, id="no skew"),
    ],
)  # fmt: skip
def test_odd_pods_get_a_verdict(make: Any, spec: dict[str, Any]) -> None:
    odd = make.pod("odd", **spec)
    running = make.pod("odd-too", on="n1", **{k: v for k, v in spec.items() if k != "nodeName"})

    assert make.ask([make.node("n1"), running], schedule=odd).steps
    assert make.ask([make.node("n1"), running], capacity={"pod": odd, "limit": 3}).steps


def test_contradictory_objects_get_a_verdict(make: Any) -> None:
    objects = [make.node("n1", cpu="1", pods="1"), *(make.pod(f"p{i}", on="n1", cpu="9") for i in range(3))]
    objects.append(make.pod("lost", on="gone"))

    answer = make.ask(objects, schedule=make.pod("new", priority=5)).answer

    assert answer["rejected"]["n1"]["reasons"] == ["Insufficient cpu", "Too many pods"]
    assert len(answer["preemption"]["candidates"]["n1"]["victims"]) == 3


def test_a_large_text_is_answered_and_refused_as_a_small_one(make: Any) -> None:
    objects = [make.node("n1"), *(make.pod(f"p{i:05}", on="n1", cpu="1m") for i in range(4000))]
    raw = {"system": "scheduling", "objects": objects, "question": {"schedule": make.pod("new")}}
    text = json.dumps(raw).encode()
    assert len(text) > 1_000_000

    assert evaluators.answer_text(text).answer == evaluators.answer(raw).answer

    objects[7]["spec"]["nodeNam"] = "n1"
    with pytest.raises(OntologyError) as small:
        scenario.decode(raw)
    with pytest.raises(OntologyError) as large:
        scenario.read(json.dumps(raw).encode())
    assert (str(large.value), large.value.path) == (str(small.value), small.value.path)

"""Verdicts as a table, and two side by side."""

from collections.abc import Callable
from typing import Any

import pytest

from api.graphql.execution import Executor, Operation
from api.graphql.limits import Limits
from api.graphql.windows import Windows

Ask = Callable[..., dict[str, Any]]


def node(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "10"}}}  # fmt: skip


def pod(cpu: str) -> dict[str, Any]:
    container = {"name": "app", "image": "app", "resources": {"requests": {"cpu": cpu}}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"containers": [container]},
    }


def scenario(cpu: str = "1") -> dict[str, Any]:
    return {
        "system": "scheduling",
        "objects": [node("a")],
        "question": {"schedule": pod(cpu)},
    }


SWEEP = """query Sweep($scenario: JSON!, $vary: [Vary!]!) {
  sweep(scenario: $scenario, vary: $vary) {
    columns
    rows { values evaluation { verdict { outcome } error { code path } } }
  }
}"""
CPU = "question.schedule.spec.containers[0].resources.requests.cpu"


def test_a_table_of_verdicts(ask: Ask) -> None:
    vary = [
        {"path": CPU, "values": ["2", "8"]},
        {"path": "objects[0].status.allocatable.cpu", "values": ["4", "16"]},
    ]

    found = ask(SWEEP, scenario=scenario(), vary=vary)["data"]["sweep"]

    assert found["columns"] == [CPU, "objects[0].status.allocatable.cpu"]
    outcomes = [(row["values"], row["evaluation"]["verdict"]["outcome"]) for row in found["rows"]]
    assert outcomes == [(["2", "4"], "YES"), (["2", "16"], "YES"), (["8", "4"], "NO"), (["8", "16"], "YES")]


def test_a_value_that_the_api_refuses_is_a_row_with_an_error(ask: Ask) -> None:
    found = ask(SWEEP, scenario=scenario(), vary=[{"path": CPU, "values": ["much", "1"]}])["data"]["sweep"]

    first, second = (row["evaluation"] for row in found["rows"])
    assert (first["verdict"], first["error"]["code"]) == (None, "INVALID_OBJECT")
    assert (second["verdict"]["outcome"], second["error"]) == ("YES", None)


@pytest.mark.parametrize(
    ("vary", "code"),
    [
        pytest.param([], "BAD_INPUT", id="nothing varies"),
        pytest.param(
            [{"path": "objects[7].kind", "values": [1]}], "BAD_INPUT", id="a path that leads nowhere"
        ),
        pytest.param([{"path": "objects[0].kind", "values": list(range(101))}], "TOO_LARGE", id="too many"),
    ],
)
def test_a_sweep_that_cannot_be_made(vary: list[Any], code: str, ask: Ask) -> None:
    answer = ask(SWEEP, scenario=scenario(), vary=vary)

    assert answer["data"] == {"sweep": None}
    assert answer["errors"][0]["extensions"]["code"] == code


COMPARE = """query Compare($first: JSON!, $second: JSON!) {
  compare(first: $first, second: $second) {
    same differences { path first second } onlyFirst onlySecond second { error { code } }
  }
}"""


def test_two_scenarios_side_by_side(ask: Ask) -> None:
    found = ask(COMPARE, first=scenario("1"), second=scenario("9"))["data"]["compare"]

    assert found["same"] is False
    assert {each["path"]: (each["first"], each["second"]) for each in found["differences"]}[
        "feasible[0]"
    ] == (
        "a",
        None,
    )
    assert found["onlySecond"]
    assert not set(found["onlyFirst"]) & set(found["onlySecond"])


def test_equal_scenarios_are_the_same(ask: Ask) -> None:
    found = ask(COMPARE, first=scenario(), second=scenario())["data"]["compare"]

    assert (found["same"], found["differences"], found["onlyFirst"], found["onlySecond"]) == (
        True,
        [],
        [],
        [],
    )


def test_one_without_a_verdict_differs_from_every_other(ask: Ask) -> None:
    found = ask(COMPARE, first=scenario(), second={"system": "rbca"})["data"]["compare"]

    assert (found["same"], found["differences"]) == (False, [])
    assert found["second"]["error"]["code"] == "INVALID_QUESTION"


@pytest.mark.parametrize(
    ("query", "variables", "dear"),
    [
        pytest.param('{ sweep(scenario: {}, vary: [{path: "question", values: [1, 2]}]) { columns } }', {}, False, id="few"),
        pytest.param('{ sweep(scenario: {}, vary: [{path: "question", values: [1, 2, 3, 4, 5]}, {path: "given", values: [1, 2, 3, 4, 5]}]) { columns } }', {}, True, id="a product"),
        pytest.param('query Q($v: [JSON!]!) { sweep(scenario: {}, vary: [{path: "question", values: $v}]) { columns } }', {"v": [0] * 20}, True, id="a variable inside"),
        pytest.param("query Q($v: [Vary!]!) { sweep(scenario: {}, vary: $v) { columns } }", {"v": [{"path": "question", "values": [0] * 20}]}, True, id="a variable"),
        pytest.param("query Q($v: [Vary!]!) { sweep(scenario: {}, vary: $v) { columns } }", {"v": [{"path": "question", "values": [0] * 2}]}, False, id="a small variable"),
    ],
)  # fmt: skip
def test_a_sweep_costs_what_it_evaluates(
    query: str, variables: dict[str, Any], dear: bool, windows: Windows
) -> None:
    answer = Executor(Limits(cost=5_000)).execute(Operation(query=query, variables=variables), windows)

    codes = {error["extensions"]["code"] for error in answer.body.get("errors", ())}
    assert ("TOO_COSTLY" in codes) is dear

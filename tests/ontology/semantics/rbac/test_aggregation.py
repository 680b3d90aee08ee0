"""Aggregation: what the controller leaves, also where roles gather each other."""

from typing import Any

import pytest

from ontology.evaluators import answer
from ontology.verdict import Outcome, Role

GET = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
LIST = {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}


def role(name: str, *rules: dict[str, Any], gathers: str = "", **labels: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name, "labels": labels},
        "rules": list(rules),
    }
    if gathers:
        found["aggregationRule"] = {"clusterRoleSelectors": [{"matchLabels": {gathers: "y"}}]}
    return found


def effective(name: str, *objects: dict[str, Any]) -> Any:
    question = {"effectiveRules": {"clusterRole": name}}
    return answer({"system": "rbac", "objects": list(objects), "question": question})


@pytest.mark.parametrize(
    ("objects", "rules"),
    [
        pytest.param((role("x", GET),), [GET], id="without aggregation, as written"),
        pytest.param((role("x", GET, gathers="a"),), [], id="written rules are overwritten by nothing"),
        pytest.param(
            (role("x", gathers="a"), role("c", LIST, a="y"), role("b", GET, a="y")), [GET, LIST], id="by name"
        ),
        pytest.param(
            (role("x", gathers="a"), role("b", GET, a="y"), role("c", GET, a="y")), [GET], id="each rule once"
        ),
        pytest.param(
            (role("x", gathers="a"), role("y", gathers="b", a="y"), role("z", GET, b="y")),
            [GET],
            id="in turn",
        ),
        pytest.param((role("x", GET, gathers="a", a="y"), role("b", LIST, a="y")), [LIST], id="never itself"),
        pytest.param(
            (role("x", gathers="a", b="y"), role("y", gathers="b", a="y"), role("z", GET, b="y")),
            [GET],
            id="a circle that comes to rest in one way",
        ),
    ],
)
def test_a_cluster_role_holds(objects: tuple[dict[str, Any], ...], rules: list[dict[str, Any]]) -> None:
    assert effective("x", *objects).answer == {"rules": rules, "error": None}


def test_a_circle_that_depends_on_the_order_of_work_cannot_be_told() -> None:
    verdict = effective("x", role("x", GET, gathers="a", b="y"), role("y", LIST, gathers="b", a="y"))

    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.answer["rules"] is None
    assert verdict.answer["error"].startswith("circular aggregation: ")
    assert verdict.steps[-1].holds is None


def test_a_long_circle_ends() -> None:
    ring = [role(f"r{n}", GET, gathers=f"l{n}", **{f"l{(n + 1) % 9}": "y"}) for n in range(9)]

    assert effective("r0", *ring).answer["rules"] == [GET]


def test_a_missing_role_names_the_nearest() -> None:
    verdict = effective("viewr", role("viewer", GET))

    assert verdict.answer == {
        "rules": None,
        "error": 'clusterrole.rbac.authorization.k8s.io "viewr" not found',
    }
    assert [step.facts["found"] for step in verdict.steps if step.role is Role.NEAR_MISS] == ["viewer"]

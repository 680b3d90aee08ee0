"""NoExecute taints: which pods go, and when."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology import evaluators
from ontology.errors import InvalidObjectError, InvalidQuestionError, OntologyError
from ontology.verdict import Outcome, Role, Verdict

DEAD = {"key": "dead", "effect": "NoExecute"}
SICK = {"key": "sick", "effect": "NoExecute"}


def ask(
    tolerations: list[dict[str, Any]],
    taints: list[dict[str, Any]],
    *changes: tuple[float, list[dict[str, Any]]],
    at: str = "2026-03-01T12:00:00Z",
    node: str = "n1",
) -> Verdict:
    """Ask when a pod of node n1 goes whose node has these taints, replaced later."""
    objects = [
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}, "spec": {"taints": taints}},
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "web"},
            "spec": {"nodeName": node, "tolerations": tolerations},
        },
    ]
    evict = {"at": at, "changes": [{"afterSeconds": after, "taints": each} for after, each in changes]}
    return evaluators.answer({"system": "eviction", "objects": objects, "question": {"evict": evict}})


def when(verdict: Verdict) -> Any:
    return verdict.answer["evict"]["default/web"]


def bears(key: str, seconds: int | None = None, **more: Any) -> dict[str, Any]:
    limit = {} if seconds is None else {"tolerationSeconds": seconds}
    return {"key": key, "operator": "Exists", "effect": "NoExecute", **limit, **more}


@pytest.mark.parametrize(
    ("tolerations", "taints", "expected"),
    [
        pytest.param([], [DEAD], "now", id="not tolerated"),
        pytest.param([], [], None, id="no taint"),
        pytest.param([], [{"key": "dead", "effect": "NoSchedule"}], None, id="NoSchedule sends nobody away"),
        pytest.param([bears("dead")], [DEAD], None, id="tolerated without limit"),
        pytest.param([bears("dead", 30)], [DEAD], 30, id="tolerated for a while"),
        pytest.param([bears("dead", 0)], [DEAD], "now", id="tolerated for 0 s"),
        pytest.param([bears("dead", -5)], [DEAD], "now", id="tolerated for less"),
        pytest.param([bears("dead", 30)], [DEAD, SICK], "now", id="one of two not tolerated"),
        pytest.param([bears("dead", 30), bears("sick", 10)], [DEAD, SICK], 10, id="the smallest limit"),
        pytest.param([bears("dead"), bears("sick", 10)], [DEAD, SICK], 10, id="one of two limited"),
        pytest.param([bears("dead", 30), bears("dead", 10)], [DEAD], 30, id="the first that matches"),
        pytest.param([{"operator": "Exists", "tolerationSeconds": 7}], [DEAD], 7, id="any key, any effect"),
        pytest.param(
            [bears("dead", operator="Gt", value="1")], [DEAD], "now", id="an operator behind a gate"
        ),
        pytest.param([bears("dead", 2**63 - 1)], [DEAD], None, id="the largest limit means for ever"),
    ],
)
def test_a_pod_goes(tolerations: list[Any], taints: list[Any], expected: Any) -> None:
    verdict = ask(tolerations, taints)

    assert when(verdict) == expected
    assert verdict.outcome is Outcome.of(expected is not None)


@pytest.mark.parametrize(
    ("tolerations", "changes", "expected"),
    [
        pytest.param([bears("dead", 30)], [(10, [])], None, id="the taint goes away in time"),
        pytest.param([bears("dead", 30)], [(30, [])], 30, id="in the second of the deletion it is too late"),
        pytest.param([bears("dead", 30)], [(10, [SICK])], 10, id="a taint that is not tolerated"),
        pytest.param(
            [bears("dead", 30), bears("sick", 5)], [(10, [SICK])], 30, id="less time: the plan stays"
        ),
        pytest.param(
            [bears("dead", 30), bears("sick", 99)], [(10, [SICK])], 30, id="more time: the plan stays"
        ),
        pytest.param([bears("dead", 30), bears("sick")], [(10, [SICK])], None, id="no limit: cancelled"),
        pytest.param(
            [bears("dead", 30)], [(10, []), (20, [DEAD])], 50, id="after a cancellation time starts anew"
        ),
        pytest.param(
            [bears("dead", 30), bears("sick", 5)], [(0, [SICK])], 5, id="a change in the same second"
        ),
        pytest.param([bears("dead")], [(7, [SICK])], 7, id="later"),
        pytest.param(
            [bears("dead", 30)], [(20, [DEAD]), (10, [])], 50, id="changes are taken in order of time"
        ),
    ],
)
def test_when_the_taints_change_a_pod_goes(tolerations: list[Any], changes: list[Any], expected: Any) -> None:
    assert when(ask(tolerations, [DEAD], *changes)) == expected


def test_pods_of_other_nodes_stay() -> None:
    assert when(ask([], [DEAD], node="n2")) is None


def test_steps_tell_the_plan_the_near_miss_and_what_would_keep_the_pod() -> None:
    steps = ask([bears("dead", 30, operator="Equal", value="x")], [DEAD]).steps

    assert [(s.rule, s.role) for s in steps] == [
        ("eviction.untolerated", Role.APPLIED),
        ("eviction.untolerated", Role.NEAR_MISS),
        ("eviction.tolerate", Role.CHANGE),
    ]
    assert steps[-1].change is not None
    assert when(ask(steps[-1].change["spec"]["tolerations"], [DEAD])) is None


@pytest.mark.parametrize(
    ("asked", "error", "path"),
    [
        pytest.param({"at": "noon"}, InvalidQuestionError, "question.evict.at", id="no instant"),
        pytest.param(
            {"changes": [{"afterSeconds": -1, "taints": []}]},
            InvalidQuestionError,
            "question.evict.changes[0].afterSeconds",
            id="a change before",
        ),
        pytest.param(
            {"changes": [{"afterSeconds": 1, "taints": [{"key": "a", "effect": "Away"}]}]},
            InvalidQuestionError,
            "question.evict.changes[0].taints[0].effect",
            id="no such effect",
        ),
        pytest.param({"when": 1}, InvalidQuestionError, "question.evict", id="an unknown member"),
    ],
)
def test_bad_questions_are_refused_with_their_path(
    asked: dict[str, Any], error: type[OntologyError], path: str
) -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}}
    question = {"evict": {"at": "2026-03-01T12:00:00Z", **asked}}

    with pytest.raises(error) as refused:
        evaluators.answer({"system": "eviction", "objects": [node], "question": question})

    assert refused.value.path == path


def test_one_node_is_needed() -> None:
    with pytest.raises(InvalidObjectError, match="exactly one Node"):
        evaluators.answer(
            {"system": "eviction", "objects": [], "question": {"evict": {"at": "2026-03-01T12:00:00Z"}}}
        )


TAINTS = st.lists(st.sampled_from([DEAD, SICK, {"key": "dead", "effect": "NoSchedule"}]), max_size=2)
TOLERATIONS = st.lists(
    st.builds(bears, st.sampled_from(["dead", "sick"]), st.sampled_from([None, 0, 5, 20])), max_size=3
)


@given(TOLERATIONS, TAINTS, st.lists(st.tuples(st.integers(0, 40), TAINTS), max_size=3))
def test_a_pod_that_tolerates_everything_for_ever_always_stays(
    tolerations: list[Any], taints: list[Any], changes: list[Any]
) -> None:
    assert when(ask([{"operator": "Exists"}, *tolerations], taints, *changes)) is None
    assert ask(tolerations, taints, *changes).steps

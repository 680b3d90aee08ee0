"""Phase and conditions: what the kubelet makes of a pod's containers."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology import evaluators, vocabulary
from ontology.errors import InvalidObjectError
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Outcome, Role, Verdict

RUNNING: dict[str, Any] = {"state": {"running": {}}, "ready": True, "started": True}
UNREADY: dict[str, Any] = {"state": {"running": {}}, "ready": False, "started": True}
UNSTARTED: dict[str, Any] = {"state": {"running": {}}, "ready": False, "started": False}
CREATING: dict[str, Any] = {"state": {"waiting": {"reason": "ContainerCreating"}}}
EMPTY: dict[str, Any] = {"state": {}}


def ended(code: int, *, ready: bool = False, reason: str = "Error") -> dict[str, Any]:
    return {"state": {"terminated": {"exitCode": code, "reason": reason}}, "ready": ready}


def backing_off(code: int) -> dict[str, Any]:
    return {
        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"exitCode": code}},
    }


def ask(
    main: dict[str, dict[str, Any] | None],
    *,
    init: dict[str, dict[str, Any] | None] | None = None,
    spec: dict[str, dict[str, Any]] | None = None,
    policy: str | None = None,
    terminal: bool = False,
    gates: tuple[str, ...] = (),
    conditions: dict[str, str] | None = None,
) -> Verdict:
    """Ask for the status of a pod: containers by name with their statuses, None for one without."""
    init = init or {}

    def specs(names: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"name": name, "image": "app:1", **(spec or {}).get(name, {})} for name in names]

    def statuses(states: dict[str, dict[str, Any] | None]) -> list[dict[str, Any]]:
        return [{"name": name, **state} for name, state in states.items() if state is not None]

    policies = {"restartPolicy": policy} if policy else {}
    manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {
            "containers": specs(main),
            "initContainers": specs(init),
            "readinessGates": [{"conditionType": gate} for gate in gates],
            **policies,
        },
        "status": {
            "containerStatuses": statuses(main),
            "initContainerStatuses": statuses(init),
            "conditions": [{"type": type_, "status": is_} for type_, is_ in (conditions or {}).items()],
        },
    }
    asked = {"podIsTerminal": True} if terminal else {}
    return evaluators.answer({"system": "podLifecycle", "objects": [manifest], "question": {"status": asked}})


def condition(verdict: Verdict, type_: str) -> tuple[str, str | None]:
    found = verdict.answer["conditions"][type_]
    return found["status"], found["reason"]


SIDECAR = {"restartPolicy": "Always"}
NEVER = {"restartPolicy": "Never"}
RETRY_42 = {
    "restartPolicy": "Never",
    "restartPolicyRules": [{"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}],
}
NOT_42 = {
    "restartPolicy": "Never",
    "restartPolicyRules": [{"action": "Restart", "exitCodes": {"operator": "NotIn", "values": [42]}}],
}


@pytest.mark.parametrize(
    ("main", "given_", "phase"),
    [
        pytest.param({"a": CREATING}, {}, "Pending", id="a container that never ran"),
        pytest.param({"a": RUNNING}, {}, "Running", id="a running container"),
        pytest.param({"a": RUNNING, "b": CREATING}, {}, "Pending", id="one runs, one never ran"),
        pytest.param({"a": RUNNING, "b": None}, {}, "Pending", id="one runs, one has no status"),
        pytest.param({"a": RUNNING, "b": EMPTY}, {}, "Pending", id="one runs, one has an empty state"),
        pytest.param({"a": RUNNING, "b": ended(1)}, {"policy": "Never"}, "Running", id="one of two failed"),
        pytest.param({"a": ended(1)}, {}, "Running", id="Always restarts a failure"),
        pytest.param({"a": ended(0)}, {}, "Running", id="Always restarts a success"),
        pytest.param({"a": ended(1)}, {"policy": "OnFailure"}, "Running", id="OnFailure restarts a failure"),
        pytest.param({"a": ended(0)}, {"policy": "OnFailure"}, "Succeeded", id="OnFailure keeps a success"),
        pytest.param({"a": ended(1)}, {"policy": "Never"}, "Failed", id="Never keeps a failure"),
        pytest.param({"a": ended(0)}, {"policy": "Never"}, "Succeeded", id="Never keeps a success"),
        pytest.param({"a": backing_off(1)}, {}, "Running", id="back-off before a restart"),
        pytest.param(
            {"a": backing_off(0)}, {"policy": "Never"}, "Failed", id="back-off after 0 never counts well"
        ),
        pytest.param({"a": ended(1)}, {"terminal": True}, "Failed", id="told to stop: no restart"),
        pytest.param({"a": ended(0)}, {"terminal": True}, "Succeeded", id="told to stop, ended well"),
        pytest.param({"a": RUNNING}, {"terminal": True}, "Running", id="told to stop, still runs"),
        pytest.param({"a": ended(1)}, {"spec": {"a": NEVER}}, "Failed", id="own policy before the pod's"),
        pytest.param(
            {"a": ended(42)}, {"spec": {"a": RETRY_42}}, "Running", id="an exit rule before any policy"
        ),
        pytest.param({"a": ended(41)}, {"spec": {"a": RETRY_42}}, "Failed", id="no exit rule for this code"),
        pytest.param(
            {"a": ended(41)}, {"spec": {"a": NOT_42}}, "Running", id="NotIn matches every other code"
        ),
        pytest.param(
            {"a": ended(137, reason="RestartingAllContainers")},
            {"policy": "Never"},
            "Running",
            id="stopped because all containers restart",
        ),
    ],
)
def test_the_phase_of(main: dict[str, Any], given_: dict[str, Any], phase: str) -> None:
    assert ask(main, **given_).answer["phase"] == phase


@pytest.mark.parametrize(
    ("init", "main", "given_", "phase"),
    [
        pytest.param({"i": RUNNING}, {"a": None}, {}, "Pending", id="an init container runs"),
        pytest.param({"i": None}, {"a": RUNNING}, {}, "Pending", id="an init container without status"),
        pytest.param({"i": ended(1)}, {"a": RUNNING}, {"policy": "Never"}, "Failed", id="it failed for good"),
        pytest.param({"i": backing_off(1)}, {"a": CREATING}, {}, "Pending", id="it failed and restarts"),
        pytest.param(
            {"i": ended(1)}, {"a": None}, {"spec": {"i": NEVER}}, "Failed", id="its own policy is Never"
        ),
        pytest.param(
            {"s": UNSTARTED}, {"a": CREATING}, {"spec": {"s": SIDECAR}}, "Pending", id="a slow sidecar"
        ),
        pytest.param(
            {"s": UNSTARTED},
            {"a": ended(1)},
            {"spec": {"s": SIDECAR}},
            "Running",
            id="a sidecar starts again",
        ),
        pytest.param(
            {"s": RUNNING},
            {"a": ended(0)},
            {"spec": {"s": SIDECAR}, "policy": "Never"},
            "Running",
            id="a running sidecar outlives the main container",
        ),
        pytest.param(
            {"s": ended(1)},
            {"a": ended(0)},
            {"spec": {"s": SIDECAR}, "policy": "Never"},
            "Succeeded",
            id="how a sidecar ended does not count",
        ),
    ],
)
def test_with_init_containers_the_phase_of(
    init: dict[str, Any], main: dict[str, Any], given_: dict[str, Any], phase: str
) -> None:
    assert ask(main, init=init, **given_).answer["phase"] == phase


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        pytest.param(ask({"a": RUNNING}), ("True", None), id="ready"),
        pytest.param(ask({"a": UNREADY}), ("False", "ContainersNotReady"), id="not ready"),
        pytest.param(ask({"a": RUNNING, "b": None}), ("False", "ContainersNotReady"), id="one unknown"),
        pytest.param(ask({"a": None}), ("False", "UnknownContainerStatuses"), id="no status at all"),
        pytest.param(ask({"a": ended(0)}, policy="Never"), ("False", "PodCompleted"), id="succeeded"),
        pytest.param(ask({"a": ended(1)}, policy="Never"), ("False", "PodFailed"), id="failed"),
    ],
)
def test_ready_repeats_containers_ready(verdict: Verdict, expected: tuple[str, str | None]) -> None:
    assert condition(verdict, "ContainersReady") == expected
    assert condition(verdict, "Ready") == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param("True", ("True", None), id="open"),
        pytest.param("False", ("False", "ReadinessGatesNotReady"), id="closed"),
        pytest.param("Unknown", ("False", "ReadinessGatesNotReady"), id="unknown"),
        pytest.param(None, ("False", "ReadinessGatesNotReady"), id="missing"),
    ],
)
def test_a_readiness_gate_is(status: str | None, expected: tuple[str, str | None]) -> None:
    conditions = {"example.com/lb": status} if status else {}

    verdict = ask({"a": RUNNING}, gates=("example.com/lb",), conditions=conditions)

    assert condition(verdict, "Ready") == expected
    assert condition(verdict, "ContainersReady") == ("True", None)


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        pytest.param(ask({"a": None}), ("True", None), id="no init containers"),
        pytest.param(
            ask({"a": None}, init={"i": None}), ("False", "UnknownContainerStatuses"), id="no status"
        ),
        pytest.param(
            ask({"a": CREATING}, init={"i": RUNNING | {"ready": False}}),
            ("False", "ContainersNotInitialized"),
            id="one still runs",
        ),
        pytest.param(ask({"a": CREATING}, init={"i": ended(0, ready=True)}), ("True", None), id="all done"),
        pytest.param(
            ask({"a": RUNNING}, init={"i": None}), ("True", None), id="a running main container proves it"
        ),
        pytest.param(
            ask({"a": backing_off(1)}, init={"i": None}),
            ("False", "ContainersNotInitialized"),
            id="one in back-off does not prove it",
        ),
        pytest.param(
            ask({"a": CREATING}, init={"i": None}, conditions={"Initialized": "True"}),
            ("True", None),
            id="it was so before",
        ),
        pytest.param(
            ask({"a": ended(0)}, policy="Never"), ("True", "PodCompleted"), id="the pod has succeeded"
        ),
        pytest.param(
            ask({"a": CREATING}, init={"s": UNSTARTED}, spec={"s": SIDECAR}),
            ("False", "ContainersNotInitialized"),
            id="a sidecar must have started",
        ),
        pytest.param(
            ask({"a": CREATING}, init={"s": UNREADY}, spec={"s": SIDECAR}),
            ("True", None),
            id="a started sidecar need not be ready",
        ),
    ],
)
def test_initialized(verdict: Verdict, expected: tuple[str, str | None]) -> None:
    assert condition(verdict, "Initialized") == expected


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        pytest.param(ask({"a": RUNNING}), Outcome.YES, id="ready"),
        pytest.param(ask({"a": UNREADY}), Outcome.NO, id="not ready"),
        pytest.param(ask({"a": None}), Outcome.UNKNOWN, id="nothing reported"),
    ],
)
def test_the_outcome_says_whether_the_pod_is_ready(verdict: Verdict, outcome: Outcome) -> None:
    assert verdict.outcome is outcome


def test_steps_name_the_container_and_whose_policy_decided() -> None:
    steps = ask({"a": ended(3)}, policy="Never").steps

    assert (steps[0].rule, steps[0].holds, steps[0].facts["container"]) == (
        "podLifecycle.restartPolicy",
        False,
        "a",
    )
    assert "RestartPolicy.Never" in steps[0].concepts
    assert steps[1].rule == "podLifecycle.containerFailed"
    assert {"PodPhase.Failed", "ContainerState.Terminated", "ContainerReason.Error"} <= set(steps[1].concepts)


def test_the_rule_that_came_too_late_is_a_near_miss() -> None:
    (miss,) = [s for s in ask({"a": RUNNING, "b": ended(1)}).steps if s.role is Role.NEAR_MISS]

    assert miss.rule == "podLifecycle.containerFailed"
    assert render(miss, Lang.EN) == (
        "pod web is not Failed, although a container did not end well (b): a (Running) decides first"
    )


def test_changes_flip_the_phase() -> None:
    changes = [s for s in ask({"a": ended(1)}, policy="Never").steps if s.role is Role.CHANGE]

    assert [(s.facts["phase"], s.change) for s in changes] == [
        ("Running", {"spec": {"restartPolicy": "Always"}}),
        ("Running", {"spec": {"restartPolicy": "OnFailure"}}),
        (
            "Succeeded",
            {"status": {"containerStatuses": [{"name": "a", "state": {"terminated": {"exitCode": 0}}}]}},
        ),
    ]


def test_a_change_that_makes_the_pod_ready_is_offered_and_true() -> None:
    (change,) = [s for s in ask({"a": UNREADY, "b": RUNNING}).steps if s.role is Role.CHANGE]

    assert change.facts["names"] == ("a",)
    assert ask({"a": RUNNING, "b": RUNNING}).outcome is Outcome.YES


@pytest.mark.parametrize(
    ("objects", "path", "said"),
    [
        pytest.param([], "objects", "exactly one Pod, got 0", id="no pod"),
        pytest.param(
            [{"apiVersion": "v1", "kind": "Pod", "spec": {"restartPolicy": "Sometimes"}}],
            "objects[0].spec.restartPolicy",
            "unknown restart policy `Sometimes`",
            id="a policy that there is not",
        ),
        pytest.param(
            [
                {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "spec": {"containers": [{"name": "a", "restartPolicy": "No"}]},
                }
            ],
            "objects[0].spec.containers[0].restartPolicy",
            "`Always`, `OnFailure`, `Never`",
            id="the same on a container",
        ),
        pytest.param(
            [
                {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "status": {"containerStatuses": [{"restartCount": "many"}]},
                }
            ],
            "objects[0].status.containerStatuses[0].restartCount",
            "expected an integer",
            id="an impossible status",
        ),
    ],
)
def test_bad_input_is_refused_with_its_path(objects: list[Any], path: str, said: str) -> None:
    with pytest.raises(InvalidObjectError, match=said.replace("`", ".")) as refused:
        evaluators.answer({"system": "podLifecycle", "objects": objects, "question": {"status": {}}})

    assert refused.value.path == path


STATES = st.sampled_from(
    [RUNNING, UNREADY, CREATING, EMPTY, None, ended(0), ended(1), backing_off(0), backing_off(3)]
)
PODS = st.tuples(
    st.lists(STATES, min_size=1, max_size=3),
    st.lists(st.tuples(STATES, st.booleans()), max_size=2),
    st.sampled_from(["Always", "OnFailure", "Never"]),
    st.booleans(),
)


@given(PODS)
def test_any_pod_has_a_status_and_every_step_reads_in_both_languages(pod: Any) -> None:
    main, init, policy, terminal = pod
    verdict = ask(
        {f"c{i}": state for i, state in enumerate(main)},
        init={f"i{i}": state for i, (state, _) in enumerate(init)},
        spec={f"i{i}": SIDECAR for i, (_, sidecar) in enumerate(init) if sidecar},
        policy=policy,
        terminal=terminal,
    )

    assert verdict.answer["phase"] in {"Pending", "Running", "Succeeded", "Failed"}
    if condition(verdict, "Ready")[0] == "True":
        assert condition(verdict, "ContainersReady")[0] == "True"
    for step in verdict.steps:
        assert step.rule in vocabulary.rules()
        assert render(step, Lang.EN) != render(step, Lang.KO)


@given(st.lists(st.sampled_from([RUNNING, ended(0), ended(1)]), min_size=1, max_size=4))
def test_without_gates_a_pod_is_ready_when_all_its_containers_are(states: list[dict[str, Any]]) -> None:
    verdict = ask({f"c{i}": state for i, state in enumerate(states)})

    assert (verdict.outcome is Outcome.YES) == all(state is RUNNING for state in states)

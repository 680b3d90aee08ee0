"""What one sync of a pod starts and kills."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology import evaluators
from ontology.errors import InvalidQuestionError
from ontology.verdict import Outcome, Role, Verdict

RUNS: dict[str, Any] = {"state": {"running": {}}}
WAITS: dict[str, Any] = {"state": {"waiting": {"reason": "PodInitializing"}}}
PROBES = {probe: {"tcpSocket": {"port": 80}} for probe in ("livenessProbe", "startupProbe")}


def ended(code: int) -> dict[str, Any]:
    return {"state": {"terminated": {"exitCode": code}}}


def ask(
    *main: dict[str, Any] | None,
    init: tuple[tuple[dict[str, Any] | None, dict[str, Any]], ...] = (),
    spec: dict[str, Any] | None = None,
    policy: str = "Always",
    deleted: bool = False,
    **failed: list[str],
) -> Verdict:
    """Ask for a sync of a pod with containers `c0`, ... (sharing `spec`) and `i0`, ...."""

    def statuses(prefix: str, states: list[dict[str, Any] | None]) -> list[dict[str, Any]]:
        return [{"name": f"{prefix}{i}", **state} for i, state in enumerate(states) if state is not None]

    manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", **({"deletionTimestamp": "2026-03-01T12:00:00Z"} if deleted else {})},
        "spec": {
            "restartPolicy": policy,
            "containers": [{"name": f"c{i}", "image": "app:1", **(spec or {})} for i in range(len(main))],
            "initContainers": [
                {"name": f"i{i}", "image": "init:1", **PROBES, **each} for i, (_, each) in enumerate(init)
            ],
        },
        "status": {
            "containerStatuses": statuses("c", list(main)),
            "initContainerStatuses": statuses("i", [state for state, _ in init]),
        },
    }
    return evaluators.answer(
        {"system": "podLifecycle", "objects": [manifest], "question": {"restart": failed}}
    )


def acts(verdict: Verdict) -> dict[str, Any]:
    """Return the part of the answer that does something."""
    return {act: found for act, found in verdict.answer.items() if found}


SIDECAR = {"restartPolicy": "Always"}
ALL_ON_7 = {
    "restartPolicy": "Never",
    "restartPolicyRules": [
        {"action": "RestartAllContainers", "exitCodes": {"operator": "In", "values": [7]}},
    ],
}


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        pytest.param(ask(RUNS), {}, id="nothing to do"),
        pytest.param(ask(None, WAITS), {"start": ["c0", "c1"]}, id="containers that never ran"),
        pytest.param(ask(ended(0), RUNS), {"start": ["c0"]}, id="Always starts again"),
        pytest.param(ask(ended(0), RUNS, policy="OnFailure"), {}, id="OnFailure leaves a success"),
        pytest.param(
            ask(ended(1), RUNS, policy="OnFailure"), {"start": ["c0"]}, id="OnFailure starts a failure"
        ),
        pytest.param(ask(ended(1), RUNS, policy="Never"), {}, id="Never leaves it"),
        pytest.param(ask(ended(1), policy="Never"), {"killPod": True}, id="nothing left to run"),
        pytest.param(ask(ended(1), deleted=True), {"killPod": True}, id="a deleted pod starts nothing"),
        pytest.param(ask(None, deleted=True), {"killPod": True}, id="not even for the first time"),
        pytest.param(
            ask(RUNS, livenessFailed=["c0"]), {"kill": ["c0"], "start": ["c0"]}, id="liveness failed"
        ),
        pytest.param(ask(RUNS, startupFailed=["c0"]), {"kill": ["c0"], "start": ["c0"]}, id="startup failed"),
        pytest.param(
            ask(RUNS, livenessFailed=["c0"], policy="Never"),
            {"kill": ["c0"], "killPod": True},
            id="with Never",
        ),
        pytest.param(
            ask(RUNS, livenessFailed=["c0"], deleted=True),
            {"kill": ["c0"], "start": ["c0"]},
            id="even if deleted",
        ),
        pytest.param(
            ask(ended(1), livenessFailed=["c0"]), {"start": ["c0"]}, id="a probe of an ended container"
        ),
        pytest.param(ask(ended(7), RUNS, spec=ALL_ON_7), {"restartAll": True}, id="an exit rule for all"),
        pytest.param(ask(ended(6), RUNS, spec=ALL_ON_7), {}, id="another exit code"),
    ],
)
def test_main_containers(verdict: Verdict, expected: dict[str, Any]) -> None:
    assert acts(verdict) == expected
    assert verdict.outcome is Outcome.of(bool(expected))


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        pytest.param(
            ask(None, init=((None, {}), (None, {}))), {"startInit": ["i0"]}, id="the first one starts"
        ),
        pytest.param(ask(None, init=((RUNS, {}), (None, {}))), {}, id="one runs: wait"),
        pytest.param(
            ask(None, init=((ended(0), {}), (None, {}))), {"startInit": ["i1"]}, id="done: the next"
        ),
        pytest.param(ask(None, init=((ended(0), {}), (ended(0), {}))), {"start": ["c0"]}, id="all done"),
        pytest.param(ask(None, init=((ended(1), {}),)), {"startInit": ["i0"]}, id="failed: again"),
        pytest.param(
            ask(None, init=((ended(1), {}),), policy="Never"), {"killPod": True}, id="failed for good"
        ),
        pytest.param(
            ask(None, init=((ended(1), {}),), deleted=True), {"killPod": True}, id="failed, deleted"
        ),
        pytest.param(
            ask(None, init=((RUNS, SIDECAR), (ended(1), {})), policy="Never", startupFailed=["i0"]),
            {"killPod": True},
            id="failed for good: nobody looks at the sidecars",
        ),
        pytest.param(ask(RUNS, init=((ended(1), {}),)), {}, id="a running main container: past"),
        pytest.param(
            ask(ended(0), init=((None, {}),)), {"startInit": ["i0"]}, id="an ended one proves nothing"
        ),
        pytest.param(
            ask(None, init=((RUNS, SIDECAR), (None, {}))), {"startInit": ["i1"]}, id="a started sidecar"
        ),
        pytest.param(
            ask(None, init=((RUNS, SIDECAR), (None, {})), startupFailed=["i0"]),
            {"kill": ["i0"], "startInit": ["i0"]},
            id="a sidecar that fails to start",
        ),
        pytest.param(
            ask(None, init=((RUNS, SIDECAR), (None, {})), livenessFailed=["i0"]),
            {"kill": ["i0"], "startInit": ["i0", "i1"]},
            id="liveness does not hold up the next one",
        ),
        pytest.param(
            ask(RUNS, init=((ended(0), SIDECAR),), policy="Never"),
            {"startInit": ["i0"]},
            id="a sidecar restarts",
        ),
        pytest.param(
            ask(ended(0), init=((RUNS, SIDECAR),), policy="Never"),
            {"killPod": True},
            id="it keeps no pod alive",
        ),
        pytest.param(
            ask(RUNS, init=((ended(1), SIDECAR),), deleted=True),
            {"startInit": ["i0"]},
            id="also of a deleted pod",
        ),
        pytest.param(
            ask(None, init=((ended(0), SIDECAR), (ended(0), {}), (None, {}))),
            {"startInit": ["i0", "i2"]},
            id="below the highest only sidecars are looked at",
        ),
    ],
)
def test_init_containers_and_sidecars(verdict: Verdict, expected: dict[str, Any]) -> None:
    assert acts(verdict) == expected


def test_the_reason_of_an_end_is_not_asked() -> None:
    stopped = {"state": {"terminated": {"exitCode": 137, "reason": "RestartingAllContainers"}}}

    assert acts(ask(stopped, RUNS, policy="Never")) == {}


def test_each_container_has_its_step_and_another_policy_is_offered() -> None:
    steps = ask(ended(1), RUNS, policy="Never").steps

    assert [(s.rule, s.facts["container"]) for s in steps if s.role is Role.APPLIED] == [
        ("podLifecycle.restartPolicy", "c0"),
        ("podLifecycle.syncKeep", "c1"),
    ]
    assert [s.facts["policy"] for s in steps if s.role is Role.CHANGE] == ["Always", "OnFailure"]


def test_a_probe_of_a_container_that_there_is_not() -> None:
    with pytest.raises(InvalidQuestionError, match="no container `c9`") as refused:
        ask(RUNS, livenessFailed=["c9"])

    assert refused.value.path == "question.restart.livenessFailed[0]"


STATES = st.sampled_from([RUNS, WAITS, None, ended(0), ended(1), ended(7)])


@given(
    st.lists(STATES, min_size=1, max_size=3),
    st.lists(st.tuples(STATES, st.sampled_from([{}, SIDECAR])), max_size=3),
    st.sampled_from(["Always", "OnFailure", "Never"]),
    st.booleans(),
)
def test_a_sync_never_starts_what_runs(main: list[Any], init: list[Any], policy: str, deleted: bool) -> None:
    answer = ask(*main, init=tuple(init), policy=policy, deleted=deleted).answer

    running = {f"c{i}" for i, state in enumerate(main) if state is RUNS}
    running |= {f"i{i}" for i, (state, _) in enumerate(init) if state is RUNS}
    assert not running & {*answer["start"], *answer["startInit"]}
    assert not (answer["killPod"] and (answer["start"] or answer["startInit"]))

"""READY, STATUS, RESTARTS and AGE of `kubectl get pod`."""

from typing import Any

import pytest

from ontology import evaluators
from ontology.errors import InvalidObjectError, InvalidQuestionError
from ontology.semantics.lifecycle import ages
from ontology.verdict import Outcome, Role, Verdict

NOW = "2026-03-01T12:00:00Z"
READY = {"state": {"running": {}}, "ready": True, "started": True}
CREATING = {"state": {"waiting": {"reason": "ContainerCreating"}}}
COMPLETED = {"state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}
ERROR = {"state": {"terminated": {"exitCode": 1, "reason": "Error"}}}


def ask(
    main: list[dict[str, Any]],
    *,
    init: list[tuple[dict[str, Any], bool]] | None = None,
    now: str = NOW,
    metadata: dict[str, Any] | None = None,
    **status: Any,
) -> Verdict:
    """Ask for the columns of a pod: statuses of `c0`, `c1`, ... and of `i0`, ... (True for a sidecar)."""
    inits = init or []
    manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", **(metadata or {})},
        "spec": {
            "containers": [{"name": f"c{i}", "image": "app:1"} for i in range(len(main))],
            "initContainers": [
                {"name": f"i{i}", "image": "init:1", **({"restartPolicy": "Always"} if sidecar else {})}
                for i, (_, sidecar) in enumerate(inits)
            ],
        },
        "status": {
            "phase": "Running",
            "containerStatuses": [{"name": f"c{i}", **each} for i, each in enumerate(main)],
            "initContainerStatuses": [{"name": f"i{i}", **each} for i, (each, _) in enumerate(inits)],
            **status,
        },
    }
    question = {"columns": {"now": now}}
    return evaluators.answer({"system": "podLifecycle", "objects": [manifest], "question": question})


IS_READY = [{"type": "Ready", "status": "True"}]
INITIALIZED = [{"type": "Initialized", "status": "True"}]
DELETED = {"deletionTimestamp": NOW}


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        pytest.param(ask([READY]), "Running", id="the phase"),
        pytest.param(ask([READY], reason="Evicted"), "Evicted", id="a reason before the phase"),
        pytest.param(ask([CREATING]), "ContainerCreating", id="a waiting container"),
        pytest.param(ask([READY, ERROR, COMPLETED]), "Error", id="the first that has ended"),
        pytest.param(ask([COMPLETED]), "Completed", id="all completed"),
        pytest.param(
            ask([COMPLETED, READY], conditions=IS_READY), "Running", id="completed beside a ready one"
        ),
        pytest.param(ask([COMPLETED, READY]), "NotReady", id="completed beside a running one"),
        pytest.param(ask([COMPLETED, READY, ERROR]), "Error", id="a failure before NotReady"),
        pytest.param(
            ask([{"state": {"terminated": {"exitCode": 137, "signal": 9}}}]),
            "Signal:9",
            id="an end by signal",
        ),
        pytest.param(
            ask([{"state": {"terminated": {"exitCode": 3}}}]), "ExitCode:3", id="an end without reason"
        ),
        pytest.param(
            ask([], conditions=[{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]),
            "SchedulingGated",
            id="a scheduling gate",
        ),
        pytest.param(ask([READY], metadata=DELETED), "Terminating", id="being deleted"),
        pytest.param(ask([READY], metadata=DELETED, reason="NodeLost"), "Unknown", id="its node is lost"),
        pytest.param(ask([ERROR], metadata=DELETED, phase="Failed"), "Error", id="deleted when finished"),
    ],
)
def test_status_shows(verdict: Verdict, status: str) -> None:
    assert verdict.answer["status"] == status


PROGRESS = {"state": {"running": {}}}


@pytest.mark.parametrize(
    ("init", "status"),
    [
        pytest.param([(COMPLETED, False), (PROGRESS, False)], "Init:1/2", id="the second of two runs"),
        pytest.param([(ERROR, False)], "Init:Error", id="one failed"),
        pytest.param(
            [({"state": {"terminated": {"exitCode": 2}}}, False)], "Init:ExitCode:2", id="without reason"
        ),
        pytest.param(
            [({"state": {"terminated": {"exitCode": 9, "signal": 9}}}, False)], "Init:Signal:9", id="killed"
        ),
        pytest.param(
            [({"state": {"waiting": {"reason": "PodInitializing"}}}, False)], "Init:0/1", id="its turn comes"
        ),
        pytest.param([(CREATING, False)], "Init:ContainerCreating", id="it is created"),
        pytest.param([(PROGRESS, True)], "Init:0/1", id="a sidecar that has not started"),
        pytest.param([(READY, True)], "Running", id="a sidecar that has"),
    ],
)
def test_status_of_a_pod_that_initializes(init: list[tuple[dict[str, Any], bool]], status: str) -> None:
    assert ask([READY], init=init).answer["status"] == status


def test_a_pod_once_initialized_shows_its_main_containers() -> None:
    assert ask([ERROR], init=[(PROGRESS, False)], conditions=INITIALIZED).answer["status"] == "Error"


@pytest.mark.parametrize(
    ("verdict", "ready", "outcome"),
    [
        pytest.param(ask([READY, CREATING]), "1/2", Outcome.NO, id="one of two"),
        pytest.param(ask([READY], init=[(READY, True)]), "2/2", Outcome.YES, id="a sidecar counts"),
        pytest.param(
            ask([READY], init=[(COMPLETED, False)]), "1/1", Outcome.YES, id="an init container does not"
        ),
        pytest.param(ask([READY], init=[(PROGRESS, False)]), "0/1", Outcome.NO, id="none while initializing"),
    ],
)
def test_ready_counts(verdict: Verdict, ready: str, outcome: Outcome) -> None:
    assert (verdict.answer["ready"], verdict.outcome) == (ready, outcome)


def restarted(times: int, finished: str | None) -> dict[str, Any]:
    end = {"exitCode": 1, **({"finishedAt": finished} if finished else {})}
    return {**READY, "restartCount": times, "lastState": {"terminated": end}}


@pytest.mark.parametrize(
    ("verdict", "count", "text"),
    [
        pytest.param(ask([READY]), 0, "0", id="none"),
        pytest.param(
            ask([restarted(2, "2026-03-01T11:50:00Z"), restarted(3, "2026-03-01T11:58:30Z")]),
            5,
            "5 (90s ago)",
            id="added up, with the latest end",
        ),
        pytest.param(ask([restarted(2, None)]), 2, "2", id="an end without a time"),
        pytest.param(
            ask([READY], init=[(restarted(4, "2026-03-01T11:00:00Z") | PROGRESS, False)]),
            4,
            "4 (60m ago)",
            id="of init containers while initializing",
        ),
        pytest.param(
            ask([READY], init=[(restarted(4, "2026-03-01T11:00:00Z") | COMPLETED, False)]),
            0,
            "0",
            id="not of init containers afterwards",
        ),
    ],
)
def test_restarts(verdict: Verdict, count: int, text: str) -> None:
    assert (verdict.answer["restarts"], verdict.answer["restartsText"]) == (count, text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-2, "<invalid>"),
        (-1, "0s"),
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (312, "5m12s"),
        (599, "9m59s"),
        (600, "10m"),
        (179 * 60, "179m"),
        (180 * 60, "3h"),
        (330 * 60, "5h30m"),
        (8 * 3600, "8h"),
        (47 * 3600, "47h"),
        (48 * 3600, "2d"),
        (51 * 3600, "2d3h"),
        (8 * 86400, "8d"),
        (729 * 86400, "729d"),
        (730 * 86400, "2y"),
        (735 * 86400, "2y5d"),
        (9 * 365 * 86400, "9y"),
    ],
)
def test_ages(seconds: int, text: str) -> None:
    assert ages.shown(seconds * 10**9) == text


def test_age_needs_a_creation_timestamp() -> None:
    created = {"creationTimestamp": "2026-03-01T11:00:00Z"}

    assert ask([READY]).answer["age"] == "<unknown>"
    assert ask([READY], metadata=created).answer["age"] == "60m"


def test_steps_tell_the_status_from_the_phase() -> None:
    steps = ask([{"state": {"waiting": {"reason": "CrashLoopBackOff"}}}]).steps

    assert [(s.rule, s.holds) for s in steps[:2]] == [
        ("podLifecycle.columnsPhase", False),
        ("podLifecycle.columnsMain", True),
    ]
    assert steps[1].concepts == ("ContainerReason.CrashLoopBackOff",)
    assert (steps[-1].rule, steps[-1].role) == ("podLifecycle.columnsPhase", Role.NEAR_MISS)


def test_times_are_checked_where_they_stand() -> None:
    with pytest.raises(InvalidQuestionError) as now:
        ask([READY], now="noon")
    with pytest.raises(InvalidObjectError) as finished:
        ask([restarted(1, "yesterday")])

    assert now.value.path == "question.columns.now"
    assert finished.value.path == "objects[0].status.containerStatuses[0].lastState.terminated.finishedAt"

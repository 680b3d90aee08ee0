"""How a pod stops: signals, hooks and grace periods, deletion, deadline, eviction."""

from typing import Any

import pytest

from tests.ontology.walkthroughs.timeline.lives import APP, HTTP, SIDECAR, play, told


@pytest.mark.parametrize(
    ("events", "signals", "removed"),
    [
        pytest.param([{"at": 10, "delete": True}], [(10, "SIGTERM")], 10, id="it stops at once"),
        pytest.param(
            [{"at": 10, "delete": True}, {"container": "app", "stopsAfterSeconds": 12}],
            [(10, "SIGTERM")],
            22,
            id="it takes its time",
        ),
        pytest.param(
            [{"at": 10, "delete": True}, {"container": "app", "stopsAfterSeconds": 99}],
            [(10, "SIGTERM"), (40, "SIGKILL")],
            40,
            id="it does not listen",
        ),
        pytest.param(
            [{"at": 10, "delete": {"gracePeriodSeconds": 5}}, {"container": "app", "stopsAfterSeconds": 99}],
            [(10, "SIGTERM"), (15, "SIGKILL")],
            15,
            id="a shorter grace period",
        ),
        pytest.param(
            [{"at": 10, "delete": {"gracePeriodSeconds": 1}}, {"container": "app", "stopsAfterSeconds": 99}],
            [(10, "SIGTERM"), (12, "SIGKILL")],
            12,
            id="two seconds at least",
        ),
    ],
)
def test_a_deleted_pod(events: list[dict[str, Any]], signals: list[Any], removed: float) -> None:
    verdict = play(events)

    assert told(verdict, "signal") == signals
    assert told(verdict, "pod") == [(10, "Terminating"), (removed, "removed")]
    assert told(verdict, "endpoint") == [(0, "in"), (10, "out")]


def test_a_forced_deletion_waits_for_nobody() -> None:
    verdict = play([{"at": 10, "delete": {"gracePeriodSeconds": 0}}])

    assert told(verdict, "pod") == [(10, "removed")]
    assert told(verdict, "endpoint") == [(0, "in"), (10, "out")]
    assert told(verdict, "signal") == []


def test_a_negative_grace_period_counts_as_one_second_and_two_are_the_least() -> None:
    events = [{"at": 10, "delete": True}, {"container": "app", "stopsAfterSeconds": 99}]

    assert told(play(events, terminationGracePeriodSeconds=-5), "signal") == [
        (10, "SIGTERM"),
        (12, "SIGKILL"),
    ]


def test_a_probe_may_have_a_grace_period_of_its_own() -> None:
    impatient = APP | {"livenessProbe": {**HTTP, "terminationGracePeriodSeconds": 3}}
    events = [
        {"container": "app", "stopsAfterSeconds": 99},
        {"at": 5, "container": "app", "answers": False},
    ]

    verdict = play(events, 40, containers=[impatient])

    assert told(verdict, "signal") == [(30, "SIGTERM"), (33, "SIGKILL")]


@pytest.mark.parametrize(
    ("events", "spec"),
    [
        pytest.param([], {"schedulingGates": [{"name": "quota"}]}, id="on no node"),
        pytest.param([{"at": 5, "container": "app", "exit": 0}], {"restartPolicy": "Never"}, id="ended"),
    ],
)
def test_a_pod_with_nothing_to_stop_goes_at_once(events: list[dict[str, Any]], spec: dict[str, Any]) -> None:
    verdict = play([*events, {"at": 10, "delete": True}], **spec)

    assert told(verdict, "pod") == [(10, "removed")]


@pytest.mark.parametrize(
    ("second", "signals", "removed"),
    [
        pytest.param({"gracePeriodSeconds": 0}, [(10, "preStop"), (15, "SIGTERM")], 20, id="by force"),
        pytest.param(
            {"gracePeriodSeconds": 3},
            [(10, "preStop"), (15, "SIGTERM"), (23, "SIGKILL")],
            23,
            id="a shorter one",
        ),
        pytest.param(
            {"gracePeriodSeconds": 99},
            [(10, "preStop"), (15, "SIGTERM"), (40, "SIGKILL")],
            40,
            id="a longer one changes nothing",
        ),
    ],
)
def test_to_delete_a_pod_once_more_can_only_hasten_it(
    second: dict[str, int], signals: list[Any], removed: float
) -> None:
    hooked = APP | {"lifecycle": {"preStop": {"sleep": {"seconds": 5}}}}
    events = [
        {"container": "app", "stopsAfterSeconds": 99},
        {"at": 10, "delete": True},
        {"at": 20, "delete": second},
    ]

    verdict = play(events, containers=[hooked])

    assert told(verdict, "signal") == signals
    assert told(verdict, "pod")[-1] == (removed, "removed")


def test_a_hook_is_cut_short_when_the_pod_is_deleted_once_more() -> None:
    hooked = APP | {"lifecycle": {"preStop": {"sleep": {"seconds": 25}}}}
    events = [{"at": 10, "delete": True}, {"at": 12, "delete": {"gracePeriodSeconds": 4}}]

    verdict = play(events, containers=[hooked])

    assert told(verdict, "signal") == [(10, "preStop"), (16, "SIGTERM")]


@pytest.mark.parametrize(
    ("hook", "signals"),
    [
        pytest.param(3, [(10, "preStop"), (13, "SIGTERM"), (40, "SIGKILL")], id="within the grace period"),
        pytest.param(
            60, [(10, "preStop"), (40, "SIGTERM"), (42, "SIGKILL")], id="beyond it: two seconds more"
        ),
    ],
)
def test_a_pre_stop_hook_uses_up_the_grace_period(hook: int, signals: list[Any]) -> None:
    hooked = APP | {"lifecycle": {"preStop": {"sleep": {"seconds": hook}}}}

    verdict = play(
        [{"at": 10, "delete": True}, {"container": "app", "stopsAfterSeconds": 99}], containers=[hooked]
    )

    assert told(verdict, "signal") == signals


def test_a_job_pod_succeeds_when_its_sidecar_has_stopped() -> None:
    events = [{"at": 30, "container": "app", "exit": 0}, {"container": "proxy", "stopsAfterSeconds": 4}]

    verdict = play(events, initContainers=[SIDECAR], restartPolicy="Never")

    assert told(verdict, "signal", "proxy") == [(30, "SIGTERM")]
    assert told(verdict, "phase")[-1] == (34, "Succeeded")


def test_sidecars_get_their_signal_last_and_in_reverse_order_but_their_hooks_run_at_once() -> None:
    hooked = SIDECAR | {"lifecycle": {"preStop": {"sleep": {"seconds": 3}}}}
    second = {"name": "log", "image": "log:1", "restartPolicy": "Always"}
    events = [
        {"at": 10, "delete": True},
        {"container": "app", "stopsAfterSeconds": 12},
        {"container": "log", "stopsAfterSeconds": 4},
    ]

    verdict = play(events, initContainers=[hooked, second])

    signals = [(r["at"], r["subject"], r["to"]) for r in verdict.answer["rows"] if r["kind"] == "signal"]
    assert signals == [
        (10, "proxy", "preStop"),
        (10, "app", "SIGTERM"),
        (22, "log", "SIGTERM"),
        (26, "proxy", "SIGTERM"),
    ]
    assert told(verdict, "pod")[-1] == (26, "removed")


def test_sidecars_get_their_signal_at_the_latest_when_the_grace_period_is_over() -> None:
    second = {"name": "log", "image": "log:1", "restartPolicy": "Always"}
    events = [
        {"at": 10, "delete": True},
        *({"container": name, "stopsAfterSeconds": 99} for name in ("app", "proxy", "log")),
    ]

    verdict = play(events, initContainers=[SIDECAR, second])

    signals = [(r["at"], r["subject"], r["to"]) for r in verdict.answer["rows"] if r["kind"] == "signal"]
    assert signals == [
        (10, "app", "SIGTERM"),
        (40, "app", "SIGKILL"),
        (40, "log", "SIGTERM"),
        (40, "proxy", "SIGTERM"),
        (42, "log", "SIGKILL"),
        (42, "proxy", "SIGKILL"),
    ]


@pytest.mark.parametrize(
    ("event", "spec", "reason", "ready"),
    [
        pytest.param({"at": 50, "evict": "memory"}, {}, "Evicted", (51, "False"), id="evicted: 1 s"),
        pytest.param(
            {"at": 0, "container": "app", "pullSeconds": 0},
            {"activeDeadlineSeconds": 50},
            "DeadlineExceeded",
            (50, "False"),
            id="past its deadline: not Ready at once",
        ),
    ],
)
def test_a_pod_that_is_given_up_is_failed_as_soon_as_nothing_runs(
    event: dict[str, Any], spec: dict[str, Any], reason: str, ready: tuple[float, str]
) -> None:
    verdict = play([event, {"container": "app", "stopsAfterSeconds": 20}], **spec)

    ended = next(r["at"] for r in verdict.answer["rows"] if r["to"] == "Terminated")
    assert told(verdict, "phase") == [(0, "Pending"), (0, "Running"), (ended, "Failed")]
    assert ended > 50
    assert verdict.answer["final"]["status"]["reason"] == reason
    assert told(verdict, "condition", "PodReadyToStartContainers") == [(0, "True"), (ended, "False")]
    if reason == "DeadlineExceeded":
        assert told(verdict, "condition", "Ready")[-1] == ready
    else:
        assert told(verdict, "condition", "DisruptionTarget") == [(50, "True")]


def test_active_deadline_and_eviction_fail_the_pod_for_good() -> None:
    deadline = play([], activeDeadlineSeconds=60)
    evicted = play([{"at": 50, "evict": "memory"}])

    assert told(deadline, "phase")[-1] == (60, "Failed")
    assert deadline.answer["final"]["status"]["reason"] == "DeadlineExceeded"
    assert told(evicted, "phase")[-1] == (50, "Failed")
    assert told(evicted, "signal") == [(50, "SIGTERM")]

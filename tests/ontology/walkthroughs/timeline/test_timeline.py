"""A pod's life on a virtual clock."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontology import evaluators, vocabulary
from ontology.errors import InvalidObjectError, InvalidQuestionError, OntologyError, TooLargeError
from ontology.lang import Lang
from ontology.machines import machine
from ontology.messages import render
from ontology.semantics.lifecycle.backoff import delays
from ontology.verdict import Outcome, Role, Verdict

HTTP = {"httpGet": {"port": 80}}
APP: dict[str, Any] = {"name": "app", "image": "app:1"}
PROBED = APP | {"readinessProbe": {**HTTP, "periodSeconds": 5}, "livenessProbe": {**HTTP, "periodSeconds": 5}}
SIDECAR = {"name": "proxy", "image": "proxy:1", "restartPolicy": "Always"}


def play(
    events: list[dict[str, Any]],
    until: float | str = "10m",
    *,
    containers: list[dict[str, Any]] | None = None,
    services: list[dict[str, Any]] | None = None,
    **spec: Any,
) -> Verdict:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {"containers": containers or [APP], **spec},
    }
    question = {"timeline": {"events": events, "until": until}}
    return evaluators.answer(
        {"system": "podLifecycle", "objects": [pod, *(services or [])], "question": question}
    )


def told(verdict: Verdict, kind: str, subject: str = "") -> list[tuple[float, str]]:
    """Return when what kind of thing changed to what."""
    return [
        (row["at"], row["to"])
        for row in verdict.answer["rows"]
        if row["kind"] == kind and subject in ("", row["subject"])
    ]


def test_a_pod_without_probes_is_ready_when_its_container_runs() -> None:
    verdict = play([{"container": "app", "pullSeconds": 3}])

    assert told(verdict, "container") == [(0, "Waiting: ContainerCreating"), (3, "Running")]
    assert told(verdict, "phase") == [(0, "Pending"), (3, "Running")]
    assert told(verdict, "condition", "Ready") == [(0, "False"), (3, "True")]
    assert told(verdict, "endpoint") == [(3, "in")]
    assert verdict.outcome is Outcome.YES


def test_a_failing_image_pull_backs_off() -> None:
    verdict = play([{"container": "app", "imagePullFails": 2}])

    assert told(verdict, "container") == [
        (0, "Waiting: ContainerCreating"),
        (0, "Waiting: ErrImagePull"),
        (0, "Waiting: ImagePullBackOff"),
        (10, "Waiting: ErrImagePull"),
        (10, "Waiting: ImagePullBackOff"),
        (30, "Running"),
    ]


def test_readiness_waits_until_the_app_answers_and_takes_it_out_again() -> None:
    only = [APP | {"readinessProbe": {**HTTP, "periodSeconds": 5, "failureThreshold": 2}}]
    events = [
        {"at": 12, "container": "app", "answers": True},
        {"at": 31, "container": "app", "answers": False},
    ]

    verdict = play(events, containers=only)

    assert told(verdict, "probe") == [(15, "ready"), (40, "not ready")]
    assert told(verdict, "endpoint") == [(15, "in"), (40, "out")]
    assert told(verdict, "container") == [(0, "Waiting: ContainerCreating"), (0, "Running")]
    assert verdict.answer["probes"]["app"]["readiness"] == {"runs": 121, "failures": 3 + 114}


def test_a_failed_liveness_probe_restarts_the_container_not_the_pod() -> None:
    events = [
        {"at": 20, "container": "app", "answers": False},
        {"at": 33, "container": "app", "answers": True},
    ]

    verdict = play(events, containers=[PROBED])

    assert told(verdict, "signal") == [(30, "SIGTERM")]
    assert told(verdict, "phase") == [(0, "Pending"), (0, "Running")]
    assert verdict.answer["final"]["restarts"] == 1
    assert verdict.answer["final"]["status"]["containerStatuses"][0]["ready"] is True


def test_a_probe_may_have_a_grace_period_of_its_own() -> None:
    impatient = APP | {"livenessProbe": {**HTTP, "terminationGracePeriodSeconds": 3}}
    events = [
        {"container": "app", "stopsAfterSeconds": 99},
        {"at": 5, "container": "app", "answers": False},
    ]

    verdict = play(events, 40, containers=[impatient])

    assert told(verdict, "signal") == [(30, "SIGTERM"), (33, "SIGKILL")]


def test_a_crash_loop_waits_as_the_back_off_says() -> None:
    verdict = play([{"container": "app", "exit": 1, "afterSeconds": 5}], "1h")

    starts = [at for at, to in told(verdict, "container") if to == "Running"]
    waits = [following - start - 5 for start, following in pairwise(starts)]

    assert waits == list(delays([5] * len(waits)))
    assert told(verdict, "phase") == [(0, "Pending"), (0, "Running")]


@pytest.mark.parametrize(
    ("policy", "code", "phase"),
    [
        ("Never", 0, "Succeeded"),
        ("Never", 3, "Failed"),
        ("OnFailure", 0, "Succeeded"),
        ("OnFailure", 3, "Running"),
        ("Always", 0, "Running"),
    ],
)
def test_the_phase_after_an_exit(policy: str, code: int, phase: str) -> None:
    verdict = play([{"at": 95, "container": "app", "exit": code}], restartPolicy=policy)

    assert verdict.answer["final"]["status"]["phase"] == phase


def test_hitting_the_memory_limit_is_told_as_such() -> None:
    verdict = play([{"at": 95, "container": "app", "oom": True}], restartPolicy="Never")

    ended = verdict.answer["final"]["status"]["containerStatuses"][0]["state"]["terminated"]
    assert ended == {"exitCode": 137, "reason": "OOMKilled"}


def test_init_containers_run_in_order_and_sidecars_stay() -> None:
    inits = [{"name": "one", "image": "i:1"}, SIDECAR, {"name": "two", "image": "i:1"}]
    events = [
        {"container": "one", "exit": 0, "afterSeconds": 5},
        {"container": "two", "exit": 0, "afterSeconds": 7},
    ]

    verdict = play(events, initContainers=inits)

    running = {
        row["subject"]: row["at"]
        for row in verdict.answer["rows"]
        if row["to"] == "Running" and row["kind"] == "container"
    }
    assert running == {"one": 0, "proxy": 5, "two": 5, "app": 12}
    assert told(verdict, "condition", "Initialized") == [(0, "False"), (12, "True")]


def test_a_failed_init_container_fails_a_pod_that_never_restarts() -> None:
    events = [{"container": "init", "exit": 2, "afterSeconds": 5}]

    verdict = play(events, initContainers=[{"name": "init", "image": "i:1"}], restartPolicy="Never")

    assert told(verdict, "phase") == [(0, "Pending"), (5, "Failed")]
    assert verdict.outcome is Outcome.NO


def test_a_job_pod_succeeds_when_its_sidecar_has_stopped() -> None:
    events = [{"at": 30, "container": "app", "exit": 0}, {"container": "proxy", "stopsAfterSeconds": 4}]

    verdict = play(events, initContainers=[SIDECAR], restartPolicy="Never")

    assert told(verdict, "signal", "proxy") == [(30, "SIGTERM")]
    assert told(verdict, "phase")[-1] == (34, "Succeeded")


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


def test_a_post_start_hook_that_fails_ends_the_container() -> None:
    hooked = APP | {"lifecycle": {"postStart": {"exec": {"command": ["x"]}}}}
    events = [{"container": "app", "postStartSeconds": 2}, {"container": "app", "postStartFails": True}]

    verdict = play(events, 5, containers=[hooked])

    assert (2, "FailedPostStartHook") in told(verdict, "event")
    assert (2, "Terminated") in told(verdict, "container")


def test_a_container_whose_post_start_hook_failed_is_stopped_with_its_grace_period() -> None:
    hooked = APP | {"lifecycle": {"postStart": {"exec": {"command": ["x"]}}}}
    events = [
        {"container": "app", "postStartFails": True},
        {"container": "app", "stopsAfterSeconds": 99},
    ]

    verdict = play(events, 50, containers=[hooked])

    assert told(verdict, "signal") == [(0, "SIGTERM"), (30, "SIGKILL"), (30, "SIGTERM")]


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
    ("policy", "fails", "states", "reasons"),
    [
        pytest.param("Never", 0, [], {"Pulled"}, id="it is there"),
        pytest.param("Never", 1, ["ErrImageNeverPull"], {"Pulled", "ErrImageNeverPull"}, id="or it is not"),
        pytest.param(
            "IfNotPresent",
            1,
            ["ErrImagePull", "ImagePullBackOff"],
            {"Pulling", "Failed", "BackOff", "Pulled"},
            id="it is pulled",
        ),
    ],
)
def test_the_pull_policy(policy: str, fails: int, states: list[str], reasons: set[str]) -> None:
    verdict = play(
        [{"container": "app", "imagePullFails": fails}], containers=[APP | {"imagePullPolicy": policy}]
    )

    waits = [to.removeprefix("Waiting: ") for _, to in told(verdict, "container") if "Image" in to]
    assert waits == states
    assert {to for _, to in told(verdict, "event", "app")} == reasons | {"Created", "Started"}


def test_events_carry_the_messages_that_kubectl_shows() -> None:
    events = [
        {"at": 5, "scheduled": "n1"},
        {"at": 20, "container": "app", "answers": False},
        {"at": 60, "delete": True},
    ]

    rows = play(events, containers=[PROBED]).answer["rows"]

    found = {r["rule"].removeprefix("podLifecycle.timeline"): r["message"] for r in rows if r["message"]}
    assert found == {
        "Scheduled": "Successfully assigned default/web to n1",
        "Pulling": 'Pulling image "app:1"',
        "Pulled": 'Successfully pulled image "app:1"',
        "Present": 'Container image "app:1" already present on machine and can be accessed by the pod',
        "Created": "Container created",
        "Started": "Container started",
        "Unhealthy": "Liveness probe failed",
        "KillingUnhealthy": "Container app failed liveness probe, will be restarted",
        "Killing": "Stopping container app",
        "BackOffEvent": "Back-off restarting failed container app in pod web_default()",
    }


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


def test_readiness_gates_hold_back_ready_only() -> None:
    events = [
        {"at": 30, "condition": "lb", "status": "True"},
        {"at": 60, "condition": "lb", "status": "False"},
    ]

    verdict = play(events, readinessGates=[{"conditionType": "lb"}])

    assert told(verdict, "condition", "ContainersReady") == [(0, "True")]
    assert told(verdict, "condition", "Ready") == [(0, "False"), (30, "True"), (60, "False")]


def test_scheduling_can_wait_and_a_gate_is_told() -> None:
    verdict = play([{"at": 20, "scheduled": "n1"}], schedulingGates=[{"name": "quota"}])

    assert told(verdict, "condition", "PodScheduled") == [(0, "False"), (20, "True")]
    assert told(verdict, "phase") == [(0, "Pending"), (20, "Running")]


@pytest.mark.parametrize(
    ("back", "changes"),
    [
        pytest.param(120, [], id="back before it was noticed"),
        pytest.param(300, [(150, "False"), (300, "True")], id="back before the eviction"),
        pytest.param(None, [(150, "False")], id="for good"),
    ],
)
def test_a_lost_node_takes_ready_away_after_50_seconds(back: int | None, changes: list[Any]) -> None:
    events: list[dict[str, Any]] = [{"at": 100, "node": "lost"}]
    if back:
        events.append({"at": back, "node": "back"})

    verdict = play(events)

    assert told(verdict, "condition", "Ready")[1:] == changes
    assert ((450, "Terminating") in told(verdict, "pod")) is (back is None)
    assert (verdict.outcome is Outcome.UNKNOWN) is (back is None)


def test_the_pods_of_a_node_that_is_not_ready_go_when_they_tolerate_it_no_longer() -> None:
    for_good = play([{"at": 100, "node": "notReady"}])
    for_a_while = play([{"at": 100, "node": "notReady"}, {"at": 200, "node": "back"}])

    assert told(for_good, "condition", "Ready")[1:] == [(100, "False"), (400, "False")]
    assert told(for_good, "pod") == [(400, "Terminating"), (400, "removed")]
    assert told(for_good, "condition", "DisruptionTarget") == [(400, "True")]
    assert told(for_a_while, "condition", "Ready")[1:] == [(100, "False"), (200, "True")]
    assert told(for_a_while, "pod") == []


def test_a_pod_that_tolerates_the_taint_for_ever_is_not_deleted() -> None:
    verdict = play([{"at": 100, "node": "lost"}], "1h", tolerations=[{"operator": "Exists"}])

    assert told(verdict, "pod") == []


def test_what_happens_on_a_silent_node_is_heard_when_it_is_back() -> None:
    events = [
        {"at": 10, "node": "lost"},
        {"at": 20, "container": "app", "exit": 3},
        {"at": 40, "node": "back"},
    ]

    verdict = play(events, restartPolicy="Never")

    assert told(verdict, "container")[-1] == (40, "Terminated")
    assert told(verdict, "phase")[-1] == (40, "Failed")


def test_only_services_that_select_the_pod_have_it_as_an_endpoint() -> None:
    def service(name: str, app: str) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name},
            "spec": {"selector": {"app": app}},
        }

    verdict = play([], services=[service("mine", "web"), service("other", "db")])

    assert [row["subject"] for row in verdict.answer["rows"] if row["kind"] == "endpoint"] == ["mine"]


def test_an_exit_rule_can_restart_everything() -> None:
    rule = {"action": "RestartAllContainers", "exitCodes": {"operator": "In", "values": [7]}}
    watcher = {"name": "watcher", "image": "w:1", "restartPolicy": "Never", "restartPolicyRules": [rule]}

    verdict = play(
        [{"at": 20, "container": "watcher", "exit": 7}], 60, containers=[APP, watcher], restartPolicy="Never"
    )

    assert told(verdict, "container", "app")[-3:] == [
        (20, "Terminated"),
        (20, "Waiting: PodInitializing"),
        (20, "Running"),
    ]
    assert verdict.answer["final"]["restarts"] == 2
    assert verdict.outcome is Outcome.YES


@pytest.mark.parametrize(
    ("question", "error", "path"),
    [
        pytest.param({"until": "soon"}, InvalidQuestionError, "until", id="no time"),
        pytest.param({"until": -1}, InvalidQuestionError, "until", id="before the start"),
        pytest.param({"until": "900h"}, TooLargeError, "until", id="too long"),
        pytest.param(
            {"until": 1, "events": [{"at": 1}]}, InvalidQuestionError, "events[0]", id="nothing said"
        ),
        pytest.param(
            {"until": 1, "events": [{"node": "lost", "evict": "memory"}]},
            InvalidQuestionError,
            "events[0]",
            id="two things",
        ),
        pytest.param(
            {"until": 1, "events": [{"exit": 1, "container": "db"}]},
            InvalidQuestionError,
            "events[0].container",
            id="a container that there is not",
        ),
        pytest.param(
            {"until": 1, "events": [{"at": "-5s", "delete": True}]},
            InvalidQuestionError,
            "events[0].at",
            id="early",
        ),
        pytest.param(
            {"until": 1, "events": [{"container": "app", "pullSeconds": -1}]},
            InvalidQuestionError,
            "events[0].pullSeconds",
            id="a negative time",
        ),
        pytest.param(
            {"until": 1, "events": [{"condition": "lb"}]}, InvalidQuestionError, "events[0]", id="no status"
        ),
        pytest.param(
            {"until": 1, "events": [{"explode": True}]},
            InvalidQuestionError,
            "events[0]",
            id="no such event",
        ),
        pytest.param(
            {"until": 1, "events": [{"container": "app", "exit": 256}]},
            InvalidQuestionError,
            "events[0].exit",
            id="no exit code",
        ),
        pytest.param(
            {"until": 1, "events": [{"container": "app", "node": "lost"}]},
            InvalidQuestionError,
            "events[0].container",
            id="a container where the pod is meant",
        ),
        pytest.param(
            {"until": 1, "events": [{"delete": True, "afterSeconds": 3}]},
            InvalidQuestionError,
            "events[0].afterSeconds",
            id="a companion of another event",
        ),
    ],
)
def test_bad_input_is_refused_with_its_path(
    question: dict[str, Any], error: type[OntologyError], path: str
) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [APP]}}

    with pytest.raises(error) as refused:
        evaluators.answer({"system": "podLifecycle", "objects": [pod], "question": {"timeline": question}})

    assert refused.value.path == f"question.timeline.{path}"


@pytest.mark.parametrize(
    ("event", "meant"),
    [
        pytest.param({"container": "app", "exits": 1}, "`exit`", id="an event"),
        pytest.param({"delete": {"gracePeriod": 3}}, "`gracePeriodSeconds`", id="a member of an event"),
        pytest.param({"node": "lots"}, "`lost`", id="a word"),
        pytest.param({"condition": "lb", "status": "true"}, "`True`", id="another case"),
        pytest.param(
            {"container": "app", "answers": True, "probes": ["livenes"]}, "`liveness`", id="a probe"
        ),
        pytest.param({"container": "ap", "exit": 1}, "`app`", id="a container"),
    ],
)
def test_a_slip_of_the_pen_is_told_what_it_was_meant_to_be(event: dict[str, Any], meant: str) -> None:
    with pytest.raises(InvalidQuestionError, match=r"did you mean") as refused:
        play([event])

    assert f"(did you mean {meant}" in str(refused.value)


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        pytest.param(
            {"containers": [APP | {"livenessProbe": {**HTTP, "periodSeconds": -1}}]},
            "containers[0].livenessProbe.periodSeconds",
            id="a period",
        ),
        pytest.param(
            {"containers": [APP | {"startupProbe": {**HTTP, "terminationGracePeriodSeconds": 0}}]},
            "containers[0].startupProbe.terminationGracePeriodSeconds",
            id="a probe's own grace period",
        ),
        pytest.param(
            {"containers": [APP | {"lifecycle": {"preStop": {"sleep": {"seconds": -3}}}}]},
            "containers[0].lifecycle.preStop.sleep.seconds",
            id="a hook",
        ),
        pytest.param({"activeDeadlineSeconds": 0}, "activeDeadlineSeconds", id="a deadline"),
        pytest.param({"restartPolicy": "Perhaps"}, "restartPolicy", id="a policy"),
    ],
)
def test_a_spec_that_the_api_refuses_is_refused_with_its_path(spec: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidObjectError) as refused:
        play([], **spec)

    assert refused.value.path == f"objects[0].spec.{path}"


def test_a_negative_grace_period_counts_as_one_second_and_two_are_the_least() -> None:
    events = [{"at": 10, "delete": True}, {"container": "app", "stopsAfterSeconds": 99}]

    assert told(play(events, terminationGracePeriodSeconds=-5), "signal") == [
        (10, "SIGTERM"),
        (12, "SIGKILL"),
    ]


@pytest.mark.parametrize(("name", "kind"), [("podPhase", "phase"), ("containerState", "container")])
def test_every_change_is_a_row_of_the_state_machine(name: str, kind: str) -> None:
    known = {(row.state, row.next) for row in machine(name).transitions}
    events = [
        {"container": "app", "imagePullFails": 1},
        {"at": 40, "container": "app", "exit": 1},
        {"at": 50, "container": "app", "oom": True},
        {"at": 60, "container": "app", "answers": False},
        {"at": 300, "container": "app", "answers": True},
        {"at": 400, "evict": "memory"},
    ]

    rows = [r for r in play(events, containers=[PROBED]).answer["rows"] if r["kind"] == kind and r["from"]]

    assert {(r["from"].partition(":")[0], r["to"].partition(":")[0]) for r in rows} <= known


def test_the_chart_has_a_bar_for_each_state_that_lasted() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [APP]}}
    events = [{"container": "app", "pullSeconds": 2.5}, {"container": "app", "exit": 1, "afterSeconds": 10}]
    question = {"timeline": {"until": 40, "events": events, "chart": True}}

    answer = evaluators.answer({"system": "podLifecycle", "objects": [pod], "question": question}).answer

    assert answer["chart"] == (
        "gantt\n  title web\n  dateFormat X\n  axisFormat %H:%M:%S\n"
        "  section phase\n  Pending : 0, 2.5\n  Running : active, 2.5, 40\n"
        "  section app\n  Waiting ContainerCreating : 0, 2.5\n"
        "  Running : active, 2.5, 12.5\n  Running : active, 12.5, 22.5\n"
        "  Waiting CrashLoopBackOff : crit, 22.5, 32.5\n  Running : active, 32.5, 40\n"
        "  section Ready\n  True : active, 2.5, 22.5\n  True : active, 32.5, 40\n"
        "  section any Service\n  in : active, 2.5, 22.5\n  in : active, 32.5, 40\n"
    )


def steps(verdict: Verdict, role: Role) -> list[tuple[str, Any]]:
    return [(s.rule.removeprefix("podLifecycle.timeline"), s.facts) for s in verdict.steps if s.role is role]


def test_the_smallest_patience_that_would_have_spared_a_restart_is_offered() -> None:
    events = [
        {"at": 20, "container": "app", "answers": False},
        {"at": 43, "container": "app", "answers": True},
    ]

    ((rule, facts),) = steps(play(events, containers=[PROBED]), Role.CHANGE)

    assert (rule, facts["probe"], facts["threshold"]) == ("Threshold", "liveness", 6)


def test_failures_that_fell_short_are_a_near_miss() -> None:
    events = [
        {"at": 20, "container": "app", "answers": False},
        {"at": 28, "container": "app", "answers": True},
    ]

    ((rule, facts),) = steps(play(events, containers=[PROBED]), Role.NEAR_MISS)

    assert (rule, facts["count"], facts["threshold"]) == ("ShortOfThreshold", 2, 3)


def test_a_policy_with_which_the_pod_would_have_ended_well_is_offered() -> None:
    failed = play([{"at": 20, "container": "app", "exit": 1}], restartPolicy="Never")

    assert [facts["policy"] for _, facts in steps(failed, Role.CHANGE)] == ["Always", "OnFailure"]


PROBES = st.fixed_dictionaries(
    {},
    optional={
        kind: st.fixed_dictionaries(
            {
                "httpGet": st.just({"port": 80}),
                "periodSeconds": st.integers(1, 7),
                "initialDelaySeconds": st.integers(0, 5),
                "failureThreshold": st.integers(1, 3),
            }
        )
        for kind in ("startupProbe", "readinessProbe", "livenessProbe")
    },
)
NAMES = st.sampled_from(["c0", "c1", "i0"])
EVENTS = st.lists(
    st.one_of(
        st.builds(lambda c, n: {"container": c, "imagePullFails": n}, NAMES, st.integers(0, 2)),
        st.builds(lambda c, s: {"container": c, "pullSeconds": s}, NAMES, st.integers(0, 9)),
        st.builds(lambda c, s: {"container": c, "stopsAfterSeconds": s}, NAMES, st.integers(0, 50)),
        st.builds(
            lambda t, c, a: {"at": t, "container": c, "answers": a}, st.integers(0, 200), NAMES, st.booleans()
        ),
        st.builds(
            lambda t, c, e: {"at": t, "container": c, "exit": e},
            st.integers(0, 200),
            NAMES,
            st.integers(0, 1),
        ),
        st.builds(lambda c, e: {"container": c, "exit": e, "afterSeconds": 9}, NAMES, st.integers(0, 1)),
        st.builds(lambda t, c: {"at": t, "container": c, "oom": True}, st.integers(0, 200), NAMES),
        st.builds(
            lambda t, n: {"at": t, "node": n},
            st.integers(0, 200),
            st.sampled_from(["lost", "notReady", "back"]),
        ),
        st.builds(lambda t: {"at": t, "delete": True}, st.integers(0, 300)),
        st.builds(lambda t: {"at": t, "evict": "memory"}, st.integers(0, 300)),
    ),
    max_size=6,
)
LIVES = st.tuples(
    st.lists(PROBES, min_size=1, max_size=2),
    st.sampled_from([None, {}, {"restartPolicy": "Always"}]),
    st.sampled_from(["Always", "OnFailure", "Never"]),
    EVENTS,
)


def played(life: Any, until: int = 400) -> tuple[Verdict, dict[str, Any]]:
    probes, init, policy, events = life
    known = {f"c{i}" for i in range(len(probes))} | ({"i0"} if init is not None else set())
    spec = {
        "containers": [{"name": f"c{i}", "image": "app:1", **each} for i, each in enumerate(probes)],
        "initContainers": [] if init is None else [{"name": "i0", "image": "i:1", **init}],
        "restartPolicy": policy,
    }
    kept = [event for event in events if event.get("container", "i0" if init is not None else "c0") in known]
    return play(kept, until, **spec), spec


@settings(deadline=None)
@given(LIVES)
def test_time_never_goes_back_and_a_finished_pod_stays_finished(life: Any) -> None:
    rows = played(life)[0].answer["rows"]

    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    phases = [row["to"] for row in rows if row["kind"] == "phase"]
    assert all(phase not in ("Succeeded", "Failed") for phase in phases[:-1])
    assert all(before != after for before, after in pairwise(phases))


@settings(deadline=None)
@given(LIVES)
def test_ready_implies_containers_ready(life: Any) -> None:
    now: dict[str, str] = {}
    times: dict[str, dict[str, str]] = {}
    for row in played(life)[0].answer["rows"]:
        if row["kind"] == "condition":
            now = now | {row["subject"]: row["to"]}
            times[row["at"]] = now

    for told_ in times.values():
        assert told_.get("Ready") != "True" or told_.get("ContainersReady") == "True"


@settings(deadline=None)
@given(LIVES)
def test_a_pod_without_probes_and_gates_is_ready_exactly_when_all_its_containers_run(life: Any) -> None:
    probes, init, policy, events = life
    kept = [each for each in events if {"node", "delete", "evict"}.isdisjoint(each)]
    rows = played(([{} for _ in probes], init, policy, kept))[0].answer["rows"]

    needed = {f"c{i}" for i in range(len(probes))} | ({"i0"} if init else set())
    running: dict[str, bool] = {}
    ready: dict[float, tuple[bool, bool]] = {}
    told_ready = False
    for row in rows:
        if row["kind"] == "container":
            running[row["subject"]] = row["to"] == "Running"
        elif row["kind"] == "condition" and row["subject"] == "Ready":
            told_ready = row["to"] == "True"
        ready[row["at"]] = (told_ready, all(running.get(name, False) for name in needed))
    assert all(told_ == runs for told_, runs in ready.values())


@settings(deadline=None)
@given(LIVES)
def test_every_life_is_a_walk_through_the_state_machines(life: Any) -> None:
    known = {
        kind: {(row.state, row.next) for row in machine(name).transitions}
        for name, kind in (("podPhase", "phase"), ("containerState", "container"))
    }
    # a node that was not heard: what has happened in the meantime is told as one change
    rows = [r for r in played(life)[0].answer["rows"] if not r["rule"].endswith("HeardAgain")]

    for row in rows:
        if row["kind"] in known and row["from"]:
            states = tuple(row[end].partition(":")[0] for end in ("from", "to"))
            assert states in known[row["kind"]]


@settings(deadline=None)
@given(LIVES)
def test_restarts_never_exceed_what_back_off_allows(life: Any) -> None:
    verdict, _ = played(life)

    # waits of 0, 10, 20, 40, 80 and 160 s: within 400 s no more than these
    for status in verdict.answer["final"]["status"].get("containerStatuses", []):
        assert status["restartCount"] <= 6


@settings(deadline=None)
@given(LIVES)
def test_the_end_is_what_status_makes_of_it(life: Any) -> None:
    verdict, spec = played(life)
    final = verdict.answer["final"]
    conditions = {c["type"]: (c["status"], c["reason"]) for c in final["status"]["conditions"]}
    if final["status"]["reason"] or verdict.outcome is Outcome.UNKNOWN or final["terminating"]:
        return  # the kubelet says Failed by itself, or nobody reports

    known = [{"type": "Initialized", "status": conditions["Initialized"][0]}]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": spec,
        "status": final["status"] | {"conditions": known},
    }
    question = {"status": {"podIsTerminal": True} if final["removed"] else {}}
    status = evaluators.answer({"system": "podLifecycle", "objects": [pod], "question": question}).answer

    assert status["phase"] == final["status"]["phase"]
    ready = [row["rule"] for row in verdict.answer["rows"] if row["subject"] == "Ready"][-1]
    if ready.endswith("NodeUnready"):
        del status["conditions"]["Ready"]  # the node controller has taken it away
    for type_, found in status["conditions"].items():
        assert (found["status"], found["reason"]) == conditions[type_]


@settings(deadline=None, max_examples=30)
@given(LIVES)
def test_every_step_reads_in_both_languages_and_the_same_input_gives_the_same_life(life: Any) -> None:
    verdict, _ = played(life)
    again, _ = played(life)

    assert verdict.answer == again.answer
    for step in verdict.steps:
        assert step.rule in vocabulary.rules()
        assert render(step, Lang.EN) != render(step, Lang.KO)

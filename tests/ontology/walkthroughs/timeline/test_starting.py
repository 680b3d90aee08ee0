"""How containers come to run: pulls, init containers, sidecars, hooks, restarts."""

import pytest

from ontology.verdict import Outcome
from tests.ontology.walkthroughs.timeline.lives import APP, HTTP, SIDECAR, play, told


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


def test_what_follows_a_sidecar_waits_for_its_startup_probe() -> None:
    probed = SIDECAR | {"startupProbe": {**HTTP, "periodSeconds": 5, "failureThreshold": 9}}
    last = {"name": "last", "image": "i:1"}

    for inits, begins in (([probed, last], 16), ([last, probed], 15)):
        verdict = play([{"container": "proxy", "answersAfterSeconds": 12}], initContainers=inits)

        assert told(verdict, "container", "app")[-1] == (begins, "Running")
        assert told(verdict, "condition", "Initialized")[-1] == (begins, "True")


def test_containers_start_one_after_the_other() -> None:
    hooked = APP | {"lifecycle": {"postStart": {"sleep": {"seconds": 7}}}}
    others = [{"name": name, "image": "b:1"} for name in ("b", "c")]
    events = [
        {"container": "app", "pullSeconds": 10},
        {"container": "b", "pullSeconds": 5},
        {"container": "b", "imagePullFails": 1},
    ]

    verdict = play(events, containers=[hooked, *others])

    begun = {r["subject"]: r["at"] for r in verdict.answer["rows"] if r["to"] == "Running"}
    # app: pull and hook; b: a pull that fails, 10 s, another one; c: as soon as the first has failed
    assert begun == {"app": 17, "b": 37, "c": 22, "pod": 37}


def test_probes_and_back_off_count_from_the_start_of_the_process_not_the_end_of_its_hook() -> None:
    hooked = APP | {
        "lifecycle": {"postStart": {"sleep": {"seconds": 20}}},
        "readinessProbe": {**HTTP, "initialDelaySeconds": 25, "periodSeconds": 1},
    }

    verdict = play([{"container": "app", "answersAfterSeconds": 22}], containers=[hooked])

    assert told(verdict, "container")[-1] == (20, "Running")
    assert told(verdict, "probe") == [(25, "ready")]

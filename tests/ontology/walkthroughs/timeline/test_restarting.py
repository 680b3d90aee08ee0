"""How containers end and start again, and what becomes of the pod."""

from itertools import pairwise

import pytest

from ontology.semantics.lifecycle.backoff import delays
from ontology.verdict import Outcome, Verdict
from tests.ontology.walkthroughs.timeline.lives import APP, HTTP, PROBED, play, told


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


def ends(verdict: Verdict) -> list[float]:
    return [at for at, to in told(verdict, "container") if to == "Terminated"]


def starts(verdict: Verdict) -> list[float]:
    return [at for at, to in told(verdict, "container") if to == "Running"]


def test_a_restart_for_a_failed_probe_looks_at_the_end_of_the_run_before() -> None:
    deaf = APP | {"livenessProbe": {**HTTP, "periodSeconds": 4, "failureThreshold": 3}}

    verdict = play([{"container": "app", "answers": False}], 250, containers=[deaf])

    # no end to look at; no wait yet; 12 s since the last end are more than 10; but no longer 20, 40, 80
    waits = [start - end for end, start in zip(ends(verdict), starts(verdict)[1:], strict=False)]
    assert ends(verdict) == [8, 20, 32, 44, 72, 120, 208]
    assert waits == [0, 0, 0, 20, 40, 80]


def test_a_container_that_ends_well_when_it_is_killed_for_a_probe_may_not_start_again() -> None:
    deaf = APP | {"livenessProbe": {**HTTP, "periodSeconds": 2}}

    verdict = play([{"container": "app", "answers": False}], containers=[deaf], restartPolicy="OnFailure")

    # twice it is started by the sync that kills it; then it waits, and a later sync sees exit code 0
    assert starts(verdict) == [0, 4, 10]
    assert told(verdict, "phase")[-1] == (16, "Succeeded")


def test_a_long_run_starts_the_back_off_over() -> None:
    verdict = play([{"at": at, "container": "app", "exit": 1} for at in (10, 20, 631, 640)], "20m")

    assert starts(verdict) == [0, 10, 30, 631, 650]

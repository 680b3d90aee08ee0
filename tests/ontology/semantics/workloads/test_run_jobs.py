"""Jobs and CronJobs over virtual time."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontology.errors import InvalidQuestionError
from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Outcome, Verdict

FAILS = {"image": "work:1"}


def job(*, restart: str = "Never", **spec: Any) -> dict[str, Any]:
    template = {"spec": {"restartPolicy": restart, "containers": [{"name": "c", "image": "work:1"}]}}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "work"},
        "spec": {"template": template} | spec,
    }


def cron(schedule: str = "*/5 * * * *", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "tick"},
        "spec": {"schedule": schedule, "jobTemplate": {"spec": job()["spec"]}} | spec,
    }


def run(*objects: dict[str, Any], until: str = "1h", **asked: Any) -> Verdict:
    question = {"run": {"until": until, **asked}}
    return answer({"system": "workloads", "objects": list(objects), "question": question})


def at(verdict: Verdict, what: str, kind: str) -> list[float]:
    timeline = verdict.answer["timeline"]
    return [each["t"] for each in timeline if (each["what"], each["kind"]) == (what, kind)]


def state(verdict: Verdict) -> tuple[str, str | None]:
    found = verdict.answer["final"]["jobs"]["work"]
    return found["state"], found["reason"]


def test_a_job_fills_its_places_until_enough_have_succeeded() -> None:
    verdict = run(job(completions=3, parallelism=2))

    assert at(verdict, "created", "Pod") == [0, 0, 40]
    assert state(verdict) == ("Complete", "CompletionsReached")
    assert verdict.outcome is Outcome.YES


def test_failures_are_retried_after_a_delay_that_doubles_until_the_limit() -> None:
    verdict = run(job(backoffLimit=3), ends=[FAILS])

    created, failed = at(verdict, "created", "Pod"), at(verdict, "failed", "Pod")
    assert [after - before for before, after in zip(failed, created[1:], strict=False)] == [10, 20, 40]
    assert state(verdict) == ("Failed", "BackoffLimitExceeded")
    assert verdict.outcome is Outcome.NO


def test_a_success_forgets_the_failures_before_it() -> None:
    verdict = run(job(completions=2), ends=[FAILS | {"times": 2}])

    assert [t for t in at(verdict, "created", "Pod") if t > 110] == [150]
    assert state(verdict) == ("Complete", "CompletionsReached")


def test_with_on_failure_the_container_starts_again_in_the_same_pod() -> None:
    verdict = run(job(restart="OnFailure"), ends=[FAILS | {"times": 2}])

    assert len(at(verdict, "created", "Pod")) == 1
    assert at(verdict, "restarts", "Pod") == [40, 80]
    assert state(verdict) == ("Complete", "CompletionsReached")


def test_restarts_in_place_count_against_the_limit() -> None:
    verdict = run(job(restart="OnFailure", backoffLimit=2), ends=[FAILS])

    assert len(at(verdict, "restarts", "Pod")) == 2
    assert state(verdict) == ("Failed", "BackoffLimitExceeded")


def test_an_index_fails_by_itself_while_the_others_go_on() -> None:
    indexed = {"completionMode": "Indexed", "completions": 3, "parallelism": 1, "backoffLimitPerIndex": 1}
    verdict = run(job(**indexed), ends=[FAILS | {"indexes": [1]}])

    found = verdict.answer["final"]["jobs"]["work"]
    assert (found["completedIndexes"], found["failedIndexes"]) == ("0,2", "1")
    assert state(verdict) == ("Failed", "FailedIndexes")
    names = verdict.answer["sets"]["Job/work"]["created"]
    assert [name.rpartition("-")[0] for name in names].count("work-1") == 2


@pytest.mark.parametrize(
    ("action", "pods", "end"),
    [
        pytest.param("FailJob", 1, ("Failed", "PodFailurePolicy"), id="the job fails at once"),
        pytest.param("Ignore", 3, ("Complete", "CompletionsReached"), id="it does not count"),
        pytest.param("Count", 1, ("Failed", "BackoffLimitExceeded"), id="it counts"),
    ],
)
def test_the_pod_failure_policy_decides_by_exit_code(action: str, pods: int, end: tuple[str, str]) -> None:
    rule = {"action": action, "onExitCodes": {"operator": "In", "values": [42]}}
    policy = {"backoffLimit": 0, "podFailurePolicy": {"rules": [rule]}}

    verdict = run(job(**policy), ends=[FAILS | {"exitCode": 42, "times": 2}])

    assert len(at(verdict, "created", "Pod")) == pods
    assert state(verdict) == end


def test_a_deadline_ends_a_job_that_hangs_and_its_time_to_live_removes_it() -> None:
    verdict = run(job(activeDeadlineSeconds=60, ttlSecondsAfterFinished=100), broken=["work:1"])

    assert at(verdict, "deleted", "Pod") == [60]
    assert at(verdict, "jobFailed", "Job") == [65]
    assert at(verdict, "deleted", "Job") == [165]
    assert verdict.answer["final"]["jobs"] == {}
    assert verdict.outcome is Outcome.NO


def test_a_suspended_job_gives_up_its_pods_and_starts_again_when_resumed() -> None:
    subject = {"kind": "Job", "name": "work"}
    verdict = run(job(), events=[{"at": "15s", "suspend": subject}, {"at": "2m", "resume": subject}])

    assert at(verdict, "created", "Pod") == [0, 120]
    assert state(verdict) == ("Complete", "CompletionsReached")


def test_a_deleted_job_takes_its_pods_along_in_spite_of_their_finalizers() -> None:
    verdict = run(job(), events=[{"at": "15s", "delete": {"kind": "Job", "name": "work"}}])

    assert at(verdict, "gone", "Pod") == [20]
    assert verdict.answer["final"]["pods"] == []


def test_a_pod_deleted_by_hand_counts_as_failed_and_is_replaced() -> None:
    created = run(job()).answer["sets"]["Job/work"]["created"]
    verdict = run(job(), events=[{"at": "20s", "deletePod": created[0]}])

    assert verdict.answer["final"]["jobs"]["work"]["failed"] == 1
    assert state(verdict) == ("Complete", "CompletionsReached")


def test_a_job_on_a_lost_node_is_done_elsewhere_and_complete_once_the_node_is_gone_for_certain() -> None:
    nodes = [{"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"n{i}"}} for i in range(2)]
    lost, removed = {"at": "15s", "nodeLost": "n0"}, {"at": "20m", "nodeDeleted": "n0"}
    before, after = run(*nodes, job(), events=[lost]), run(*nodes, job(), events=[lost, removed])

    assert at(before, "deleted", "Pod") == [315]
    # nobody can say that the pod on the lost node has stopped, so it is still terminating
    assert (state(before)[0], before.answer["final"]["jobs"]["work"]["succeeded"]) == ("Running", 1)
    assert at(after, "complete", "Job") == [1200]


def test_a_cron_job_makes_a_job_for_each_time_and_keeps_three() -> None:
    verdict = run(cron(), until="32m")

    assert at(verdict, "created", "Job") == [300, 600, 900, 1200, 1500, 1800]
    assert at(verdict, "deleted", "Job") == [1240, 1540, 1840]
    jobs = verdict.answer["final"]["jobs"]
    assert [found["state"] for found in jobs.values()].count("Complete") == 3


def test_times_are_those_of_the_time_zone() -> None:
    start = {"start": "2026-03-01T23:00:00Z"}
    seoul = run(cron("30 8 * * *", timeZone="Asia/Seoul"), until="2h", **start)
    universal = run(cron("30 8 * * *"), until="2h", **start)

    assert at(seoul, "created", "Job") == [1800]
    assert at(universal, "created", "Job") == []


@pytest.mark.parametrize(
    ("policy", "created", "deleted"),
    [
        pytest.param("Allow", [300, 600, 900], [], id="side by side"),
        # skipped while the first runs; made up for when it ends at 310 + 420 s
        pytest.param("Forbid", [300, 730], [], id="one after the other"),
        pytest.param("Replace", [300, 600, 900], [600, 900], id="the newest only"),
    ],
)
def test_the_concurrency_policy_decides_while_a_job_still_runs(
    policy: str, created: list[float], deleted: list[float]
) -> None:
    slow = [{"image": "work:1", "exitCode": 0, "after": "7m"}]
    verdict = run(cron(concurrencyPolicy=policy), until="16m", ends=slow)

    assert at(verdict, "created", "Job") == created
    assert at(verdict, "deleted", "Job") == deleted


def test_with_a_starting_deadline_a_forbidden_run_is_not_made_up_for() -> None:
    slow = [{"image": "work:1", "exitCode": 0, "after": "7m"}]
    limited = cron(concurrencyPolicy="Forbid", startingDeadlineSeconds=60)

    assert at(run(limited, until="16m", ends=slow), "created", "Job") == [300, 900]


def test_a_suspended_cron_job_starts_nothing_until_it_is_resumed() -> None:
    subject = {"kind": "CronJob", "name": "tick"}
    events = [{"at": "6m", "suspend": subject}, {"at": "21m", "resume": subject}]

    # of the three missed runs one is made up for
    assert at(run(cron(), until="26m", events=events), "created", "Job") == [300, 1260, 1500]


def test_a_new_image_of_a_cron_job_is_that_of_its_next_job() -> None:
    change = {"kind": "CronJob", "name": "tick", "image": "work:2"}

    verdict = run(cron(), until="14m", events=[{"at": "7m", "setImage": change}])

    assert [pod["image"] for pod in verdict.answer["final"]["pods"]] == ["work:1", "work:2"]


def test_a_job_that_is_deleted_in_the_foreground_goes_after_its_pods() -> None:
    delete = {"kind": "Job", "name": "work", "propagation": "Foreground"}

    verdict = run(job(), events=[{"at": "15s", "delete": delete}])

    assert at(verdict, "deleted", "Pod") == [15]
    assert at(verdict, "deleted", "Job") == at(verdict, "gone", "Pod") == [20]


def test_a_job_keeps_its_template() -> None:
    with pytest.raises(InvalidQuestionError, match="cannot be changed so"):
        run(job(), events=[{"at": "1s", "setImage": {"kind": "Job", "name": "work", "image": "other"}}])


def test_every_entry_is_worded_in_both_languages() -> None:
    slow = [{"image": "work:1", "after": "7m"}]
    verdict = run(cron(concurrencyPolicy="Forbid"), job(), until="30m", ends=slow)

    assert {"skip", "failed"} <= {each["what"] for each in verdict.answer["timeline"]}
    for lang in Lang:
        assert all(render(step, lang) for step in verdict.steps)


def test_a_job_cannot_be_scaled_or_paused() -> None:
    with pytest.raises(InvalidQuestionError, match="cannot be changed so"):
        run(job(), events=[{"at": "1s", "pause": {"kind": "Job", "name": "work"}}])


@given(
    completions=st.integers(1, 6),
    parallelism=st.integers(1, 6),
    limit=st.integers(0, 4),
    failing=st.integers(0, 6),
)
@settings(max_examples=40, deadline=None)
def test_a_job_never_runs_more_than_it_may_and_stops_when_it_is_done(
    completions: int, parallelism: int, limit: int, failing: int
) -> None:
    spec = {"completions": completions, "parallelism": parallelism, "backoffLimit": limit}
    verdict = run(job(**spec), until="3h", ends=[FAILS | {"times": failing}])

    running: set[str] = set()
    for each in verdict.answer["timeline"]:
        if each["kind"] == "Pod":
            (running.add if each["what"] == "created" else lambda _: None)(each["name"])
            if each["what"] in {"succeeded", "failed", "deleted"}:
                running.discard(each["name"])
            assert len(running) <= min(parallelism, completions)
    found = verdict.answer["final"]["jobs"]["work"]
    if failing > limit:
        assert found["state"] == "Failed"
    else:
        assert (found["state"], found["succeeded"], found["failed"]) == ("Complete", completions, failing)

"""Schedules, time zones, missed runs and concurrency of CronJobs."""

from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology import instants
from ontology.errors import InvalidObjectError
from ontology.evaluators import answer
from ontology.semantics.workloads import cronjobs
from ontology.verdict import Verdict


def following(text: str, after: str, zone: str | None = None, number: int = 3) -> list[str]:
    schedule = cronjobs.parse(text, zone)
    return [instants.render(each) for each in islice(schedule.after(instants.parse(after)), number)]


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        pytest.param("*/20 * * * *", "2026-01-01T00:05:00Z", "2026-01-01T00:20:00Z", id="steps"),
        pytest.param(
            "0 9 * * mon-fri", "2026-01-03T00:00:00Z", "2026-01-05T09:00:00Z", id="weekdays by name"
        ),
        pytest.param("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z", id="leap day"),
        pytest.param("0 0 13 * fri", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", id="either day will do"),
        pytest.param("@hourly", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z", id="a macro, strictly later"),
        pytest.param("30/15 * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:30:00Z", id="from a number on"),
        pytest.param("@every 1h30m", "2026-01-01T00:05:07Z", "2026-01-01T01:35:07Z", id="a fixed time"),
        pytest.param(
            "0 0 */1 * fri",
            "2026-01-01T00:00:00Z",
            "2026-01-02T00:00:00Z",
            id="a step of one restricts nothing",
        ),
        pytest.param(
            "0 0 */2 * fri", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", id="a longer step does"
        ),
    ],
)
def test_the_next_time(text: str, after: str, expected: str) -> None:
    assert following(text, after, number=1) == [expected]


def test_an_hour_that_daylight_saving_skips_has_no_run() -> None:
    found = following("30 2 * * *", "2026-03-07T12:00:00Z", "America/New_York", 2)

    assert found == ["2026-03-09T06:30:00Z", "2026-03-10T06:30:00Z"]


def test_an_hour_that_daylight_saving_repeats_has_two() -> None:
    found = following("30 1 * * *", "2026-10-31T12:00:00Z", "America/New_York", 3)

    assert found == ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-02T06:30:00Z"]


@pytest.mark.parametrize(
    "text", ["", "* * * *", "60 * * * *", "* * 0 * *", "5-1 * * * *", "*/0 * * * *", "a * * * *"]
)
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(InvalidObjectError):
        cronjobs.parse(text)


def test_a_time_zone_does_not_belong_into_the_schedule() -> None:
    with pytest.raises(InvalidObjectError, match=r"spec\.timeZone"):
        cronjobs.parse("CRON_TZ=Asia/Seoul 0 0 * * *")


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(InvalidObjectError, match="no time zone"):
        cronjobs.parse("* * * * *", "Mars/Olympus")


@given(st.integers(0, 2_000_000_000), st.sampled_from(["*/7 * * * *", "0 3 * * 1", "15 0 1 */2 *"]))
def test_times_ascend_and_are_later(second: int, text: str) -> None:
    instant = second * instants.SECOND

    found = list(islice(cronjobs.parse(text).after(instant), 3))

    assert instant < found[0] < found[1] < found[2]


def cron_job(**spec: Any) -> dict[str, Any]:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "backup", "uid": "u", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"schedule": "0 * * * *", "jobTemplate": {"spec": {"template": template}}} | spec,
    }


def job(name: str, ended: str = "", start: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": "backup", "uid": "u", "controller": True}
    conditions = [{"type": ended, "status": "True"}] if ended else []
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "ownerReferences": [owner]},
        "status": {"conditions": conditions, "startTime": start},
    }


def reconcile(*objects: dict[str, Any], now: str = "2026-01-01T01:00:30Z") -> Verdict:
    question = {"reconcileCronJob": {"now": now}}
    return answer({"system": "workloads", "objects": list(objects), "question": question})


@pytest.mark.parametrize(
    ("policy", "action"),
    [
        pytest.param("Allow", "start", id="side by side"),
        pytest.param("Forbid", "skip", id="one at a time"),
        pytest.param("Replace", "replace", id="the last one only"),
    ],
)
def test_a_job_that_still_runs(policy: str, action: str) -> None:
    busy = cron_job(concurrencyPolicy=policy) | {"status": {"active": [{"name": "earlier"}]}}

    verdict = reconcile(busy, job("earlier"))

    assert verdict.answer["action"] == action
    assert verdict.answer["delete"] == (["earlier"] if action == "replace" else [])


@pytest.mark.parametrize(
    ("active", "ended"),
    [
        pytest.param([], "", id="it is not on the list"),
        pytest.param([{"name": "earlier"}], "Complete", id="it has finished"),
        pytest.param([{"name": "gone"}], "", id="what is on the list is gone"),
    ],
)
def test_a_job_holds_back_the_next_only_while_it_runs_and_the_status_lists_it(
    active: list[dict[str, str]], ended: str
) -> None:
    verdict = reconcile(
        cron_job(concurrencyPolicy="Forbid") | {"status": {"active": active}}, job("earlier", ended)
    )

    assert verdict.answer["action"] == "start"
    unexpected = [step.rule for step in verdict.steps if step.rule == "workloads.cron.unexpected"]
    assert bool(unexpected) is not bool(ended)


def test_the_name_of_a_job_tells_its_minute() -> None:
    assert reconcile(cron_job()).answer["create"] == f"backup-{1767229200 // 60}"


def test_of_several_missed_runs_only_the_last_is_made_up_for() -> None:
    answer_ = reconcile(cron_job(), now="2026-01-01T05:30:00Z").answer

    assert (answer_["scheduledTime"], answer_["missed"]) == ("2026-01-01T05:00:00Z", 4)


@pytest.mark.parametrize(
    ("now", "rule"),
    [
        pytest.param("2026-01-05T03:30:00Z", "missed", id="99 runs"),
        pytest.param("2026-01-05T05:30:00Z", "tooManyMissed", id="101 runs with the one that is due"),
    ],
)
def test_after_more_than_a_hundred_missed_runs_the_controller_warns_and_still_starts_the_last(
    now: str, rule: str
) -> None:
    verdict = reconcile(cron_job(), now=now)

    assert [step.rule for step in verdict.steps][1:] == [f"workloads.cron.{rule}"]
    assert verdict.answer["action"] == "start"


def test_a_deadline_limits_how_far_missed_runs_are_looked_for() -> None:
    verdict = reconcile(cron_job(startingDeadlineSeconds=7200), now="2026-02-01T05:30:00Z")

    assert (verdict.answer["action"], verdict.answer["missed"]) == ("start", 1)


def test_a_cron_job_that_is_being_deleted_starts_nothing() -> None:
    leaving = cron_job()
    leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:59:00Z"

    jobs = [job(f"j{n}", "Complete", f"2026-01-01T00:0{n}:00Z") for n in range(4)]

    answer_ = reconcile(leaving, *jobs).answer

    assert (answer_["action"], answer_["create"], answer_["delete"]) == ("deleted", None, ["j0"])


def test_after_the_starting_deadline_nothing_is_made_up_for() -> None:
    verdict = reconcile(cron_job(startingDeadlineSeconds=60), now="2026-01-01T01:30:00Z")

    assert verdict.answer["create"] is None


def test_a_suspended_cron_job_starts_nothing() -> None:
    assert reconcile(cron_job(suspend=True)).answer["action"] == "suspended"


def test_finished_jobs_beyond_the_history_go_oldest_first() -> None:
    jobs = [job(f"j{n}", "Complete", f"2026-01-01T00:0{n}:00Z") for n in range(5)]

    del jobs[0]["status"]["startTime"]

    verdict = reconcile(cron_job(), *jobs, job("f1", "Failed"), now="2026-01-01T00:30:00Z")

    assert verdict.answer["delete"] == ["j1", "j2"]  # one that says no start counts as the youngest

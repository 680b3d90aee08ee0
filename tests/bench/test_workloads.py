"""A day of a CronJob that is due every minute, run from beginning to end."""

import time
from collections.abc import Callable
from typing import Any

from ontology import evaluators

CRON_JOB: dict[str, Any] = {
    "apiVersion": "batch/v1",
    "kind": "CronJob",
    "metadata": {"name": "tick"},
    "spec": {
        "schedule": "* * * * *",
        "jobTemplate": {
            "spec": {
                "template": {
                    "spec": {"restartPolicy": "Never", "containers": [{"name": "app", "image": "tick"}]}
                }
            }
        },
    },
}


def test_a_day_of_a_job_a_minute_takes_less_than_5_s(report: Callable[[str], None]) -> None:
    scenario = {"system": "workloads", "objects": [CRON_JOB], "question": {"run": {"until": "24h"}}}

    began = time.process_time()
    found = evaluators.answer(scenario)
    spent = time.process_time() - began

    jobs = sum(each["what"] == "complete" for each in found.answer["timeline"])
    report(f"a day of a Job a minute, {jobs:,} of them complete: {spent:.2f} s")
    assert jobs == 24 * 60 - 1  # the last is still at work
    assert spent < 5

"""A virtual day of a pod with three probed containers, and a batch of such pods."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from ontology import evaluators

HTTP = {"httpGet": {"port": 80}}
PROBES = {
    "startupProbe": {**HTTP, "periodSeconds": 1, "failureThreshold": 30},
    "readinessProbe": {**HTTP, "periodSeconds": 5},
    "livenessProbe": HTTP,
}


def day(events: list[dict[str, Any]]) -> dict[str, Any]:
    containers = [{"name": name, "image": "app:1", **PROBES} for name in ("a", "b", "c")]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": containers}}
    question = {"timeline": {"events": events, "until": "24h"}}
    return {"system": "podLifecycle", "objects": [pod], "question": question}


HEALTHY: list[dict[str, Any]] = []
EVENTFUL: list[dict[str, Any]] = [
    {"container": "a", "imagePullFails": 2},
    {"container": "b", "answersAfterSeconds": 12},
    {"at": 95, "container": "a", "exit": 137},
    {"at": "1h", "container": "b", "answers": False},
    {"at": "1h10m", "container": "b", "answers": True},
    {"at": "5h", "container": "c", "oom": True},
]
LOOPING: list[dict[str, Any]] = [{"container": "a", "exit": 1, "afterSeconds": 5}]
CRASHING: list[dict[str, Any]] = [
    {"container": name, "exit": 1, "afterSeconds": after} for name, after in (("a", 5), ("b", 20), ("c", 40))
]
DEAF: list[dict[str, Any]] = [
    {"container": name, "answers": False, "probes": ["liveness"]} for name in ("a", "b", "c")
]


def seconds(scenario: dict[str, Any], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        evaluators.answer(scenario)
    return time.process_time() - began


@pytest.mark.parametrize(
    "events",
    [HEALTHY, EVENTFUL, LOOPING, CRASHING, DEAF],
    ids=[
        "healthy",
        "eventful",
        "one crashes all day",
        "all three crash all day",
        "all three are killed all day",
    ],
)
def test_a_virtual_day_takes_less_than_50_ms(
    events: list[dict[str, Any]], report: Callable[[str], None]
) -> None:
    evaluators.answer(day(events))

    best = min(seconds(day(events), 1) for _ in range(20))

    report(f"one virtual day of three probed containers: {best * 1000:.1f} ms")
    assert best < 0.05


def test_a_thousand_pods_take_less_than_20_s(report: Callable[[str], None]) -> None:
    spent = seconds(day(EVENTFUL), 1000)

    report(f"1,000 such days, one after the other: {spent:.1f} s")
    assert spent < 20

"""When a pod is ready and an endpoint: probes, gates, scheduling, its node."""

from typing import Any

import pytest

from ontology.verdict import Outcome
from tests.ontology.walkthroughs.timeline.lives import APP, HTTP, play, told


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


def test_readiness_gates_hold_back_ready_only() -> None:
    events = [
        {"at": 30, "condition": "lb", "status": "True"},
        {"at": 60, "condition": "lb", "status": "False"},
    ]

    verdict = play(events, readinessGates=[{"conditionType": "lb"}])

    assert told(verdict, "condition", "ContainersReady") == [(0, "False"), (0, "True")]
    assert told(verdict, "condition", "Ready")[1:] == [(0, "False"), (30, "True"), (60, "False")]


def test_a_pod_is_told_to_be_scheduled_before_its_kubelet_does_anything() -> None:
    rows = [(row["subject"], row["to"]) for row in play([], 1).answer["rows"]]

    assert rows.index(("PodScheduled", "True")) < rows.index(("app", "Pulling"))
    assert rows.index(("PodReadyToStartContainers", "True")) < rows.index(("app", "Pulling"))


def test_scheduling_can_wait_and_a_gate_is_told() -> None:
    verdict = play([{"at": 20, "scheduled": "n1"}], schedulingGates=[{"name": "quota"}])

    assert told(verdict, "condition", "PodScheduled") == [(0, "False"), (20, "True")]
    assert told(verdict, "phase") == [(0, "Pending"), (20, "Running")]


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

    assert told(verdict, "condition", "Ready")[2:] == changes
    assert ((450, "Terminating") in told(verdict, "pod")) is (back is None)
    assert (verdict.outcome is Outcome.UNKNOWN) is (back is None)


def test_the_pods_of_a_node_that_is_not_ready_go_when_they_tolerate_it_no_longer() -> None:
    for_good = play([{"at": 100, "node": "notReady"}])
    for_a_while = play([{"at": 100, "node": "notReady"}, {"at": 200, "node": "back"}])

    assert told(for_good, "condition", "Ready")[2:] == [(100, "False"), (400, "False")]
    assert told(for_good, "pod") == [(400, "Terminating"), (400, "removed")]
    assert told(for_good, "condition", "DisruptionTarget") == [(400, "True")]
    assert told(for_a_while, "condition", "Ready")[2:] == [(100, "False"), (200, "True")]
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

"""What a time line says: messages of events, bars of the chart, near misses and changes."""

from typing import Any

from ontology import evaluators
from ontology.verdict import Role, Verdict
from tests.ontology.walkthroughs.timeline.lives import APP, PROBED, play


def test_events_carry_the_messages_that_kubectl_shows() -> None:
    events = [
        {"at": 5, "scheduled": "n1"},
        {"at": 20, "container": "app", "answers": False},
        {"at": 41, "container": "app", "exit": 1},
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


def test_an_init_container_that_is_through_is_no_trouble_in_the_chart() -> None:
    init = {"name": "init", "image": "i:1"}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"containers": [APP], "initContainers": [init]},
    }
    question = {"timeline": {"until": 5, "chart": True}}

    answer = evaluators.answer({"system": "podLifecycle", "objects": [pod], "question": question}).answer

    assert "  Terminated : done, 1, 5\n" in answer["chart"]


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

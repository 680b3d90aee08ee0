"""The VerticalPodAutoscaler: cases written from its documentation.

Source: github.com/kubernetes/autoscaler, vertical-pod-autoscaler/docs (features, flags, known limitations)
and kubernetes.io/docs/concepts/workloads/autoscaling/vertical-pod-autoscale.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import InvalidQuestionError
from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.quantities import millis
from ontology.semantics.autoscaling.vertical.histogram import DAY, Histogram
from ontology.verdict import Outcome, Verdict

NOW = "2026-03-10T00:00:00Z"


def usage(cpu: str = "100m", memory: str = "300Mi", *, days: int = 8, **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "container": "app",
            "time": f"2026-03-0{day}T{hour:02}:{minute:02}:00Z",
            "cpu": cpu,
            "memory": memory,
        }
        | more
        for day in range(1, days + 1)
        for hour in range(24)
        for minute in (0, 30)
    ]


def pod(name: str, cpu: str, memory: str = "400Mi", start: str = "2026-03-09T23:00:00Z") -> dict[str, Any]:
    resources = {"requests": {"cpu": cpu, "memory": memory}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {"containers": [{"name": "app", "image": "i", "resources": resources}]},
        "status": {"startTime": start},
    }


def autoscaler(name: str, resource: str, target: dict[str, Any]) -> dict[str, Any]:
    metric = {"type": "Resource", "resource": {"name": resource, "target": target}}
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name},
        "spec": {"scaleTargetRef": reference, "maxReplicas": 5, "metrics": [metric]},
    }


def recommend(*objects: dict[str, Any], samples: list[dict[str, Any]] | None = None, **asked: Any) -> Verdict:
    question = {"now": NOW, "usage": usage() if samples is None else samples} | asked
    return answer(
        {"system": "autoscaling", "objects": list(objects), "question": {"recommendVertical": question}}
    )


def only(verdict: Verdict) -> dict[str, dict[str, str]]:
    (found,) = verdict.answer["recommendation"]
    return dict(found)


def test_the_target_is_the_usage_and_a_safety_margin_of_15_percent() -> None:
    target = millis(only(recommend())["target"]["cpu"])

    # the end of the bucket that 100m falls into is at most 5 % and one first bucket above it
    assert 115 <= target <= 115 * 1.05 + 15


def test_a_single_container_gets_no_less_than_25m_and_250_mebibytes() -> None:
    target = only(recommend(samples=usage("1m", "1Mi")))["target"]

    assert target == {"cpu": "25m", "memory": str(250 * 2**20)}


def test_little_history_widens_the_bounds() -> None:
    week, day = only(recommend(samples=usage(days=8))), only(recommend(samples=usage(days=1)))

    assert millis(week["upperBound"]["cpu"]) < millis(day["upperBound"]["cpu"])
    assert millis(week["lowerBound"]["cpu"]) >= millis(day["lowerBound"]["cpu"])


def test_memory_goes_by_the_peak_of_each_day() -> None:
    peaks = [each | {"memory": "900Mi"} if "T12:00" in each["time"] else each for each in usage()]

    assert int(only(recommend(samples=peaks))["target"]["memory"]) > 900 * 2**20


def test_a_kill_for_memory_raises_the_recommendation() -> None:
    killed = [each | {"oom": True} for each in usage()]

    assert int(only(recommend(samples=killed))["target"]["memory"]) > int(
        only(recommend())["target"]["memory"]
    )


@pytest.mark.parametrize(
    ("policy", "resource", "target"),
    [
        pytest.param({"maxAllowed": {"cpu": "50m"}}, "cpu", "50m", id="no more than allowed"),
        pytest.param({"minAllowed": {"cpu": "2"}}, "cpu", "2000m", id="no less than allowed"),
        pytest.param({"controlledResources": ["memory"]}, "cpu", None, id="only what is controlled"),
    ],
)
def test_a_policy(policy: dict[str, Any], resource: str, target: str | None) -> None:
    assert only(recommend(policies=[policy]))["target"].get(resource) == target


def test_a_policy_that_is_off_recommends_nothing() -> None:
    assert recommend(policies=[{"containerName": "app", "mode": "Off"}]).answer["recommendation"] == []


@pytest.mark.parametrize(
    ("mode", "action"),
    [
        pytest.param("Off", "none", id="only a recommendation"),
        pytest.param("Initial", "none", id="only new pods"),
        pytest.param("Recreate", "evict", id="evicted and created again"),
        pytest.param("InPlaceOrRecreate", "resize", id="resized where it runs"),
    ],
)
def test_update_modes(mode: str, action: str) -> None:
    verdict = recommend(pod("a", "10m"), pod("b", "10m"), updateMode=mode)

    assert verdict.answer["pods"][0]["action"] == action


@pytest.mark.parametrize(("pods", "changed"), [(2, 1), (3, 1), (4, 2), (7, 3)])
def test_at_most_half_of_the_pods_are_changed_at_a_time_the_farthest_off_first(
    pods: int, changed: int
) -> None:
    found = recommend(*(pod(f"p{n}", f"{50 - n}m") for n in range(pods))).answer["pods"]

    assert [each["pod"] for each in found if each["action"] == "evict"] == [
        f"p{n}" for n in range(pods - changed, pods)
    ]
    assert {each["reason"] for each in found if each["action"] == "none"} == {"evictionTolerance"}


def owned(name: str, cpu: str, owner: str, **status: Any) -> dict[str, Any]:
    found = pod(name, cpu)
    reference = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "name": owner,
        "uid": owner,
        "controller": True,
    }
    found["metadata"] |= {"ownerReferences": [reference], "labels": {"app": owner}}
    found["status"] |= status
    return found


def actions(verdict: Verdict) -> dict[str, str]:
    return {each["pod"]: each["reason"] for each in verdict.answer["pods"] if each["action"] != "none"}


def reasons(verdict: Verdict) -> dict[str, str]:
    return {each["pod"]: each["reason"] for each in verdict.answer["pods"]}


def test_pods_that_are_to_grow_go_before_those_that_are_farther_off() -> None:
    # both are outside their bounds: 10 cores are 99 % too much, 90m only 40 % too little
    found = recommend(pod("shrinks", "10"), pod("grows", "90m"))

    assert list(actions(found)) == ["grows"]


def test_each_controller_gives_up_half_of_its_own_pods() -> None:
    pods = [owned(f"{app}-{n}", "10m", app) for app in ("web", "api") for n in range(2)]

    assert list(actions(recommend(*pods))) == ["web-0", "api-0"]


def test_pods_that_do_not_run_yet_are_those_that_a_controller_can_least_spare() -> None:
    replica_set = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": "web"},
        "spec": {"replicas": 4, "selector": {"matchLabels": {"app": "web"}}},
    }
    pods = [owned(f"web-{n}", "10m", "web") for n in range(2)]
    pending = [owned(f"new-{n}", "10m", "web", phase="Pending") for n in range(2)]

    found = recommend(replica_set, *pods, *pending)

    assert list(actions(found)) == ["new-0", "new-1"]
    assert reasons(found)["web-0"] == "evictionTolerance"
    assert reasons(recommend(*pods, *pending, updateMode="InPlaceOrRecreate"))["new-0"] == "pending"


def test_only_live_pods_of_the_target_are_looked_at() -> None:
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}},
    }
    leaving = owned("leaving", "10m", "web")
    leaving["metadata"]["deletionTimestamp"] = NOW
    pods = [owned("a", "10m", "web"), owned("b", "10m", "web"), owned("other", "10m", "api"), leaving]

    found = recommend(deployment, *pods, target={"kind": "Deployment", "name": "web"})

    assert reasons(found) == {"a": "outsideBounds", "b": "evictionTolerance", "leaving": "notLive"}


@pytest.mark.parametrize(
    ("finished", "reason"),
    [
        pytest.param("2026-03-09T23:09:59Z", "quickOOM", id="within ten minutes"),
        pytest.param("2026-03-09T23:10:00Z", "withinBounds", id="after ten minutes"),
    ],
)
def test_a_pod_that_soon_ran_out_of_memory_is_changed_at_once(finished: str, reason: str) -> None:
    last = {
        "reason": "OOMKilled",
        "exitCode": 137,
        "startedAt": "2026-03-09T23:00:00Z",
        "finishedAt": finished,
    }
    killed = pod("killed", "160m")
    killed["status"]["containerStatuses"] = [
        {
            "name": "app",
            "image": "i",
            "imageID": "i",
            "ready": True,
            "restartCount": 1,
            "lastState": {"terminated": last},
        }
    ]

    assert reasons(recommend(killed, pod("well", "160m")))["killed"] == reason


@pytest.mark.parametrize(
    ("cpu", "resize"),
    [
        pytest.param("2", "Fits", id="room for both"),
        pytest.param("200m", "Deferred", id="not beside the other"),
        pytest.param("100m", "Infeasible", id="not even alone"),
        pytest.param(None, None, id="a node that nobody showed"),
    ],
)
def test_a_resize_in_place_needs_room_on_the_node(cpu: str | None, resize: str | None) -> None:
    node = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "n1"},
        "status": {"allocatable": {"cpu": cpu, "memory": "8Gi"}},
    }
    pods = [pod("a", "10m"), pod("b", "100m")]
    for each in pods:
        each["spec"]["nodeName"] = "n1"

    found = recommend(*pods, *([] if cpu is None else [node]), updateMode="InPlaceOrRecreate")

    assert found.answer["pods"][0]["resize"] == resize
    for lang in Lang:
        assert all(render(step, lang) for step in found.steps)


def test_history_is_that_of_cpu_samples() -> None:
    no_cpu = [{k: v for k, v in each.items() if k != "cpu"} for each in usage()]
    late = [each for each in usage() if each["time"] >= "2026-03-08"]

    steps = [render(step, Lang.EN) for step in recommend(samples=no_cpu + late).steps]

    assert any("confidence = min(0.98 days, 48 samples / 1440)" in each for each in steps)


def test_each_number_is_shown_with_its_formula() -> None:
    steps = [render(step, Lang.EN) for step in recommend().steps]

    assert "app cpu: 90th percentile 110m × 1.15 = 126m" in steps
    assert any("confidence = min(7.98 days, 384 samples / 1440) = 0.267" in each for each in steps)


@pytest.mark.parametrize(
    ("policy", "limit"),
    [
        pytest.param({}, "252m", id="in the proportion it had"),
        pytest.param({"controlledValues": "RequestsOnly"}, None, id="requests only"),
    ],
)
def test_limits_grow_with_requests(policy: dict[str, Any], limit: str | None) -> None:
    limited = pod("a", "10m")
    limited["spec"]["containers"][0]["resources"]["limits"] = {"cpu": "20m"}

    changed = recommend(limited, pod("b", "100m"), policies=[policy]).answer["pods"][0]

    assert changed["resources"]["app"]["requests"]["cpu"] == "126m"
    assert changed["resources"]["app"]["limits"].get("cpu") == limit


def test_even_without_history_no_bound_is_below_the_minimum() -> None:
    found = only(recommend(samples=usage(days=1)[:1]))

    assert (found["lowerBound"]["cpu"], found["upperBound"]["cpu"]) == ("25m", f"{10**14}m")


@pytest.mark.parametrize("mode", ["Recreate", "InPlaceOrRecreate"])
def test_a_single_replica_is_not_changed(mode: str) -> None:
    assert recommend(pod("a", "10m"), updateMode=mode).answer["pods"] == [
        {"pod": "a", "action": "none", "reason": "tooFewReplicas"}
    ]


@pytest.mark.parametrize(
    ("start", "action"),
    [
        pytest.param("2026-03-09T23:00:00Z", "none", id="young"),
        pytest.param("2026-03-01T00:00:00Z", "evict", id="more than twelve hours old"),
    ],
)
def test_within_the_bounds_only_an_old_pod_that_is_far_off_is_changed(start: str, action: str) -> None:
    pods = [pod(name, "160m", start=start) for name in ("a", "b")]

    assert recommend(*pods).answer["pods"][0]["action"] == action


UTILIZATION = {"type": "Utilization", "averageUtilization": 50}


@pytest.mark.parametrize(
    ("resource", "asked", "conflicts"),
    [
        pytest.param("cpu", {}, 1, id="the same resource"),
        pytest.param("cpu", {"updateMode": "Off"}, 0, id="nothing is changed"),
        pytest.param("cpu", {"policies": [{"controlledResources": ["memory"]}]}, 0, id="another resource"),
        pytest.param("cpu", {"target": {"kind": "Deployment", "name": "db"}}, 0, id="another target"),
    ],
)
def test_the_conflict_with_an_autoscaler(resource: str, asked: dict[str, Any], conflicts: int) -> None:
    hpa = autoscaler("web", resource, UTILIZATION)

    verdict = recommend(hpa, **{"target": {"kind": "Deployment", "name": "web"}} | asked)

    assert len(verdict.answer["conflicts"]) == conflicts
    assert verdict.outcome is Outcome.of(not conflicts)


@pytest.mark.parametrize(
    "asked",
    [{"usage": []}, {"updateMode": "Sometimes"}, {"usage": usage("-1m")}, {"usage": usage(memory="-1")}],
)
def test_what_makes_no_sense_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidQuestionError):
        recommend(**asked)


def test_yesterday_counts_half_of_today() -> None:
    histogram = Histogram(first=1.0, largest=1000.0)
    histogram.add(10, weight=1.0, time=0)
    histogram.add(100, weight=1.0, time=DAY)

    assert histogram.percentile(0.3) < 12
    assert histogram.percentile(0.4) >= 100


@given(st.lists(st.floats(0.0, 900.0), min_size=1, max_size=50), st.floats(0.01, 1.0))
def test_a_percentile_is_no_less_than_so_many_samples(values: list[float], share: float) -> None:
    histogram = Histogram(first=0.01, largest=1000.0)
    for value in values:
        histogram.add(value, weight=1.0, time=0)

    found = histogram.percentile(share)

    assert sum(value <= found * (1 + 1e-9) for value in values) >= share * len(values) - 1e-6

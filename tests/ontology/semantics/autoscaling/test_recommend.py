"""The HorizontalPodAutoscaler's pass: figures, properties, bad input."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import InvalidObjectError, InvalidQuestionError
from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Outcome, Role, Verdict

NOW = "2026-03-01T12:00:00Z"
CPU = {
    "type": "Resource",
    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}},
}


def autoscaler(**spec: Any) -> dict[str, Any]:
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    body = {"scaleTargetRef": reference, "maxReplicas": 10, "metrics": [CPU]} | spec
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": body,
    }


def deployment(replicas: int, **spec: Any) -> dict[str, Any]:
    body = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}} | spec
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": body,
        "status": {"replicas": replicas},
    }


def pod(number: int, request: str | None = "100m", **status: Any) -> dict[str, Any]:
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": "2026-03-01T10:00:10Z"}
    container: dict[str, Any] = {"name": "app", "image": "i"}
    if request is not None:
        container["resources"] = {"requests": {"cpu": request}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"web-{number}", "labels": {"app": "web"}},
        "spec": {"containers": [container]},
        "status": {"phase": "Running", "startTime": "2026-03-01T10:00:00Z", "conditions": [ready]} | status,
    }


def usage(number: int, milli: int) -> dict[str, Any]:
    return {
        "pod": f"web-{number}",
        "timestamp": NOW,
        "window": "30s",
        "containers": {"app": {"cpu": f"{milli}m"}},
    }


def recommend(*objects: dict[str, Any], metrics: dict[str, Any] | None = None, **asked: Any) -> Verdict:
    question = {"recommend": {"now": NOW, "metrics": metrics or {}, **asked}}
    return answer({"system": "autoscaling", "objects": list(objects), "question": question})


def with_usage(size: int, milli: int, **spec: Any) -> Verdict:
    pods = [pod(number) for number in range(size)]
    metrics = {"resource": [usage(number, milli) for number in range(size)]}
    return recommend(autoscaler(**spec), deployment(size), *pods, metrics=metrics)


def said(verdict: Verdict, lang: Lang = Lang.EN) -> list[str]:
    return [render(step, lang) for step in verdict.steps]


def test_each_number_is_told_with_its_formula_and_inputs() -> None:
    verdict = with_usage(4, 90, maxReplicas=6)

    assert verdict.answer["desiredReplicas"] == 6
    assert said(verdict)[0].endswith("100 × 360m / 400m = 90 %; ceil(4 × 90 / 50) = 8")
    assert "8 is above maxReplicas 6: 6" in said(verdict)
    assert "8은 maxReplicas 6을 넘으므로 6이 됩니다" in said(verdict, Lang.KO)


def test_the_bound_that_would_have_allowed_it_is_offered() -> None:
    change = next(step for step in with_usage(4, 90, maxReplicas=6).steps if step.role is Role.CHANGE)

    assert change.change == {"spec.maxReplicas": 8}
    assert change.facts["to"] == 8


@pytest.mark.parametrize(
    ("milli", "desired"),
    [
        pytest.param(50, 4, id="at the target"),
        pytest.param(55, 4, id="within the tolerance"),
        pytest.param(56, 5, id="just outside it"),
        pytest.param(100, 8, id="twice the target"),
    ],
)
def test_the_ratio_decides(milli: int, desired: int) -> None:
    assert with_usage(4, milli).answer["desiredReplicas"] == desired


def test_a_controller_that_has_just_started_does_not_scale_down() -> None:
    verdict = with_usage(4, 10)

    assert verdict.answer["desiredReplicas"] == 4
    assert verdict.answer["conditions"][0]["reason"] == "ScaleDownStabilized"
    offered = [step.change for step in verdict.steps if step.role is Role.CHANGE]
    assert {"spec.behavior.scaleDown.stabilizationWindowSeconds": 0} in offered


def test_a_pod_without_a_request_fails_the_metric_for_all() -> None:
    metrics = {"resource": [usage(0, 90), usage(1, 90)]}

    verdict = recommend(autoscaler(), deployment(2), pod(0), pod(1, None), metrics=metrics)

    assert verdict.answer["currentMetrics"] == [None]
    assert verdict.answer["conditions"][1] == {
        "type": "ScalingActive",
        "status": "False",
        "reason": "FailedGetResourceMetric",
    }
    assert verdict.outcome is Outcome.NO
    assert any("container app of web-1 has no cpu request" in each for each in said(verdict))


def test_metrics_of_pods_that_are_not_there_are_left_out_of_utilization() -> None:
    metrics = {"resource": [usage(0, 100), usage(7, 900)]}

    verdict = recommend(autoscaler(), deployment(1), pod(0), metrics=metrics)

    assert verdict.answer["currentMetrics"][0]["averageUtilization"] == 100


def test_a_selector_that_matches_nothing_fails_the_metric() -> None:
    metrics = {"resource": [usage(0, 100)]}
    target = deployment(1, selector={"matchLabels": {"app": "other"}})

    verdict = recommend(autoscaler(), target, pod(0), metrics=metrics)

    assert verdict.answer["conditions"][1]["reason"] == "FailedGetResourceMetric"


def test_a_target_without_a_selector_is_invalid() -> None:
    verdict = recommend(autoscaler(), deployment(1, selector={}), pod(0))

    assert verdict.answer["conditions"][1]["reason"] == "InvalidSelector"


def test_two_autoscalers_on_the_same_pods_are_ambiguous() -> None:
    rival = autoscaler() | {"metadata": {"name": "rival"}}

    verdict = recommend(autoscaler(), deployment(1), pod(0), rival, metrics={"resource": [usage(0, 90)]})

    assert verdict.answer["conditions"][1]["reason"] == "AmbiguousSelector"
    assert verdict.answer["rescaled"] is False


def test_a_target_that_is_not_there_cannot_be_scaled() -> None:
    verdict = recommend(autoscaler())

    assert verdict.answer["conditions"] == [
        {"type": "AbleToScale", "status": "False", "reason": "FailedGetScale"}
    ]


def test_a_minimum_above_the_maximum_is_refused_as_by_the_api() -> None:
    with pytest.raises(InvalidObjectError, match="must not be below") as caught:
        recommend(autoscaler(minReplicas=5, maxReplicas=3), deployment(1))

    assert caught.value.path == "spec.maxReplicas"


def test_a_target_of_nothing_is_refused() -> None:
    metric = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "AverageValue", "averageValue": "0"}},
    }

    with pytest.raises(InvalidObjectError, match="must be positive"):
        recommend(autoscaler(metrics=[metric]), deployment(1), pod(0), metrics={"resource": [usage(0, 1)]})


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        pytest.param({"minReplicas": -1}, "spec.minReplicas", id="fewer than none"),
        pytest.param(
            {
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {
                            "name": "cpu",
                            "target": {"type": "Utilization", "averageUtilization": 0},
                        },
                    }
                ]
            },
            "spec.metrics",
            id="a utilization of nothing",
        ),
        pytest.param(
            {"behavior": {"scaleUp": {"policies": []}}}, "spec.behavior.scaleUp.policies", id="no policy"
        ),
        pytest.param(
            {"behavior": {"scaleDown": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 0}]}}},
            "spec.behavior.scaleDown.policies[0]",
            id="no period",
        ),
        pytest.param(
            {"behavior": {"scaleDown": {"stabilizationWindowSeconds": 3601}}},
            "spec.behavior.scaleDown.stabilizationWindowSeconds",
            id="a window of more than an hour",
        ),
    ],
)
def test_what_the_api_refuses_is_refused_with_its_place(spec: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidObjectError) as caught:
        with_usage(2, 50, **spec)

    assert caught.value.path == path


def test_a_metric_without_its_source_is_refused() -> None:
    with pytest.raises(InvalidObjectError, match="no source"):
        recommend(autoscaler(metrics=[{"type": "Resource"}]), deployment(1), pod(0))


def test_a_question_without_an_autoscaler_is_refused() -> None:
    with pytest.raises(InvalidQuestionError, match="no HorizontalPodAutoscaler"):
        recommend(deployment(1))


sizes = st.integers(1, 12)
loads = st.lists(st.integers(0, 400), min_size=12, max_size=12)


@given(sizes, loads, st.integers(1, 6), st.integers(6, 12))
def test_the_size_stays_within_its_bounds(size: int, milli: list[int], least: int, most: int) -> None:
    pods = [pod(number) for number in range(size)]
    metrics = {"resource": [usage(number, milli[number]) for number in range(size)]}

    verdict = recommend(
        autoscaler(minReplicas=least, maxReplicas=most), deployment(size), *pods, metrics=metrics
    )

    assert least <= verdict.answer["desiredReplicas"] <= most


def metric(type_: str, **target: Any) -> dict[str, Any]:
    if type_ == "Resource":
        return {"type": type_, "resource": {"name": "cpu", "target": target}}
    named = {"metric": {"name": "load"}, "target": target}
    if type_ == "Object":
        named["describedObject"] = {"apiVersion": "v1", "kind": "Service", "name": "web"}
    return {"type": type_, type_.lower(): named}


def measured(type_: str, size: int, milli: int) -> dict[str, Any]:
    """All pods together have `size` times this load."""
    value = {"metric": "load", "value": f"{milli * size}m"}
    match type_:
        case "Resource":
            return {"resource": [usage(number, milli) for number in range(size)]}
        case "Pods":
            each = {"metric": "load", "value": f"{milli}m", "timestamp": NOW}
            return {"pods": [each | {"pod": f"web-{number}"} for number in range(size)]}
        case "Object":
            return {"object": [value | {"describedObject": {"kind": "Service", "name": "web"}}]}
        case _:
            return {"external": [value]}


# A behavior that lets every size through, so that what is seen is what the metric asks for.
AT_ONCE = {
    "policies": [{"type": "Pods", "value": 100_000, "periodSeconds": 15}],
    "stabilizationWindowSeconds": 0,
}
FREE = {"behavior": {"scaleUp": AT_ONCE, "scaleDown": AT_ONCE}, "maxReplicas": 100_000}


@pytest.mark.parametrize("size", [1, 3, 10])
@pytest.mark.parametrize(
    ("type_", "target"),
    [
        pytest.param("Resource", {"type": "Utilization", "averageUtilization": 50}, id="utilization"),
        pytest.param("Resource", {"type": "AverageValue", "averageValue": "50m"}, id="usage of a pod"),
        pytest.param("Pods", {"type": "AverageValue", "averageValue": "50m"}, id="pods"),
        pytest.param("Object", {"type": "Value", "value": "100m"}, id="object"),
        pytest.param("Object", {"type": "AverageValue", "averageValue": "50m"}, id="object by pod"),
        pytest.param("External", {"type": "AverageValue", "averageValue": "50m"}, id="external by pod"),
    ],
)
def test_up_a_ladder_of_load_no_step_asks_for_fewer_replicas(
    type_: str, target: dict[str, Any], size: int
) -> None:
    spec = FREE | {"metrics": [metric(type_, **target)]}
    pods = [pod(number) for number in range(size)]

    asked = [
        recommend(autoscaler(**spec), deployment(size), *pods, metrics=measured(type_, size, milli)).answer[
            "desiredReplicas"
        ]
        for milli in range(0, 400, 9)
    ]

    assert asked == sorted(asked)
    assert asked[0] == 1
    assert asked[-1] > 3 * size


@given(sizes, loads, st.integers(0, 11), st.integers(0, 2000), st.booleans())
def test_more_load_never_asks_for_fewer_replicas(
    size: int, milli: list[int], busier: int, more: int, behaves: bool
) -> None:
    """Where all pods are ready and measured; one without metrics may pull the other way."""
    spec = FREE if behaves else {}
    pods = [pod(number) for number in range(size)]
    before = {"resource": [usage(number, milli[number]) for number in range(size)]}
    after = {
        "resource": [
            usage(number, milli[number] + (more if number == busier % size else 0)) for number in range(size)
        ]
    }

    calm = recommend(autoscaler(**spec), deployment(size), *pods, metrics=before)
    busy = recommend(autoscaler(**spec), deployment(size), *pods, metrics=after)

    assert busy.answer["desiredReplicas"] >= calm.answer["desiredReplicas"]

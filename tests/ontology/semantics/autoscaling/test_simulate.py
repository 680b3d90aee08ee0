"""An autoscaler over time: load curves, start delays, table and chart."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontology.errors import InvalidQuestionError, TooCostlyError
from ontology.evaluators import answer
from ontology.verdict import Outcome, Verdict


def objects(replicas: int = 2, **spec: Any) -> list[dict[str, Any]]:
    target = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
    autoscaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": 2,
            "maxReplicas": 40,
            "metrics": [{"type": "Resource", "resource": target}],
        }
        | spec,
    }
    resources = {"requests": {"cpu": "200m"}, "limits": {"cpu": "400m"}}
    container = {"name": "app", "image": "i", "resources": resources}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}},
        },
    }
    return [autoscaler, deployment]


def simulate(
    curve: dict[str, Any], *, until: str = "30m", given: list[dict[str, Any]] | None = None, **asked: Any
) -> Verdict:
    question = {"simulate": {"load": curve, "until": until, **asked}}
    return answer({"system": "autoscaling", "objects": given or objects(), "question": question})


SPIKE = {"shape": "spike", "base": "200m", "peak": "4", "at": "5m", "duration": "10m"}


def test_a_constant_load_at_the_target_changes_nothing() -> None:
    verdict = simulate({"shape": "constant", "base": "200m"})

    assert verdict.answer["summary"]["changes"] == 0
    assert verdict.outcome is Outcome.YES


def test_a_spike_is_unmet_until_the_pods_have_started() -> None:
    slow, fast = simulate(SPIKE, startDelay="2m"), simulate(SPIKE, startDelay="0s")

    assert slow.answer["summary"]["unmetSeconds"] > fast.answer["summary"]["unmetSeconds"] > 0
    assert slow.outcome is Outcome.NO


def test_after_a_spike_the_size_holds_for_the_stabilization_window() -> None:
    ticks = simulate(SPIKE).answer["ticks"]

    down = next(tick["t"] for tick in ticks if tick["desired"] < tick["replicas"])
    assert 1200 <= down <= 1230


def test_a_window_of_nothing_scales_down_at_once() -> None:
    rules = {"scaleDown": {"stabilizationWindowSeconds": 0}}
    ticks = simulate(SPIKE, given=objects(behavior=rules)).answer["ticks"]

    assert next(tick["t"] for tick in ticks if tick["desired"] < tick["replicas"]) == 900


def test_measured_points_hold_until_the_next() -> None:
    ticks = simulate({"shape": "csv", "csv": "seconds,value\n0,100m\n60,300m\n"}, until="2m").answer["ticks"]

    assert [tick["loadMilli"] for tick in ticks] == [100] * 4 + [300] * 5


def test_a_sine_starts_low_and_is_highest_in_the_middle() -> None:
    curve = {"shape": "sine", "base": "100m", "peak": "500m", "period": "1h"}
    ticks = simulate(curve, until="1h").answer["ticks"]

    assert (ticks[0]["loadMilli"], ticks[120]["loadMilli"], ticks[240]["loadMilli"]) == (100, 500, 100)


def test_the_chart_is_well_formed_and_the_table_tells_the_changes() -> None:
    found = simulate(SPIKE, svg=True).answer

    chart = ET.fromstring(found["svg"])
    names = [text.text for text in chart.iter("{http://www.w3.org/2000/svg}text")]
    assert names[-5:] == ["replicas", "ready", "utilization", "load", "unmet"]
    assert found["table"].splitlines()[0].split() == ["t", "load", "replicas", "ready", "util", "unmet"]


def test_a_long_table_says_how_many_changes_it_leaves_out() -> None:
    curve = {"shape": "sine", "base": "100m", "peak": "8", "period": "1h"}

    *rows, last = simulate(curve, until="6h").answer["table"].splitlines()

    assert len(rows) == 41
    assert last.endswith("more changes")


@pytest.mark.parametrize(
    ("curve", "asked", "error"),
    [
        pytest.param({"shape": "square"}, {}, InvalidQuestionError, id="no such curve"),
        pytest.param(
            {"shape": "csv", "csv": "60,1\n0,2"}, {}, InvalidQuestionError, id="points out of order"
        ),
        pytest.param({"shape": "csv", "csv": ""}, {}, InvalidQuestionError, id="no points"),
        pytest.param(
            {"shape": "csv", "csv": "0,1\n60,much"}, {}, InvalidQuestionError, id="a point of words"
        ),
        pytest.param({"shape": "csv", "csv": "nan,1"}, {}, InvalidQuestionError, id="a point at no time"),
        pytest.param({"shape": "constant", "base": "-1"}, {}, InvalidQuestionError, id="a negative load"),
        pytest.param({"shape": "sine", "period": "0s"}, {}, InvalidQuestionError, id="a period of nothing"),
        pytest.param(
            {"shape": "constant"}, {"interval": "0s"}, InvalidQuestionError, id="an interval of nothing"
        ),
        pytest.param({"shape": "constant"}, {"until": "-5m"}, InvalidQuestionError, id="back in time"),
        pytest.param({"shape": "constant"}, {"request": "-1"}, InvalidQuestionError, id="a negative request"),
        pytest.param(
            {"shape": "constant"}, {"startDelay": "-1s"}, InvalidQuestionError, id="ready before it is made"
        ),
        pytest.param({"shape": "constant"}, {"until": "8760h"}, TooCostlyError, id="a year of ticks"),
    ],
)
def test_a_run_that_makes_no_sense_is_refused(
    curve: dict[str, Any], asked: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        simulate(curve, **asked)


@given(
    base=st.integers(0, 3000),
    peak=st.integers(0, 20000),
    delay=st.sampled_from(["0s", "30s", "3m"]),
    window=st.sampled_from([0, 60, 300]),
)
@settings(max_examples=30, deadline=None)
def test_no_run_leaves_the_bounds_or_loses_load(base: int, peak: int, delay: str, window: int) -> None:
    rules = {"scaleDown": {"stabilizationWindowSeconds": window}}
    curve = {"shape": "spike", "base": f"{base}m", "peak": f"{peak}m", "at": "3m", "duration": "5m"}

    ticks = simulate(curve, until="20m", startDelay=delay, given=objects(behavior=rules)).answer["ticks"]

    assert all(2 <= tick["desired"] <= 40 for tick in ticks)
    assert all(0 <= tick["unmetMilli"] <= tick["loadMilli"] for tick in ticks)
    assert all(tick["ready"] <= tick["replicas"] for tick in ticks)

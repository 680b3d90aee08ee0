"""Ten thousand passes of the HorizontalPodAutoscaler, and a simulated day."""

import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from ontology import evaluators, instants, scenario
from ontology.cluster.autoscaling import HorizontalPodAutoscaler
from ontology.semantics.autoscaling import horizontal, recommend

RECORDED = Path(__file__).parents[1] / "conformance" / "autoscaling.ndjson.gz"
PASSES = 10_000
ROUNDS = 50


def recorded() -> list[dict[str, Any]]:
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["scenario"] for line in lines]


def prepared(raw: dict[str, Any]) -> tuple[HorizontalPodAutoscaler, horizontal.Observed]:
    """A recorded case as the controller has it: decoded objects, what was measured and remembered."""
    found = scenario.decode(raw)
    asked = msgspec.convert(found.asked, recommend.Recommend)
    autoscaler = found.all(HorizontalPodAutoscaler)[0]
    target = recommend.target_of(found, autoscaler)
    assert target is not None
    return autoscaler, recommend.observed(found, autoscaler, asked, target, instants.parse(asked.now))


def seconds(work: Callable[[], object], passes: int) -> float:
    """Processor time of 10,000 passes at the pace of the quickest round: others may use the cores, too."""

    def once() -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    return PASSES / passes * min(once() for _ in range(ROUNDS))


def test_ten_thousand_plain_scenarios_take_less_than_2_s(report: Callable[[str], None]) -> None:
    """What a user calls: plain manifests in, checked and decoded, the verdict's answer out."""
    cases = recorded()

    spent = seconds(lambda: [evaluators.answer(raw).answer for raw in cases], len(cases))

    report(f"{PASSES:,} passes from plain manifests to the answer: {spent:.2f} s of one core")
    assert spent < 2


def test_ten_thousand_passes_over_decoded_objects_take_less_than_1_s(report: Callable[[str], None]) -> None:
    cases = [prepared(raw) for raw in recorded()]

    spent = seconds(lambda: [horizontal.recommend(*case).answer for case in cases], len(cases))

    report(f"{PASSES:,} passes over decoded objects: {spent:.2f} s of one core")
    assert spent < 1


def test_a_simulated_day_takes_less_than_1_s(report: Callable[[str], None]) -> None:
    target = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"scaleTargetRef": reference, "minReplicas": 2, "maxReplicas": 100}
    autoscaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": spec | {"metrics": [{"type": "Resource", "resource": target}]},
    }
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}},
    }
    curve = {"shape": "sine", "base": "200m", "peak": "14", "period": "6h"}
    question = {"simulate": {"load": curve, "until": "24h", "interval": "15s", "request": "200m"}}

    began = time.process_time()
    found = evaluators.answer(
        {"system": "autoscaling", "objects": [autoscaler, deployment], "question": question}
    )
    spent = time.process_time() - began

    report(f"a day at 15 s ticks, up to {found.answer['summary']['maxReplicas']} pods: {spent:.2f} s")
    assert found.answer["summary"]["maxReplicas"] == 100
    assert spent < 1

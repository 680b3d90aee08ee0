"""The pipelines of metrics: which readers are served, and which go blind when a part is down.

The core pipeline (kubelet, metrics-server, metrics.k8s.io) holds the latest values only; the service pipeline
(agents, a back end, an adapter) holds history, and serves custom and external metrics.

Source: kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline (v1.36).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ontology.cluster.meta import field
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.architecture.components import down as fallen
from ontology.semantics.architecture.components import table
from ontology.verdict import Outcome, Role, Step, Verdict


class Metrics(Question, frozen=True):
    """Asks who still reads metrics with the components of `down` out of service."""

    down: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The way of numbers from their source to a reader; `api` is the aggregated API on it, if any."""

    name: str
    reader: str
    pipeline: str
    api: str
    way: tuple[str, ...]

    def broken(self, out: frozenset[str]) -> tuple[str, ...]:
        """Return the parts of the way that are down, from the source on."""
        return tuple(each for each in self.way if each in out)


@cache
def flows() -> tuple[Flow, ...]:
    """Return all flows, in the order of the table."""
    return tuple(
        Flow(
            name=name,
            reader=each["reader"],
            pipeline=each["pipeline"],
            api=each.get("api", ""),
            way=tuple(each["way"]),
        )
        for name, each in table("metrics").items()
    )


def evaluate(_: Scenario, asked: Metrics) -> Verdict:
    """Answer `{"readers": {name: {"pipeline", "api", "way", "served", "brokenAt"}}}`.

    Outcome: yes when every reader is served.

    Raises:
        InvalidQuestionError: an unknown component.
    """
    out = fallen(asked.down, "question.metrics.down")
    broken = {flow: flow.broken(out) for flow in flows()}
    return Verdict(
        answer={"readers": {flow.name: _plain(flow, at) for flow, at in broken.items()}},
        outcome=Outcome.of(not any(broken.values())),
        explain=lambda: tuple(_steps(broken)),
    )


def _plain(flow: Flow, broken: tuple[str, ...]) -> Mapping[str, Any]:
    return {
        "pipeline": flow.pipeline,
        "api": flow.api or None,
        "way": list(flow.way),
        "served": not broken,
        "brokenAt": list(broken),
    }


def _steps(broken: Mapping[Flow, tuple[str, ...]]) -> Iterator[Step]:
    for flow, at in broken.items():
        facts = {"reader": flow.reader, "way": flow.way, "api": flow.api, "down": at}
        yield Step(f"architecture.{flow.name}", holds=not at, facts=facts, concepts=flow.way)
    for flow, at in broken.items():
        if at:
            facts = {"reader": flow.reader, "components": at}
            yield Step("architecture.seesAgain", holds=True, facts=facts, role=Role.CHANGE, concepts=at)


METRICS = Evaluator(Metrics, evaluate)

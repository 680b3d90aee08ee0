"""What the metrics APIs returned, as the autoscaler reads it.

All amounts are whole milli-units, all instants nanoseconds.

Source: kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale (v1.36).
"""

from typing import NamedTuple

from ontology import instants, quantities, selectors
from ontology.cluster.autoscaling import NamedMetric, ResourceMetric
from ontology.cluster.meta import Quantity
from ontology.scenario import Question

_DEFAULT_WINDOW = 60


class Sample(NamedTuple):
    """One pod's usage, when it was measured and over which window."""

    value: int
    timestamp: int
    window: int


class MetricsUnavailableError(Exception):
    """The metric could not be had, or not be computed with: `problem` says which, `facts` what was seen."""

    def __init__(self, problem: str, **facts: str) -> None:
        self.problem = problem
        self.facts = facts
        super().__init__(problem)


class PodUsage(Question, frozen=True):
    """What the resource metrics API returns for one pod."""

    pod: str
    timestamp: str
    window: str
    containers: dict[str, dict[str, Quantity]]


class PodValue(Question, frozen=True):
    """One pod's value of a custom metric."""

    metric: str
    pod: str
    value: Quantity
    timestamp: str
    window_seconds: int | None = None


class DescribedObject(Question, frozen=True):
    """An object that a metric describes."""

    kind: str
    name: str
    api_version: str = ""


class ObjectValue(Question, frozen=True):
    """The value of a metric that describes an object."""

    metric: str
    described_object: DescribedObject
    value: Quantity


class ExternalValue(Question, frozen=True):
    """One series of an external metric."""

    metric: str
    value: Quantity
    labels: dict[str, str] | None = None


class Metrics(Question, frozen=True):
    """What all metrics APIs returned; what is not listed is not there."""

    resource: list[PodUsage] | None = None
    pods: list[PodValue] | None = None
    object: list[ObjectValue] | None = None
    external: list[ExternalValue] | None = None


def of_resource(metrics: Metrics, wanted: ResourceMetric) -> dict[str, Sample]:
    """Return usage by pod; a pod that lacks the sample of one container is missing as a whole.

    Raises:
        MetricsUnavailableError: nothing was returned.
    """
    if not metrics.resource:
        raise MetricsUnavailableError("noMetrics", metric=wanted.name)
    found: dict[str, Sample] = {}
    for each in metrics.resource:
        of_one = (each.containers.get(wanted.container, {}),) if wanted.container else None
        amounts = [usage.get(wanted.name) for usage in of_one or each.containers.values()]
        if amounts and None not in amounts:
            total = sum([quantities.millis(amount) for amount in amounts if amount is not None])
            found[each.pod] = Sample(total, instants.parse(each.timestamp), instants.duration(each.window))
    return found


def of_pods(metrics: Metrics, wanted: NamedMetric) -> dict[str, Sample]:
    """Return a custom metric by pod.

    Raises:
        MetricsUnavailableError: nothing was returned.
    """
    found = {
        each.pod: Sample(
            quantities.millis(each.value),
            instants.parse(each.timestamp),
            (_DEFAULT_WINDOW if each.window_seconds is None else each.window_seconds) * instants.SECOND,
        )
        for each in metrics.pods or ()
        if each.metric == wanted.metric.name
    }
    if not found:
        raise MetricsUnavailableError("noMetrics", metric=wanted.metric.name)
    return found


def of_object(metrics: Metrics, wanted: NamedMetric) -> int:
    """Return the value of the metric that describes an object.

    Raises:
        MetricsUnavailableError: nothing was returned.
    """
    target = wanted.described_object
    for each in metrics.object or ():
        described = each.described_object
        if (each.metric, described.kind, described.name) == (wanted.metric.name, target.kind, target.name):
            return quantities.millis(each.value)
    raise MetricsUnavailableError("noMetrics", metric=wanted.metric.name)


def of_external(metrics: Metrics, wanted: NamedMetric) -> int:
    """Return the sum of the series that the metric's selector picks.

    Raises:
        MetricsUnavailableError: no series is left.
    """
    selector = wanted.metric.selector
    values = [
        quantities.millis(each.value)
        for each in metrics.external or ()
        if each.metric == wanted.metric.name
        and (selector is None or selectors.matches(selector, each.labels or {}))
    ]
    if not values:
        raise MetricsUnavailableError("noMetrics", metric=wanted.metric.name)
    return sum(values)

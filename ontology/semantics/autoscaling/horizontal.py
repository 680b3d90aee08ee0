"""The HorizontalPodAutoscaler: one pass from metrics to a size.

Source: kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale (v1.36).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ontology import instants, quantities, readiness, selectors
from ontology.cluster.autoscaling import (
    HorizontalPodAutoscaler,
    MetricSpec,
    MetricTarget,
    NamedMetric,
    ResourceMetric,
)
from ontology.cluster.meta import LabelSelector, Quantity
from ontology.cluster.pods import Pod
from ontology.errors import InvalidObjectError
from ontology.semantics.autoscaling import behavior, proposals, requests, samples
from ontology.semantics.autoscaling.behavior import Bounds, Normalized, Past
from ontology.semantics.autoscaling.proposals import Member, Proposal, Tolerance
from ontology.semantics.autoscaling.samples import Metrics, MetricsUnavailableError, Sample

_DEFAULT_METRICS = (
    MetricSpec(
        type="Resource",
        resource=ResourceMetric(name="cpu", target=MetricTarget(type="Utilization", average_utilization=80)),
    ),
)
_ORDER = ("AbleToScale", "ScalingActive", "ScalingLimited", "ScaledToZero")
_FROM_OUTSIDE = frozenset({"Object", "External"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is scaled: its size, the size observed, and the selector of its pods."""

    kind: str
    name: str
    size: int
    observed: int
    selector: LabelSelector | None


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A metric that could not be had or computed with: the reason that the autoscaler reports, and why."""

    reason: str
    problem: str
    facts: Mapping[str, str]


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of the spec with what it proposes, or why it could not."""

    type: str
    name: str
    outcome: Proposal | Failure

    @property
    def current(self) -> dict[str, Any] | None:
        """The metric's status, None where it failed."""
        if isinstance(self.outcome, Failure):
            return None
        return {"type": self.type, "name": self.name, **self.outcome.current}


class Pass(msgspec.Struct, frozen=True, kw_only=True):
    """What one pass decides.

    `how` names the branch taken: `noTarget`, `disabled`, `aboveMaximum`, `belowMinimum`,
    `invalidSelector`, `ambiguousSelector`, `metricsFailed`, `metrics`.
    """

    how: str
    size: int
    desired: int
    conditions: tuple[tuple[str, str, str], ...]
    bounds: Bounds
    read: tuple[Read, ...] = ()
    recommended: int | None = None
    normalized: Normalized | None = None

    @property
    def rescaled(self) -> bool:
        """Whether the target was written."""
        return self.desired != self.size

    @property
    def answer(self) -> dict[str, Any]:
        """The pass in the shape of the system's page."""
        return {
            "desiredReplicas": self.desired,
            "rescaled": self.rescaled,
            "conditions": [
                {"type": type_, "status": status, "reason": reason}
                for type_, status, reason in self.conditions
            ],
            "currentMetrics": [each.current for each in self.read],
        }


def bounds(autoscaler: HorizontalPodAutoscaler) -> Bounds:
    """Return the span of sizes; the smallest is 1 by default.

    Raises:
        InvalidObjectError: the smallest is negative or above the largest, which the API refuses.
    """
    minimum = autoscaler.spec.min_replicas
    minimum = 1 if minimum is None else minimum
    if minimum < 0:
        raise InvalidObjectError(
            f"`minReplicas` must not be negative, as {minimum} is", path="spec.minReplicas"
        )
    if minimum > autoscaler.spec.max_replicas:
        raise InvalidObjectError(
            f"`maxReplicas` ({autoscaler.spec.max_replicas}) must not be below `minReplicas` ({minimum})",
            path="spec.maxReplicas",
        )
    return Bounds(minimum=minimum, maximum=autoscaler.spec.max_replicas)


def metrics_of(autoscaler: HorizontalPodAutoscaler) -> Sequence[MetricSpec]:
    """Return the metrics of the spec; cpu at 80 % without any."""
    return autoscaler.spec.metrics or _DEFAULT_METRICS


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What a pass reads beside the autoscaler: its target's pods, metrics, and what was before.

    `rivals` are other autoscalers whose targets select some of the same pods.
    """

    target: Target
    pods: Sequence[Pod]
    metrics: Metrics
    past: Past
    now: int
    scale_to_zero: bool = False
    rivals: tuple[str, ...] = ()


def recommend(autoscaler: HorizontalPodAutoscaler, seen: Observed) -> Pass:
    """Return what one pass decides.

    Raises:
        InvalidObjectError: bounds that the API refuses.
    """
    size, span = seen.target.size, bounds(autoscaler)
    conditions = _conditions(autoscaler)
    conditions["AbleToScale"] = ("True", "SucceededGetScale")
    outside = any(each.type in _FROM_OUTSIDE for each in metrics_of(autoscaler))
    if size == 0 and not _wakes(conditions, seen, outside=outside or span.minimum != 0):
        conditions["ScalingActive"] = ("False", "ScalingDisabled")
        return _pass("disabled", size, size, conditions, span)
    if size > span.maximum or size < span.minimum:
        how = "aboveMaximum" if size > span.maximum else "belowMinimum"
        desired = min(max(size, span.minimum), span.maximum)
        return _rescaled(_pass(how, size, desired, conditions, span), seen, outside=outside)
    if not _selects(seen.target.selector):
        conditions["ScalingActive"] = ("False", "InvalidSelector")
        return _pass("invalidSelector", size, size, conditions, span)
    if seen.rivals:
        conditions["ScalingActive"] = ("False", "AmbiguousSelector")
        return _pass("ambiguousSelector", size, size, conditions, span)
    tolerance = behavior.tolerance(autoscaler.spec.behavior)
    reader = _Reader(seen, tolerance)
    read = tuple(reader.read(each) for each in metrics_of(autoscaler))
    return decide(autoscaler, read, seen, conditions=conditions)


def decide(
    autoscaler: HorizontalPodAutoscaler,
    read: tuple[Read, ...],
    seen: Observed,
    *,
    conditions: dict[str, tuple[str, str]] | None = None,
) -> Pass:
    """Return the pass for metrics that are read already: the largest proposal, normalized."""
    size, span = seen.target.size, bounds(autoscaler)
    conditions = {} if conditions is None else conditions
    failures = [each.outcome for each in read if isinstance(each.outcome, Failure)]
    proposed = max((each.outcome.replicas for each in read if isinstance(each.outcome, Proposal)), default=0)
    if failures and (len(failures) == len(read) or proposed < size):
        conditions["ScalingActive"] = ("False", failures[0].reason)
        return _pass("metricsFailed", size, size, conditions, span, read)
    conditions["ScalingActive"] = ("True", "ValidMetricFound")
    normal = behavior.normalize(
        proposed,
        size=size,
        bounds=span,
        behavior=autoscaler.spec.behavior,
        past=seen.past,
        now=seen.now,
    )
    conditions["AbleToScale"] = ("True", normal.stabilized_by)
    conditions["ScalingLimited"] = (str(normal.limited), normal.limited_by)
    done = _pass("metrics", size, normal.replicas, conditions, span, read, proposed, normal)
    outside = any(each.type in _FROM_OUTSIDE for each in metrics_of(autoscaler))
    return _rescaled(done, seen, outside=outside)


def _conditions(autoscaler: HorizontalPodAutoscaler) -> dict[str, tuple[str, str]]:
    return {each.type: (each.status, each.reason or "") for each in autoscaler.status.conditions or ()}


def _wakes(conditions: Mapping[str, tuple[str, str]], seen: Observed, *, outside: bool) -> bool:
    """Whether a target at 0 is scaled up again: only if the autoscaler itself scaled it down."""
    scaled_by_itself = conditions.get("ScaledToZero", ("", ""))[0] == "True"
    return seen.scale_to_zero and scaled_by_itself and outside


def _selects(selector: LabelSelector | None) -> bool:
    return selector is not None and bool(selector.match_labels or selector.match_expressions)


def _pass(  # noqa: PLR0913, PLR0917 - the parts of a pass, in the order they come about
    how: str,
    size: int,
    desired: int,
    conditions: Mapping[str, tuple[str, str]],
    span: Bounds,
    read: tuple[Read, ...] = (),
    recommended: int | None = None,
    normalized: Normalized | None = None,
) -> Pass:
    return Pass(
        how=how,
        size=size,
        desired=desired,
        conditions=tuple((type_, *conditions[type_]) for type_ in _ORDER if type_ in conditions),
        bounds=span,
        read=read,
        recommended=recommended,
        normalized=normalized,
    )


def _rescaled(done: Pass, seen: Observed, *, outside: bool) -> Pass:
    """Return the pass with the conditions that writing the target sets."""
    if not done.rescaled:
        return done
    conditions = {type_: (status, reason) for type_, status, reason in done.conditions}
    conditions["AbleToScale"] = ("True", "SucceededRescale")
    if seen.scale_to_zero:
        asleep = done.size > 0 == done.desired == done.bounds.minimum and outside
        conditions["ScaledToZero"] = (
            str(asleep),
            "ScaledToZero" if asleep else "NotScaledToZero",
        )
    return _pass(
        done.how,
        done.size,
        done.desired,
        conditions,
        done.bounds,
        done.read,
        done.recommended,
        done.normalized,
    )


def failed(type_: str, error: MetricsUnavailableError) -> Failure:
    """Return a metric's failure with the reason that the autoscaler reports for its type."""
    return Failure(reason=f"FailedGet{type_}Metric", problem=error.problem, facts=error.facts)


class _Reader:
    """Reads the metrics of one pass; the selected pods are looked up once."""

    def __init__(self, seen: Observed, tolerance: Tolerance) -> None:
        self.seen = seen
        self.tolerance = tolerance
        self.size = seen.target.size
        selector = seen.target.selector
        self.pods = [pod for pod in seen.pods if selectors.matches(selector, pod.labels)]
        self.known = {pod.name for pod in self.pods}

    def read(self, spec: MetricSpec) -> Read:
        """Return what one metric proposes."""
        name, read = self._source(spec)
        outcome: Proposal | Failure
        try:
            outcome = read()
        except MetricsUnavailableError as error:
            outcome = failed(spec.type, error)
        return Read(type=spec.type, name=name, outcome=outcome)

    def _source(self, spec: MetricSpec) -> tuple[str, Callable[[], Proposal]]:
        match spec:
            case MetricSpec(type="Resource", resource=ResourceMetric() as wanted):
                return wanted.name, lambda: self._resource(wanted)
            case MetricSpec(type="ContainerResource", container_resource=ResourceMetric() as wanted):
                return wanted.name, lambda: self._resource(wanted)
            case MetricSpec(type="Pods", pods=NamedMetric() as named):
                return named.metric.name, lambda: self._pods(named)
            case MetricSpec(type="Object", object=NamedMetric() as named):
                return named.metric.name, lambda: self._valued(
                    named, samples.of_object(self.seen.metrics, named)
                )
            case MetricSpec(type="External", external=NamedMetric() as named):
                return named.metric.name, lambda: self._valued(
                    named, samples.of_external(self.seen.metrics, named)
                )
        raise InvalidObjectError(
            f"metric of type `{spec.type}` has no source of that name"
            " (Resource, ContainerResource, Pods, Object, External)",
            path="spec.metrics",
        )

    def _resource(self, wanted: ResourceMetric) -> Proposal:
        usage = samples.of_resource(self.seen.metrics, wanted)
        cpu = wanted.name == "cpu"
        if wanted.target.average_value is not None:
            return self._average(usage, cpu=cpu, target=_milli(wanted.target.average_value))
        if wanted.target.average_utilization is None:
            raise MetricsUnavailableError("noMetricTarget", metric=wanted.name)
        target = utilization_target(wanted)
        found = self._tally(usage, cpu=cpu, request_of=wanted)
        return proposals.by_utilization(found, target=target, size=self.size, tolerance=self.tolerance)

    def _pods(self, wanted: NamedMetric) -> Proposal:
        if wanted.target.average_value is None:
            raise MetricsUnavailableError("noMetricTarget", metric=wanted.metric.name)
        usage = samples.of_pods(self.seen.metrics, wanted)
        return self._average(usage, cpu=False, target=_milli(wanted.target.average_value))

    def _average(self, usage: dict[str, Sample], *, cpu: bool, target: int) -> Proposal:
        found = self._tally(usage, cpu=cpu)
        return proposals.by_average(found, target=target, size=self.size, tolerance=self.tolerance)

    def _tally(
        self, usage: dict[str, Sample], *, cpu: bool, request_of: ResourceMetric | None = None
    ) -> proposals.Tally:
        """Return the selected pods by how they count.

        A missing request fails the metric only after the samples have been found usable, so that this is
        the reason that is reported.
        """
        asked, missing = self._requests(request_of)
        members = [
            _member(pod, usage.get(pod.name), request) for pod, request in zip(self.pods, asked, strict=True)
        ]
        strangers = [each.value for name, each in usage.items() if name not in self.known]
        found = proposals.tally(members, cpu=cpu, now=self.seen.now, strangers=strangers)
        if missing is not None:
            raise missing
        return found

    def _requests(
        self, wanted: ResourceMetric | None
    ) -> tuple[Sequence[int], MetricsUnavailableError | None]:
        """Return what each selected pod requests, and the first complaint about one that does not."""
        none = (0,) * len(self.pods)
        if wanted is None:
            return none, None
        try:
            found = [requests.of(pod, wanted.name, container=wanted.container) for pod in self.pods]
        except MetricsUnavailableError as error:
            return none, error
        return found, None

    def _valued(self, wanted: NamedMetric, value: int) -> Proposal:
        target = wanted.target
        if target.value is not None and target.type != "AverageValue":
            ready = sum(pod.status.phase == "Running" and readiness.is_ready(pod) for pod in self.pods)
            return proposals.by_value(
                value,
                target=_milli(target.value),
                size=self.size,
                ready=ready if self.pods else None,
                tolerance=self.tolerance,
            )
        if target.average_value is None:
            raise MetricsUnavailableError("noMetricTarget", metric=wanted.metric.name)
        return proposals.by_value_per_pod(
            value,
            target=_milli(target.average_value),
            observed=self.seen.target.observed,
            tolerance=self.tolerance,
        )


def utilization_target(wanted: ResourceMetric) -> int:
    """Return the utilization that a metric aims at, in percent; 80 where it says nothing.

    Raises:
        InvalidObjectError: not above 0, which the API refuses.
    """
    percent = wanted.target.average_utilization
    if percent is not None and percent <= 0:
        raise InvalidObjectError(f"a target must be positive, not `{percent}`", path="spec.metrics")
    return 80 if percent is None else percent


def _milli(quantity: Quantity) -> int:
    milli = quantities.millis(quantity)
    if milli <= 0:
        raise InvalidObjectError(f"a target must be positive, not `{quantity}`", path="spec.metrics")
    return milli


def _member(pod: Pod, sample: Sample | None, request: int) -> Member:
    ready = readiness.condition(pod, "Ready")
    changed = ready.last_transition_time if ready else None
    return Member(
        name=pod.name,
        phase=pod.status.phase,
        deleted=readiness.is_terminating(pod),
        start=instants.parse(pod.status.start_time) if pod.status.start_time else None,
        ready=ready.status if ready else None,
        ready_changed=instants.parse(changed) if changed else 0,
        sample=sample,
        request=request,
    )

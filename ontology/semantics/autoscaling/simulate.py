"""The question `simulate`: an autoscaler over time, with a load curve and pods that take time to start.

Pods share the load evenly and use no more than they may; what is left is unmet. The autoscaler's own pass
decides every tick: the pods that are alike are handed to it as one member with a count, so a day with a
hundred pods is thousands of small passes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ontology import instants, quantities
from ontology.cluster.autoscaling import Behavior, HorizontalPodAutoscaler, MetricSpec, ResourceMetric
from ontology.cluster.meta import Quantity
from ontology.errors import InvalidQuestionError, TooCostlyError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.autoscaling import behavior, chart, horizontal, proposals
from ontology.semantics.autoscaling.behavior import Change, Past, Recommendation
from ontology.semantics.autoscaling.horizontal import Observed, Pass, Read, Target
from ontology.semantics.autoscaling.load import Curve, read
from ontology.semantics.autoscaling.proposals import Member, Tolerance
from ontology.semantics.autoscaling.recommend import target_of
from ontology.semantics.autoscaling.samples import Metrics, MetricsUnavailableError, Sample
from ontology.verdict import Outcome, Step, Verdict

_MOST_TICKS = 100_000


class Simulate(Question, frozen=True):
    """`load` is what all pods together use, in the unit of the metric; durations as Go writes them.

    `request` and `limit` of one pod are taken from the target's template where they are not given; a pod
    without a limit uses whatever comes.
    """

    load: Curve
    until: str
    interval: str = "15s"
    start_delay: str = "30s"
    request: Quantity | None = None
    limit: Quantity | None = None
    start: str = "2026-01-01T00:00:00Z"
    svg: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """One look at the target: load and what is unmet in milli-units, utilization in percent."""

    second: float
    load: int
    ready: int
    starting: int
    replicas: int
    desired: int
    utilization: int | None
    unmet: int
    reason: str


@dataclass(slots=True)
class _Cohort:
    """Pods that were created together."""

    started: int
    count: int


def evaluate(scenario: Scenario, asked: Simulate) -> Verdict:
    """Return replicas, utilization and unmet load per tick. Yes: all load is met; no: some is not.

    Raises:
        InvalidQuestionError: no autoscaler or target, or an autoscaler on something else than a resource.
        TooCostlyError: more ticks than a run may have.
    """
    found = scenario.all(HorizontalPodAutoscaler)
    if not found:
        raise InvalidQuestionError("there is no HorizontalPodAutoscaler (autoscaling/v2)", path="objects")
    target = target_of(scenario, found[0])
    if target is None:
        raise InvalidQuestionError("the autoscaler's target is not there", path="objects")
    ticks = run(found[0], target, asked, _per_pod(scenario, found[0], target, asked))
    answer: dict[str, Any] = {
        "ticks": [_shown(tick) for tick in ticks],
        "summary": summary(ticks, instants.duration(asked.interval) / instants.SECOND),
        "table": chart.table(ticks),
    }
    if asked.svg:
        answer["svg"] = chart.svg(ticks, title=f"{found[0].name}: {target.kind}/{target.name}")
    met = answer["summary"]["unmetSeconds"] == 0
    return Verdict(answer=answer, outcome=Outcome.of(met), explain=lambda: _steps(ticks))


@dataclass(frozen=True, slots=True)
class PerPod:
    """What one pod requests of the metric's resource, and what it may use, in milli-units."""

    request: int
    limit: int | None


def _per_pod(
    scenario: Scenario, autoscaler: HorizontalPodAutoscaler, target: Target, asked: Simulate
) -> PerPod:
    _, wanted = _metric(autoscaler)
    containers = next(
        (
            each["spec"]["template"]["spec"].get("containers") or []
            for each in scenario.raw(target.kind)
            if each["metadata"]["name"] == target.name and each["spec"].get("template")
        ),
        [],
    )
    resources = [each.get("resources") or {} for each in containers]
    requests = [each.get("requests", {}).get(wanted.name) for each in resources]
    limits = [each.get("limits", {}).get(wanted.name) for each in resources]
    request = asked.request
    if request is None and (not requests or None in requests):
        raise InvalidQuestionError(
            f"the target's containers have no {wanted.name} request: give `request`",
            path="question.simulate.request",
        )
    if request is not None and quantities.millis(request) < 0:
        raise InvalidQuestionError("nobody requests less than nothing", path="question.simulate.request")
    bounded = limits and None not in limits
    return PerPod(
        quantities.millis(request)
        if request is not None
        else sum(quantities.millis(each) for each in requests),
        quantities.millis(asked.limit)
        if asked.limit is not None
        else sum(quantities.millis(each) for each in limits)
        if bounded
        else None,
    )


def run(autoscaler: HorizontalPodAutoscaler, target: Target, asked: Simulate, pod: PerPod) -> list[Tick]:
    """Return the ticks of a run.

    Raises:
        InvalidQuestionError: not one Resource metric, or an interval of nothing.
        TooCostlyError: more ticks than a run may have.
    """
    spec, wanted = _metric(autoscaler)
    interval = instants.duration(asked.interval, path="question.simulate.interval")
    length = instants.duration(asked.until, path="question.simulate.until")
    if interval <= 0:
        raise InvalidQuestionError("an interval is longer than nothing", path="question.simulate.interval")
    if length < 0:
        raise InvalidQuestionError("a run goes forward in time", path="question.simulate.until")
    if length // interval > _MOST_TICKS:
        raise TooCostlyError(f"a run has at most {_MOST_TICKS} ticks", path="question.simulate.until")
    begin = instants.parse(asked.start, path="question.simulate.start")
    delay = instants.duration(asked.start_delay, path="question.simulate.startDelay")
    if delay < 0:
        raise InvalidQuestionError(
            "a pod does not start before it is made", path="question.simulate.startDelay"
        )
    pods = _Pods(
        request=pod.request,
        limit=pod.limit,
        delay=delay,
        cohorts=[_Cohort(begin - 3600 * instants.SECOND, target.size)] if target.size else [],
    )
    load = read(asked.load)
    tolerance = behavior.tolerance(autoscaler.spec.behavior)
    past = Past(recommendations=(Recommendation(target.size, begin),))
    size = target.size
    remembered = memory(autoscaler.spec.behavior)
    ticks: list[Tick] = []
    for now in range(begin, begin + length + 1, interval):
        second = (now - begin) / instants.SECOND
        now_load = load(second)
        state = pods.serve(now_load, now)
        seen = Observed(
            target=Target(
                kind=target.kind, name=target.name, size=size, observed=size, selector=target.selector
            ),
            pods=(),
            metrics=Metrics(),
            past=past,
            now=now,
        )
        reading = _reading(spec, wanted, state, size, tolerance, now)
        done = _decide(autoscaler, reading, seen)
        utilization = (
            100 * state.usage // (state.ready * pods.request) if state.ready and pods.request else None
        )
        ticks.append(
            Tick(
                second,
                now_load,
                state.ready,
                size - state.ready,
                size,
                done.desired,
                utilization,
                state.unmet,
                _why(done),
            )
        )
        past = remember(past, done, now, remembered)
        if done.rescaled:
            pods.resize(done.desired, now)
            size = done.desired
    return ticks


def _metric(autoscaler: HorizontalPodAutoscaler) -> tuple[MetricSpec, ResourceMetric]:
    metrics = horizontal.metrics_of(autoscaler)
    wanted = metrics[0].resource
    if len(metrics) != 1 or metrics[0].type != "Resource" or wanted is None:
        raise InvalidQuestionError(
            "a load curve drives an autoscaler with exactly one Resource metric", path="objects"
        )
    return metrics[0], wanted


@dataclass(frozen=True, slots=True)
class _Served:
    """How the load was shared: members as the autoscaler reads them, and the totals."""

    members: tuple[Member, ...]
    ready: int
    usage: int
    unmet: int


@dataclass(slots=True)
class _Pods:
    request: int
    limit: int | None
    delay: int
    cohorts: list[_Cohort]

    def serve(self, load: int, now: int) -> _Served:
        """Share the load among the pods that are ready."""
        ready = sum(each.count for each in self.cohorts if each.started + self.delay <= now)
        share = -(-load // ready) if ready else 0
        used = share if self.limit is None else min(share, self.limit)
        carried = min(load, used * ready)
        members = tuple(self._member(each, used, now) for each in _merged(self.cohorts, self.delay, now))
        return _Served(members, ready, carried, load - carried)

    def _member(self, cohort: _Cohort, used: int, now: int) -> Member:
        since = cohort.started + self.delay
        if since > now:
            return Member(name="starting", phase="Pending", request=self.request, count=cohort.count)
        return Member(
            name="running",
            phase="Running",
            start=cohort.started,
            ready="True",
            ready_changed=since,
            request=self.request,
            sample=Sample(used, now, 0),
            count=cohort.count,
        )

    def resize(self, to: int, now: int) -> None:
        """Create pods, or delete the youngest."""
        have = sum(each.count for each in self.cohorts)
        if to > have:
            self.cohorts.append(_Cohort(now, to - have))
        while have > to:
            youngest = self.cohorts[-1]
            gone = min(youngest.count, have - to)
            youngest.count -= gone
            have -= gone
            if not youngest.count:
                self.cohorts.pop()


def _merged(cohorts: Sequence[_Cohort], delay: int, now: int) -> list[_Cohort]:
    """Join the pods whose start is so long ago that it no longer matters when it was."""
    settled = now - delay - proposals.CPU_INITIALIZATION
    old = [each for each in cohorts if each.started <= settled]
    young = [each for each in cohorts if each.started > settled]
    joined = [_Cohort(old[0].started, sum(each.count for each in old))] if old else []
    return joined + young


def _reading(  # noqa: PLR0913, PLR0917 - one caller
    spec: MetricSpec, wanted: ResourceMetric, state: _Served, size: int, tolerance: Tolerance, now: int
) -> Read:
    outcome: proposals.Proposal | horizontal.Failure
    try:
        found = proposals.tally(state.members, cpu=wanted.name == "cpu", now=now)
        if wanted.target.average_value is not None:
            target = quantities.millis(wanted.target.average_value)
            outcome = proposals.by_average(found, target=target, size=size, tolerance=tolerance)
        else:
            outcome = proposals.by_utilization(
                found, target=horizontal.utilization_target(wanted), size=size, tolerance=tolerance
            )
    except MetricsUnavailableError as error:
        outcome = horizontal.failed(spec.type, error)
    return Read(type=spec.type, name=wanted.name, outcome=outcome)


def _decide(autoscaler: HorizontalPodAutoscaler, reading: Read, seen: Observed) -> Pass:
    span = horizontal.bounds(autoscaler)
    if seen.target.size == 0 or not span.minimum <= seen.target.size <= span.maximum:
        return horizontal.recommend(autoscaler, seen)
    return horizontal.decide(autoscaler, (reading,), seen)


def _why(done: Pass) -> str:
    """Return what held or moved the size: a reason of the conditions."""
    if done.normalized is None:
        return {type_: reason for type_, _, reason in done.conditions}.get("ScalingActive", done.how)
    if done.normalized.limited:
        return done.normalized.limited_by
    return done.normalized.stabilized_by


def memory(rules: Behavior | None) -> int:
    """Return for how long anything that happened can count: the longest window or period."""
    seconds = [behavior.DOWNSCALE_STABILIZATION]
    for each in (rules.scale_up, rules.scale_down) if rules else ():
        if each is not None:
            seconds.append(each.stabilization_window_seconds or 0)
            seconds.extend(policy.period_seconds for policy in each.policies or ())
    return max(seconds) * instants.SECOND


def remember(past: Past, done: Pass, now: int, memory: int) -> Past:
    """Return what the controller remembers after a pass, without what no longer counts."""
    oldest = now - memory
    recommendations, ups, downs = past.recommendations, past.ups, past.downs
    if done.recommended is not None:
        recommendations = _kept(recommendations, oldest, Recommendation(done.recommended, now))
    change = done.desired - done.size
    if change > 0:
        ups = (*(each for each in ups if each.time >= oldest), Change(change, now))
    elif change < 0:
        downs = (*(each for each in downs if each.time >= oldest), Change(-change, now))
    return Past(recommendations=recommendations, ups=ups, downs=downs)


def _kept(
    known: tuple[Recommendation, ...], oldest: int, newest: Recommendation
) -> tuple[Recommendation, ...]:
    first = next((place for place, each in enumerate(known) if each.time >= oldest), len(known))
    return (*known[first:], newest)


def summary(ticks: Sequence[Tick], interval: float) -> dict[str, Any]:
    """Return the figures of a run: pod seconds, changes, and how long and how much load was unmet."""
    changes = sum(one.desired != one.replicas for one in ticks)
    unmet = [tick for tick in ticks if tick.unmet]
    return {
        "ticks": len(ticks),
        "minReplicas": min(tick.replicas for tick in ticks),
        "maxReplicas": max(tick.replicas for tick in ticks),
        "changes": changes,
        "podSeconds": sum(tick.replicas for tick in ticks) * interval,
        "unmetSeconds": len(unmet) * interval,
        "unmetPeakMilli": max((tick.unmet for tick in unmet), default=0),
    }


def _shown(tick: Tick) -> dict[str, Any]:
    return {
        "t": int(tick.second) if tick.second.is_integer() else tick.second,
        "loadMilli": tick.load,
        "replicas": tick.replicas,
        "ready": tick.ready,
        "desired": tick.desired,
        "utilization": tick.utilization,
        "unmetMilli": tick.unmet,
        "reason": tick.reason,
    }


def _steps(ticks: Sequence[Tick]) -> tuple[Step, ...]:
    steps = [
        Step(
            "autoscaling.run.scaled",
            True,
            {
                "second": int(tick.second),
                "size": tick.replicas,
                "to": tick.desired,
                "utilization": tick.utilization,
                "reason": tick.reason,
            },
        )
        for tick in ticks
        if tick.desired != tick.replicas
    ]
    unmet = [tick for tick in ticks if tick.unmet]
    if unmet:
        facts = {"first": int(unmet[0].second), "last": int(unmet[-1].second), "ticks": len(unmet)}
        steps.append(Step("autoscaling.run.unmet", False, facts))
    else:
        steps.append(Step("autoscaling.run.unmet", True, {"ticks": len(ticks)}))
    return tuple(steps)


SIMULATE = Evaluator(question=Simulate, evaluate=evaluate)

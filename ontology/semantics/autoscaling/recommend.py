"""The question `recommend`: what one pass of the HorizontalPodAutoscaler decides."""

from collections.abc import Mapping, Sequence

from ontology import instants, selectors
from ontology.cluster.autoscaling import HorizontalPodAutoscaler
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import Deployment, ReplicaSet, StatefulSet
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.autoscaling import explanation, horizontal
from ontology.semantics.autoscaling.behavior import Change, Past, Recommendation
from ontology.semantics.autoscaling.horizontal import Observed, Pass, Target
from ontology.semantics.autoscaling.samples import Metrics
from ontology.verdict import Outcome, Verdict

_SCALABLE: Mapping[str, type[Deployment | StatefulSet | ReplicaSet]] = {
    each.KIND: each for each in (Deployment, StatefulSet, ReplicaSet)
}


class PastRecommendation(Question, frozen=True):
    """A size recommended before, not stabilized."""

    replicas: int
    time: str


class PastChange(Question, frozen=True):
    """A change of the size, a positive number."""

    change: int
    time: str


class History(Question, frozen=True):
    """What the controller remembers of earlier passes."""

    recommendations: list[PastRecommendation] | None = None
    scale_ups: list[PastChange] | None = None
    scale_downs: list[PastChange] | None = None


class Recommend(Question, frozen=True):
    """`now` is RFC 3339; no `history` means that the controller has just started."""

    now: str
    metrics: Metrics = Metrics()
    history: History | None = None
    feature_gates: dict[str, bool] | None = None


def evaluate(scenario: Scenario, asked: Recommend) -> Verdict:
    """Return what one pass decides. Yes: a size was computed or set; no: it was not."""
    found = scenario.all(HorizontalPodAutoscaler)
    if not found:
        raise InvalidQuestionError("there is no HorizontalPodAutoscaler (autoscaling/v2)", path="objects")
    autoscaler = found[0]
    now = instants.parse(asked.now, path="question.recommend.now")
    target = target_of(scenario, autoscaler)
    seen = None if target is None else observed(scenario, autoscaler, asked, target, now)
    done = _without_target(autoscaler) if seen is None else horizontal.recommend(autoscaler, seen)
    return Verdict(
        answer=done.answer,
        outcome=Outcome.of(done.how in {"metrics", "aboveMaximum", "belowMinimum"}),
        explain=lambda: explanation.steps(autoscaler, seen, done),
    )


def target_of(scenario: Scenario, autoscaler: HorizontalPodAutoscaler) -> Target | None:
    """Return what the autoscaler scales, None if it is not there."""
    wanted = autoscaler.spec.scale_target_ref
    kind = _SCALABLE.get(wanted.kind)
    for each in scenario.each(kind) if kind is not None else ():
        if (each.name, each.namespace) == (wanted.name, autoscaler.namespace):
            return Target(
                kind=each.KIND,
                name=each.name,
                size=1 if each.spec.replicas is None else each.spec.replicas,
                observed=each.status.replicas,
                selector=each.spec.selector,
            )
    return None


def observed(
    scenario: Scenario, autoscaler: HorizontalPodAutoscaler, asked: Recommend, target: Target, now: int
) -> Observed:
    """Return what the pass reads of a scenario: pods of the namespace, metrics, and what is remembered."""
    pods = [pod for pod in scenario.all(Pod) if pod.namespace == autoscaler.namespace]
    return Observed(
        target=target,
        pods=pods,
        rivals=_rivals(scenario, autoscaler, target, pods),
        metrics=asked.metrics,
        past=_past(asked.history, target.size, now),
        now=now,
        scale_to_zero=(asked.feature_gates or {}).get("HPAScaleToZero", False),
    )


def _rivals(
    scenario: Scenario, autoscaler: HorizontalPodAutoscaler, target: Target, pods: Sequence[Pod]
) -> tuple[str, ...]:
    """Return the other autoscalers whose targets select some of the same pods."""
    found: list[str] = []
    if len(scenario.raw(HorizontalPodAutoscaler.KIND)) == 1:
        return ()
    for other in scenario.all(HorizontalPodAutoscaler):
        if other.name == autoscaler.name or other.namespace != autoscaler.namespace:
            continue
        theirs = target_of(scenario, other)
        if theirs is not None and any(
            selectors.matches(target.selector, pod.labels) and selectors.matches(theirs.selector, pod.labels)
            for pod in pods
        ):
            found.append(other.name)
    return tuple(found)


def _past(history: History | None, size: int, now: int) -> Past:
    """Return what is remembered; a controller that has just started takes the size as recommended."""
    if history is None:
        history = History()

    def changes(given: list[PastChange] | None) -> tuple[Change, ...]:
        return tuple(Change(each.change, instants.parse(each.time)) for each in given or ())

    remembered = tuple(
        Recommendation(each.replicas, instants.parse(each.time)) for each in history.recommendations or ()
    )
    return Past(
        recommendations=remembered or (Recommendation(size, now),),
        ups=changes(history.scale_ups),
        downs=changes(history.scale_downs),
    )


def _without_target(autoscaler: HorizontalPodAutoscaler) -> Pass:
    return Pass(
        how="noTarget",
        size=0,
        desired=0,
        conditions=(("AbleToScale", "False", "FailedGetScale"),),
        bounds=horizontal.bounds(autoscaler),
    )


RECOMMEND = Evaluator(question=Recommend, evaluate=evaluate)

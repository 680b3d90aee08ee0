"""The VerticalPodAutoscaler: what one pod should request, and which pods are changed for it.

The recommender takes percentiles of a decaying histogram and a safety margin; little history widens the
bounds. The updater acts on pods whose requests are outside the bounds. An HPA that measures utilization of
a resource that the VPA sets works against it: the question finds that.

Source: github.com/kubernetes/autoscaler, vertical-pod-autoscaler/docs (v1.5), and
kubernetes.io/docs/concepts/workloads/autoscaling/vertical-pod-autoscale (v1.36).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ontology import instants, quantities
from ontology.cluster.autoscaling import HorizontalPodAutoscaler
from ontology.cluster.meta import Quantity
from ontology.cluster.pods import Container, Pod
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.autoscaling.histogram import DAY, Histogram
from ontology.verdict import Outcome, Role, Step, Verdict

RESOURCES = ("cpu", "memory")
MODES = ("Off", "Initial", "Recreate", "InPlaceOrRecreate", "InPlace", "Auto")
_MARGIN = 0.15
_TARGET, _LOWER, _UPPER = 0.9, 0.5, 0.95
_LEAST = {"cpu": 25, "memory": 250 * 1024 * 1024}
_SAMPLES_A_DAY = 24 * 60
_LEAST_WEIGHT = 0.1
_OOM_GROWTH, _OOM_MINIMUM = 1.2, 100 * 1024 * 1024
_SIGNIFICANT = 0.1
_PATIENCE = 12 * 3600


class Usage(Question, frozen=True):
    """What a container used at a time; `oom` marks memory at which it was killed."""

    container: str
    time: str
    cpu: Quantity | None = None
    memory: Quantity | None = None
    oom: bool = False


class ContainerPolicy(Question, frozen=True):
    """What may be recommended for a container (`*`: for all that have no policy of their own)."""

    container_name: str = "*"
    mode: str = "Auto"
    min_allowed: dict[str, Quantity] | None = None
    max_allowed: dict[str, Quantity] | None = None
    controlled_resources: list[str] | None = None
    controlled_values: str = "RequestsAndLimits"


class TargetRef(Question, frozen=True):
    """What the autoscaler is for."""

    kind: str
    name: str


class RecommendVertical(Question, frozen=True):
    """The VerticalPodAutoscaler is not part of the Kubernetes API: what it says stands in the question."""

    usage: list[Usage]
    now: str
    target: TargetRef | None = None
    update_mode: str = "Recreate"
    min_replicas: int = 2
    policies: list[ContainerPolicy] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A recommendation for one resource of one container: millicores or bytes."""

    target: int
    lower: int
    upper: int
    uncapped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to a pod: `none`, `evict`, `resize` or `initial`, and why."""

    pod: str
    action: str
    reason: str


def recommend(
    usage: Sequence[Usage],
    *,
    containers: int,
    requests: Mapping[str, float],
    policies: Mapping[str, ContainerPolicy],
) -> dict[str, dict[str, Bounds]]:
    """Return bounds by container and resource.

    `requests` are the cores that containers request: a cpu sample weighs as much as the request, so that
    the percentile is one of capacity, not of time.
    """
    by_container: dict[str, list[Usage]] = defaultdict(list)
    for each in usage:
        by_container[each.container].append(each)
    return {
        name: _container(
            samples,
            share=max(containers, len(by_container)),
            weight=max(requests.get(name, 0.0), _LEAST_WEIGHT),
            policy=policies.get(name, policies.get("*", ContainerPolicy())),
        )
        for name, samples in sorted(by_container.items())
    }


def _container(
    samples: Sequence[Usage], *, share: int, weight: float, policy: ContainerPolicy
) -> dict[str, Bounds]:
    if policy.mode == "Off":
        return {}
    times = [instants.parse(each.time) / instants.SECOND for each in samples]
    first, last = min(times), max(times)
    cpu = Histogram(first=0.01, largest=1000.0)
    memory = Histogram(first=1e7, largest=1e12)
    counted = 0
    for each, time in zip(samples, times, strict=True):
        if each.cpu is not None:
            cpu.add(quantities.millis(each.cpu) / 1000, weight=weight, time=time - last)
            counted += 1
    for day, peak in _peaks(samples, times, first).items():
        memory.add(peak, weight=1.0, time=first + day * DAY - last)
    confidence = min((last - first) / DAY, counted / _SAMPLES_A_DAY)
    found = {}
    for resource, histogram, unit in (("cpu", cpu, 1000), ("memory", memory, 1)):
        controlled = policy.controlled_resources is None or resource in policy.controlled_resources
        if controlled and histogram.weights:
            least = _LEAST[resource] // share
            found[resource] = _bounds(histogram, unit, confidence, least, _allowed(policy, resource))
    return found


def _peaks(samples: Sequence[Usage], times: Sequence[float], first: float) -> dict[int, float]:
    """Return the highest memory of each day since the first sample; after a kill a fifth more, or 100 MiB."""
    peaks: dict[int, float] = defaultdict(float)
    for each, time in zip(samples, times, strict=True):
        if each.memory is None:
            continue
        used = float(quantities.value(each.memory))
        if each.oom:
            used = max(used + _OOM_MINIMUM, used * _OOM_GROWTH)
        day = int((time - first) // DAY)
        peaks[day] = max(peaks[day], used)
    return peaks


def _allowed(policy: ContainerPolicy, resource: str) -> tuple[int | None, int | None]:
    read = quantities.millis if resource == "cpu" else quantities.value

    def of(amounts: Mapping[str, Quantity] | None) -> int | None:
        amount = (amounts or {}).get(resource)
        return None if amount is None else read(amount)

    return of(policy.min_allowed), of(policy.max_allowed)


def _bounds(
    histogram: Histogram,
    unit: int,
    confidence: float,
    least: int,
    allowed: tuple[int | None, int | None],
) -> Bounds:
    def estimate(share: float) -> int:
        return max(int(int(histogram.percentile(share) * unit) * (1 + _MARGIN)), least)

    def capped(amount: int) -> int:
        smallest, largest = allowed
        amount = amount if largest is None else min(amount, largest)
        return amount if smallest is None else max(amount, smallest)

    target = estimate(_TARGET)
    lower = int(estimate(_LOWER) * (1 + 0.001 / confidence) ** -2) if confidence else 0
    upper = int(estimate(_UPPER) * (1 + 1 / confidence)) if confidence else 2**62
    return Bounds(
        target=capped(target),
        lower=capped(min(lower, target)),
        upper=capped(max(upper, target)),
        uncapped=target,
    )


def changes(
    pods: Sequence[Pod],
    recommended: Mapping[str, Mapping[str, Bounds]],
    *,
    mode: str,
    min_replicas: int,
    now: int,
) -> list[Change]:
    """Return what the updater does with each pod."""
    enough = len(pods) >= min_replicas
    return [_change(pod, recommended, mode, now, enough=enough) for pod in pods]


def _change(
    pod: Pod, recommended: Mapping[str, Mapping[str, Bounds]], mode: str, now: int, *, enough: bool
) -> Change:
    outside, difference = _distance(pod, recommended)
    if mode == "Off":
        return Change(pod=pod.name, action="none", reason="off")
    if mode == "Initial":
        return Change(pod=pod.name, action="none", reason="initial")
    if not outside:
        started = instants.parse(pod.status.start_time) if pod.status.start_time else now
        old = now - started >= _PATIENCE * instants.SECOND
        if difference < _SIGNIFICANT or not old:
            return Change(pod=pod.name, action="none", reason="withinBounds")
    if mode in {"InPlaceOrRecreate", "InPlace"}:
        return Change(pod=pod.name, action="resize", reason="outsideBounds" if outside else "significant")
    if not enough:
        return Change(pod=pod.name, action="none", reason="tooFewReplicas")
    return Change(pod=pod.name, action="evict", reason="outsideBounds" if outside else "significant")


def _distance(pod: Pod, recommended: Mapping[str, Mapping[str, Bounds]]) -> tuple[bool, float]:
    """Return whether a request is outside its bounds, and how far all are from the target, as a share."""
    outside = False
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for container in pod.spec.containers or ():
        for resource, bounds in recommended.get(container.name, {}).items():
            request = _request(container, resource)
            outside |= request is None or not bounds.lower <= request <= bounds.upper
            totals[resource][0] += request or 0
            totals[resource][1] += bounds.target
    return outside, sum(abs(want - have) / max(have, 1) for have, want in totals.values())


def _request(container: Container, resource: str) -> int | None:
    amount = (container.resources.requests or {}).get(resource)
    if amount is None:
        return None
    return quantities.millis(amount) if resource == "cpu" else quantities.value(amount)


def conflicts(
    autoscalers: Sequence[HorizontalPodAutoscaler], target: TargetRef | None, controlled: set[str], mode: str
) -> list[dict[str, str]]:
    """Return the resources that an HPA measures and the VPA changes on the same target."""
    found = []
    for each in autoscalers:
        reference = each.spec.scale_target_ref
        same = target is None or (reference.kind, reference.name) == (target.kind, target.name)
        for metric in each.spec.metrics or ():
            wanted = metric.resource or metric.container_resource
            if same and wanted is not None and wanted.name in controlled and mode != "Off":
                kind = "utilization" if wanted.target.average_utilization is not None else "averageValue"
                found.append(
                    {"hpa": each.name, "resource": wanted.name, "metric": metric.type, "target": kind}
                )
    return found


def evaluate(scenario: Scenario, asked: RecommendVertical) -> Verdict:
    """Return the recommendation. Yes: no HPA works against it; no: one does.

    Raises:
        InvalidQuestionError: no usage, or no such update mode.
    """
    if not asked.usage:
        raise InvalidQuestionError("a recommendation needs usage", path="question.recommendVertical.usage")
    if asked.update_mode not in MODES:
        raise InvalidQuestionError(
            f"`{asked.update_mode}` is not an update mode ({', '.join(MODES)})",
            path="question.recommendVertical.updateMode",
        )
    pods = scenario.all(Pod)
    policies = {each.container_name: each for each in asked.policies or ()}
    cores = {
        container.name: (_request(container, "cpu") or 0) / 1000
        for pod in pods
        for container in pod.spec.containers or ()
    }
    found = recommend(asked.usage, containers=len(cores), requests=cores, policies=policies)
    now = instants.parse(asked.now, path="question.recommendVertical.now")
    done = changes(pods, found, mode=asked.update_mode, min_replicas=asked.min_replicas, now=now)
    controlled = {resource for bounds in found.values() for resource in bounds}
    against = conflicts(scenario.all(HorizontalPodAutoscaler), asked.target, controlled, asked.update_mode)
    answer = {
        "recommendation": [
            {"containerName": name, **_shown(bounds)} for name, bounds in found.items() if bounds
        ],
        "updateMode": asked.update_mode,
        "pods": [{"pod": each.pod, "action": each.action, "reason": each.reason} for each in done],
        "conflicts": against,
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(not against),
        explain=lambda: tuple(_steps(found, done, against, asked)),
    )


def _shown(bounds: Mapping[str, Bounds]) -> dict[str, dict[str, str]]:
    def of(name: str) -> dict[str, str]:
        return {each: _amount(each, getattr(found, name)) for each, found in bounds.items()}

    return {
        "target": of("target"),
        "lowerBound": of("lower"),
        "upperBound": of("upper"),
        "uncappedTarget": of("uncapped"),
    }


def _amount(resource: str, amount: int) -> str:
    return f"{amount}m" if resource == "cpu" else str(amount)


def _steps(
    found: Mapping[str, Mapping[str, Bounds]],
    done: Sequence[Change],
    against: Sequence[Mapping[str, Any]],
    asked: RecommendVertical,
) -> Iterator[Step]:
    for name, bounds in found.items():
        for resource, each in bounds.items():
            facts: dict[str, Any] = {
                "container": name,
                "resource": resource,
                "target": _amount(resource, each.target),
                "uncapped": _amount(resource, each.uncapped),
                "lower": _amount(resource, each.lower),
                "upper": _amount(resource, each.upper),
            }
            yield Step("autoscaling.vpa.target", True, facts)
            if each.target != each.uncapped:
                yield Step("autoscaling.vpa.capped", True, facts)
    for change in done:
        rule = f"autoscaling.vpa.{change.reason}"
        yield Step(rule, change.action != "none", {"pod": change.pod, "mode": asked.update_mode})
    for conflict in against:
        yield Step("autoscaling.vpa.conflict", False, conflict)
        yield Step(
            "autoscaling.vpa.separate",
            True,
            conflict,
            role=Role.CHANGE,
            change={"controlledResources": [each for each in RESOURCES if each != conflict["resource"]]},
        )
    if not against:
        yield Step("autoscaling.vpa.conflict", True, {"resource": None, "hpa": None})


RECOMMEND_VERTICAL = Evaluator(question=RecommendVertical, evaluate=evaluate)

"""The question, its verdict, and the HPAs that a VPA works against."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ontology import instants, selectors
from ontology.cluster.autoscaling import HorizontalPodAutoscaler
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import DaemonSet, Deployment, ReplicaSet, StatefulSet
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.autoscaling.vertical.recommendation import (
    MARGIN,
    RESOURCES,
    SAMPLES_A_DAY,
    Bounds,
    ContainerPolicy,
    Usage,
    recommend,
)
from ontology.semantics.autoscaling.vertical.room import Room, room
from ontology.semantics.autoscaling.vertical.updating import (
    MODES,
    Change,
    Controller,
    changes,
    request_of,
    resources,
)
from ontology.verdict import Outcome, Role, Step, Verdict

_SCALABLE: Mapping[str, type[Deployment | ReplicaSet | StatefulSet | DaemonSet]] = {
    each.KIND: each for each in (Deployment, ReplicaSet, StatefulSet, DaemonSet)
}


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
    pods = _selected(scenario, asked.target)
    policies = {each.container_name: each for each in asked.policies or ()}
    cores = {
        container.name: (request_of(container, "cpu") or 0) / 1000
        for pod in pods
        for container in pod.spec.containers or ()
    }
    found = recommend(asked.usage, containers=len(cores), requests=cores, policies=policies)
    now = instants.parse(asked.now, path="question.recommendVertical.now")
    done = changes(
        pods,
        found,
        mode=asked.update_mode,
        min_replicas=asked.min_replicas,
        now=now,
        sizes=_sizes(scenario),
    )
    gets = [_resources(pod, found, policies) for pod in pods]
    rooms = [
        _room(scenario, pod, given) if each.action == "resize" else None
        for pod, each, given in zip(pods, done, gets, strict=True)
    ]
    controlled = {resource for bounds in found.values() for resource in bounds}
    against = conflicts(scenario.all(HorizontalPodAutoscaler), asked.target, controlled, asked.update_mode)
    answer = {
        "recommendation": [
            {"containerName": name, **_shown(bounds)} for name, bounds in found.items() if bounds
        ],
        "updateMode": asked.update_mode,
        "pods": [
            {"pod": each.pod, "action": each.action, "reason": each.reason, **_effect(each, given, space)}
            for each, given, space in zip(done, gets, rooms, strict=True)
        ],
        "conflicts": against,
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(not against),
        explain=lambda: tuple(_steps(found, done, rooms, against, asked)),
    )


def _selected(scenario: Scenario, target: TargetRef | None) -> Sequence[Pod]:
    """Return the target's pods; all of them where the target is not among the objects."""
    pods = scenario.all(Pod)
    kind = _SCALABLE.get(target.kind) if target is not None else None
    for each in scenario.each(kind) if kind is not None else ():
        if target is not None and each.name == target.name:
            return [
                pod
                for pod in pods
                if pod.namespace == each.namespace and selectors.matches(each.spec.selector, pod.labels)
            ]
    return pods


def _sizes(scenario: Scenario) -> dict[Controller, int]:
    """Return how many pods the controllers of a scenario should have."""
    found: list[ReplicaSet | StatefulSet] = [*scenario.all(ReplicaSet), *scenario.all(StatefulSet)]
    return {
        (each.KIND, each.namespace, each.name): 1 if each.spec.replicas is None else each.spec.replicas
        for each in found
    }


def _room(scenario: Scenario, pod: Pod, given: Mapping[str, Any]) -> Room | None:
    requests = {name: kinds["requests"] for name, kinds in given.items()}
    return room(pod, requests, nodes=scenario.all(Node), pods=scenario.all(Pod))


def _effect(change: Change, given: Mapping[str, Any], space: Room | None) -> dict[str, Any]:
    """Return what a pod that is changed gets, and what comes of a resize, None where nobody can tell."""
    if change.action == "none":
        return {}
    resize = {"resize": None if space is None else space.resize} if change.action == "resize" else {}
    return {"resources": given, **resize}


def _resources(
    pod: Pod, found: Mapping[str, Mapping[str, Bounds]], policies: Mapping[str, ContainerPolicy]
) -> dict[str, dict[str, dict[str, str]]]:
    """Return the requests and limits that a changed pod gets, as quantities."""
    scaling = {
        name: policies.get(name, policies.get("*", ContainerPolicy())).controlled_values != "RequestsOnly"
        for name in found
    }
    return {
        name: {
            kind: {resource: _amount(resource, amount) for resource, amount in amounts.items()}
            for kind, amounts in kinds.items()
        }
        for name, kinds in resources(pod, found, scaling).items()
    }


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
    rooms: Sequence[Room | None],
    against: Sequence[Mapping[str, Any]],
    asked: RecommendVertical,
) -> Iterator[Step]:
    for name, bounds in found.items():
        for resource, each in bounds.items():
            yield from _figures(name, resource, each)
    for change, space in zip(done, rooms, strict=True):
        rule = f"autoscaling.vpa.{change.reason}"
        yield Step(rule, change.action != "none", {"pod": change.pod, "mode": asked.update_mode})
        if space is not None:
            facts = {"pod": change.pod, "node": space.node, "resources": space.lacking or None}
            yield Step(f"autoscaling.vpa.resize{space.resize}", space.resize == "Fits", facts)
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


def _figures(container: str, resource: str, found: Bounds) -> Iterator[Step]:
    """Yield where each number of a recommendation comes from."""
    history, (middle, low, high) = found.history, found.usage
    facts: dict[str, Any] = {
        "container": container,
        "resource": resource,
        "days": f"{history.days:.2f}",
        "samples": history.samples,
        "aDay": SAMPLES_A_DAY,
        "confidence": f"{history.confidence:.3f}",
        "margin": f"{1 + MARGIN:.2f}",
        "middle": _amount(resource, middle),
        "low": _amount(resource, low),
        "high": _amount(resource, high),
        "least": _amount(resource, found.least),
        "target": _amount(resource, found.target),
        "uncapped": _amount(resource, found.uncapped),
        "lower": _amount(resource, found.lower),
        "upper": _amount(resource, found.upper),
    }
    yield Step("autoscaling.vpa.target", True, facts)
    yield Step("autoscaling.vpa.bounds", True, facts)
    if found.uncapped == found.least:
        yield Step("autoscaling.vpa.least", True, facts)
    if found.target != found.uncapped:
        yield Step("autoscaling.vpa.capped", True, facts)


RECOMMEND_VERTICAL = Evaluator(question=RecommendVertical, evaluate=evaluate)

"""Scaling up: which pending pods would make which node group grow.

Source: github.com/kubernetes/autoscaler, cluster-autoscaler/FAQ.md (How does scale-up work?, What are
Expanders?; 1.36).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import msgspec

from ontology.cluster import manifests
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import DaemonSet
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.scheduling import snapshot
from ontology.semantics.workloads import daemonsets
from ontology.verdict import Outcome, Step, Verdict
from ontology.walkthroughs.cluster_autoscaler.placing import (
    MEASURED,
    is_expendable,
    offered,
    placed,
    requested,
)

EXPANDERS = ("least-waste", "most-pods", "price", "priority", "random")


class NodeGroup(Question, frozen=True):
    """Nodes that are made alike: a Node manifest as template, how many there are and may be."""

    name: str
    template: dict[str, Any]
    size: int = 0
    max: int = 10
    price: float = 0.0
    priority: int = 0


class ScaleUp(Question, frozen=True):
    """`expander` chooses between groups that help; `seed` where it leaves a choice."""

    groups: list[NodeGroup]
    expander: str = "least-waste"
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """What a group would do: the pods it helps, the new nodes they need, and the share left unused."""

    group: NodeGroup
    pods: tuple[str, ...]
    nodes: int
    waste: float
    refused: Mapping[str, str]


def scale_up(scenario: Scenario, asked: ScaleUp) -> Verdict:
    """Return which group grows. Yes: one does, or no pod waits; no: none helps.

    Raises:
        InvalidQuestionError: no such expander.
        UnknownKindError, InvalidObjectError: a template that is not a Node.
    """
    if asked.expander not in EXPANDERS:
        raise InvalidQuestionError(
            f"`{asked.expander}` is not an expander ({', '.join(EXPANDERS)})",
            path="question.scaleUp.expander",
        )
    waiting = _unschedulable(scenario)
    pods = [pod for pod, _ in waiting]
    options = [_option(scenario, group, position, pods) for position, group in enumerate(asked.groups)]
    helping = [each for each in options if each.pods]
    chosen = _choose(helping, asked) if helping else None
    answer = {
        "unschedulable": {pod.name: message for pod, message in waiting},
        "groups": {
            each.group.name: {
                "pods": list(each.pods),
                "nodes": each.nodes,
                "waste": round(each.waste, 3),
                "refused": dict(each.refused),
            }
            for each in options
        },
        "choice": None
        if chosen is None
        else {
            "group": chosen.group.name,
            "nodes": chosen.nodes,
            "size": chosen.group.size + chosen.nodes,
        },
        "events": [
            {
                "pod": pod.name,
                "reason": "TriggeredScaleUp" if chosen and pod.name in chosen.pods else "NotTriggerScaleUp",
            }
            for pod in pods
        ],
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(chosen is not None or not waiting),
        explain=lambda: tuple(_up_steps(waiting, options, chosen, asked)),
    )


def _unschedulable(scenario: Scenario) -> list[tuple[Pod, str]]:
    """Return the pods without a node that fit nowhere, each with what the scheduler says of it.

    Pods that are expendable do not count.
    """
    told = placed(snapshot.read(scenario), snapshot.waiting(scenario))
    return [(each.pod, each.message) for each in told if each.node is None and not is_expendable(each.pod)]


def _option(scenario: Scenario, group: NodeGroup, position: int, pods: Sequence[Pod]) -> Option:
    """Add nodes of a group until they help no further pod, or the group is as large as it may be."""
    room = max(0, group.max - group.size)
    helped: list[Pod] = []
    nodes = 0
    refused = {} if room else {pod.name: "max node group size reached" for pod in pods}
    for number in range(1, room + 1):
        cluster = snapshot.read(_with_nodes(scenario, group, position, number))
        told = placed(cluster, pods, ask=f"{group.name}-new-1")
        fitting = [each.pod for each in told if each.node is not None]
        if number == 1:
            refused = {each.pod.name: each.refusal for each in told if each.node is None}
        if len(fitting) <= len(helped):
            break
        helped, nodes = fitting, number
        if len(helped) == len(pods):
            break
    names = tuple(pod.name for pod in helped)
    return Option(
        group=group,
        pods=names,
        nodes=nodes,
        waste=_waste(group, helped, nodes) if nodes else 0.0,
        refused={name: why for name, why in refused.items() if name not in names},
    )


def _with_nodes(scenario: Scenario, group: NodeGroup, position: int, number: int) -> Scenario:
    """Return the scenario with new nodes of a group, each with the daemons that it would run."""
    path = f"question.scaleUp.groups[{position}].template"
    added = []
    for each in range(1, number + 1):
        template = _node(group, f"{group.name}-new-{each}")
        manifests.check(template, path=path)
        added.append((path, template))
        added.extend((path, daemon) for daemon in _daemons(scenario, template, path))
    return replace(scenario, manifests=(*scenario.manifests, *added))


def _node(group: NodeGroup, name: str) -> dict[str, Any]:
    metadata = dict(group.template.get("metadata") or {})
    labels = {**(metadata.get("labels") or {}), "kubernetes.io/hostname": name}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        **group.template,
        "metadata": {**metadata, "name": name, "labels": labels},
    }


def _daemons(scenario: Scenario, template: Mapping[str, Any], path: str) -> Iterator[dict[str, Any]]:
    """Yield the daemons that a new node would run: they take their share of it."""
    node = manifests.decode(template, Node, path=path)
    for each in scenario.all(DaemonSet):
        placement, _ = daemonsets.place(each, node)
        if placement.should_run:
            spec = msgspec.to_builtins(each.spec.template.spec)
            yield {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": f"{each.name}-{node.name}", "namespace": each.namespace},
                "spec": {**spec, "nodeName": node.name},
            }


def _waste(group: NodeGroup, pods: Sequence[Pod], nodes: int) -> float:
    """Return the mean share of cpu and memory of the new nodes that no pod requests."""
    node = manifests.decode({"apiVersion": "v1", "kind": "Node", **group.template}, Node)
    shares = []
    for resource in MEASURED:
        there = nodes * offered(node, resource)
        if there:
            shares.append((there - requested(pods, resource)) / there)
    return sum(shares) / len(shares) if shares else 0.0


def _choose(options: Sequence[Option], asked: ScaleUp) -> Option:
    """Return the group that the expander prefers; of equal ones the seed decides."""
    keys: dict[str, Callable[[Option], float]] = {
        "least-waste": lambda each: each.waste,
        "most-pods": lambda each: -len(each.pods),
        "price": lambda each: each.group.price * each.nodes / len(each.pods),
        "priority": lambda each: -each.group.priority,
        "random": lambda _: 0,
    }
    key = keys[asked.expander]
    best = min(key(each) for each in options)
    equal = [each for each in options if key(each) == best]
    return Random(asked.seed).choice(equal)  # noqa: S311 - a choice that can be repeated


def _up_steps(
    waiting: Sequence[tuple[Pod, str]],
    options: Sequence[Option],
    chosen: Option | None,
    asked: ScaleUp,
) -> Iterator[Step]:
    if not waiting:
        yield Step("autoscaling.ca.nothingPending", True)
    for pod, message in waiting:
        yield Step("autoscaling.ca.unschedulable", True, {"pod": pod.name, "message": message})
    for each in options:
        facts = {
            "group": each.group.name,
            "pods": each.pods or None,
            "nodes": each.nodes,
            "waste": f"{each.waste:.0%}",
        }
        yield Step("autoscaling.ca.groupHelps", bool(each.pods), facts)
        for pod_name, reason in each.refused.items():
            refused = {"group": each.group.name, "pod": pod_name, "reason": reason}
            yield Step("autoscaling.ca.groupRefuses", False, refused)
    if chosen is not None:
        yield Step(
            "autoscaling.ca.expander",
            True,
            {"group": chosen.group.name, "nodes": chosen.nodes, "expander": asked.expander},
        )


SCALE_UP = Evaluator(question=ScaleUp, evaluate=scale_up)

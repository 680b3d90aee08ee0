"""The disruption controller: keeps the status of disruption budgets."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from ontology import readiness, selectors
from ontology.cluster.meta import KubeObject
from ontology.cluster.pods import Pod
from ontology.cluster.policies import PodDisruptionBudget, PodDisruptionBudgetStatus
from ontology.cluster.workloads import Deployment, ReplicaSet, StatefulSet
from ontology.semantics.workloads import disruptions
from ontology.walkthroughs.cluster.actions import Action, Update, Why
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import Controller, View, own, split
from ontology.walkthroughs.cluster.store import Change, Store

Sized = Deployment | ReplicaSet | StatefulSet
_SIZED: Mapping[str, type[Sized]] = {each.KIND: each for each in (Deployment, ReplicaSet, StatefulSet)}


def reconcile(view: View, key: Key) -> Iterator[Action]:
    """Report how many of a budget's pods are healthy, and how many may go."""
    budget = view.store.find(PodDisruptionBudget, *split(key))
    if budget is None:
        return
    pods = [each for each in _selected(view.store, budget) if not readiness.is_finished(each)]
    found = disruptions.room(budget, pods, _wanted(view.store, pods))
    names = {pod.name for pod in pods if not readiness.is_terminating(pod)}
    waiting = {name: at for name, at in (budget.status.disrupted_pods or {}).items() if name in names}
    status = PodDisruptionBudgetStatus(
        disruptions_allowed=found.allowed,
        current_healthy=found.healthy,
        desired_healthy=found.desired,
        expected_pods=found.expected,
        disrupted_pods=waiting or None,
    )
    if status != budget.status:
        facts: dict[str, Any] = {"budget": budget.name, "healthy": found.healthy, "desired": found.desired}
        why = Why(rule="cluster.disruption.report", facts=facts | {"allowed": found.allowed})
        changed = status.disruptions_allowed != budget.status.disruptions_allowed
        yield Update(replace(budget, status=status), why if changed else Why())


def _selected(store: Store, budget: PodDisruptionBudget) -> list[Pod]:
    return [
        pod
        for pod in store.all(Pod)
        if pod.namespace == budget.namespace and selectors.matches(budget.spec.selector, pod.labels)
    ]


def _wanted(store: Store, pods: Iterable[Pod]) -> int:
    """Return how many pods the owners want together; a Deployment counts once for all its ReplicaSets."""
    found: dict[str, int] = {}
    for pod in pods:
        owner = _owner(store, pod)
        while owner is not None:
            root, owner = owner, _owner(store, owner)
            if owner is None:
                found[root.metadata.uid] = _size(root)
    return sum(found.values())


def _owner(store: Store, found: KubeObject) -> Sized | None:
    controller = found.metadata.controller
    kind = _SIZED.get(controller.kind) if controller is not None else None
    if controller is None or kind is None:
        return None
    return store.find(kind, found.namespace, controller.name)


def _size(found: Sized) -> int:
    return 1 if found.spec.replicas is None else found.spec.replicas


def budgets_of(store: Store, pod: Pod) -> list[PodDisruptionBudget]:
    """Return the budgets that select a pod."""
    return [
        each
        for each in store.all(PodDisruptionBudget)
        if each.namespace == pod.namespace and selectors.matches(each.spec.selector, pod.labels)
    ]


def _of_pod(store: Store, change: Change) -> Iterator[Key]:
    if isinstance(change.subject, Pod):
        yield from (f"{each.namespace}/{each.name}" for each in budgets_of(store, change.subject))


def _of_owner(store: Store, change: Change) -> Iterator[Key]:
    for each in store.all(PodDisruptionBudget):
        if each.namespace == change.ref[1]:
            yield f"{each.namespace}/{each.name}"


CONTROLLER = Controller(
    name="disruption-controller",
    watches={
        "PodDisruptionBudget": own,
        "Pod": _of_pod,
        "Deployment": _of_owner,
        "ReplicaSet": _of_owner,
        "StatefulSet": _of_owner,
    },
    reconcile=reconcile,
)

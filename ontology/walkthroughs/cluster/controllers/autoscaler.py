"""The HorizontalPodAutoscaler controller, and the metrics that it reads.

Source: kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale,
.../tasks/debug/debug-cluster/resource-metrics-pipeline (v1.36).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec.structs import replace

from ontology import instants, readiness
from ontology.cluster.autoscaling import HorizontalPodAutoscaler, HorizontalPodAutoscalerStatus
from ontology.cluster.meta import KubeObject, LabelSelector
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import Deployment, ReplicaSet, StatefulSet
from ontology.semantics.autoscaling import horizontal, simulate
from ontology.semantics.autoscaling.behavior import Past
from ontology.semantics.autoscaling.samples import Metrics, PodUsage
from ontology.walkthroughs.cluster.actions import Action, Say, Update, Wake, Why
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import Single, View, Watch, own, split
from ontology.walkthroughs.cluster.kinds import ref_of
from ontology.walkthroughs.cluster.load import Loads

_PERIOD = 15 * instants.SECOND
_SCALABLE: Mapping[str, type[KubeObject]] = {
    each.KIND: each for each in (Deployment, ReplicaSet, StatefulSet)
}


@dataclass(slots=True)
class Autoscaler(Single):
    """Looks at each autoscaler every 15 s; `past` is what it remembers of each."""

    loads: Loads
    past: dict[Key, Past] = field(default_factory=dict)
    name: str = "horizontal-pod-autoscaler-controller"
    process: str = "kube-controller-manager"
    local: bool = False

    @property
    def watches(self) -> Mapping[str, Watch]:
        """The autoscalers; metrics are not watched but asked for."""
        return {"HorizontalPodAutoscaler": own}

    def forget(self) -> None:
        """Start anew: recommendations live in memory only."""
        self.past.clear()

    def act(self, view: View, keys: Sequence[Key]) -> Iterator[tuple[Key, Sequence[Action]]]:
        """Yield the new size of each target."""
        for key in keys:
            found = view.store.find(HorizontalPodAutoscaler, *split(key))
            if found is not None:
                # beyond the first look, only its own period leads here
                due = -(-(view.clock.offset + 1) // _PERIOD) * _PERIOD + view.clock.start
                yield key, (*self._scale(view, key, found), Wake(due, key))

    def _scale(self, view: View, key: Key, found: HorizontalPodAutoscaler) -> Iterator[Action]:
        target = self._target(view, found)
        if target is None:
            kind, name = found.spec.scale_target_ref.kind, found.spec.scale_target_ref.name
            text = f'{kind.lower()}s.apps "{name}" not found'
            yield Say(ref_of(found), "FailedGetScale", text, "Warning")
            return
        scaled, pods = target
        size = getattr(scaled, "spec").replicas  # noqa: B009 - one of `_SCALABLE`
        past = self.past.get(key, Past())
        seen = horizontal.Observed(
            target=horizontal.Target(
                kind=scaled.KIND,
                name=scaled.name,
                size=1 if size is None else size,
                observed=getattr(scaled, "status").replicas,  # noqa: B009
                selector=_selector(scaled),
            ),
            pods=pods,
            metrics=self._metrics(view, pods),
            past=past,
            now=view.now,
        )
        done = horizontal.recommend(found, seen)
        memory = simulate.memory(found.spec.behavior)
        self.past[key] = simulate.remember(past, done, view.now, memory)
        yield from _written(found, scaled, done)
        yield from _reported(view, found, seen.target, done)

    def _target(self, view: View, found: HorizontalPodAutoscaler) -> tuple[KubeObject, list[Pod]] | None:
        reference = found.spec.scale_target_ref
        kind = _SCALABLE.get(reference.kind)
        scaled = view.store.find(kind, found.namespace, reference.name) if kind is not None else None
        if scaled is None:
            return None
        selector = _selector(scaled)
        labels = (selector.match_labels if selector else None) or {}
        return scaled, view.store.labelled(Pod, found.namespace, labels) if labels else []

    def _metrics(self, view: View, pods: Sequence[Pod]) -> Metrics:
        if not self.loads.measured:
            return Metrics()
        usages = [
            PodUsage(
                pod=pod.name,
                timestamp=view.stamp,
                window="15s",
                containers=self.loads.usage(view.store, pod),
            )
            for pod in pods
            if pod.status.phase == "Running" and not readiness.is_terminating(pod)
        ]
        return Metrics(resource=usages)


def _selector(scaled: KubeObject) -> LabelSelector | None:
    found: LabelSelector | None = getattr(scaled, "spec").selector  # noqa: B009
    return found


def _written(found: HorizontalPodAutoscaler, scaled: KubeObject, done: horizontal.Pass) -> Iterator[Action]:
    if not done.rescaled:
        return
    way = "above" if done.desired > done.size else "below"
    metric = next((each.name for each in done.read), "cpu")
    reason = {
        "aboveMaximum": "Current number of replicas above Spec.MaxReplicas",
        "belowMinimum": "Current number of replicas below Spec.MinReplicas",
    }.get(done.how)
    if reason is None:
        above = f"{metric} resource utilization (percentage of request) above target"
        reason = above if way == "above" else "All metrics below target"
    facts = {"autoscaler": found.name, "before": done.size, "after": done.desired, "reason": reason}
    spec = replace(getattr(scaled, "spec"), replicas=done.desired)  # noqa: B009
    did = f"scale {scaled.KIND} {scaled.name} from {done.size} to {done.desired}"
    yield Update(replace(scaled, spec=spec), Why(rule="cluster.autoscaler.scale", did=did, facts=facts))
    yield Say(ref_of(found), "SuccessfulRescale", f"New size: {done.desired}; reason: {reason}")


def _reported(
    view: View, found: HorizontalPodAutoscaler, target: horizontal.Target, done: horizontal.Pass
) -> Iterator[Action]:
    known = {each.type: each for each in found.status.conditions or ()}
    conditions: list[dict[str, Any]] = []
    for type_, status, reason in done.conditions:
        before = known.get(type_)
        same = before is not None and before.status == status
        conditions.append(
            {
                "type": type_,
                "status": status,
                "reason": reason,
                "lastTransitionTime": before.last_transition_time if before and same else view.stamp,
            }
        )
    written = {
        "currentReplicas": target.observed,
        "desiredReplicas": done.desired,
        "conditions": conditions,
        "currentMetrics": [each.current for each in done.read if each.current is not None],
    }
    typed = replace(found, status=_typed(conditions))
    if typed != found or view.store.rest(ref_of(found)).get("status") != written:
        yield Update(typed, status=written)


def _typed(conditions: Sequence[Mapping[str, Any]]) -> HorizontalPodAutoscalerStatus:
    return msgspec.convert({"conditions": list(conditions)}, HorizontalPodAutoscalerStatus)

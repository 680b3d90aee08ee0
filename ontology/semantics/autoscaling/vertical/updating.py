"""The updater: which pods are changed to what is recommended, and how.

Source: github.com/kubernetes/autoscaler, vertical-pod-autoscaler/docs (v1.5), and
kubernetes.io/docs/concepts/workloads/autoscaling/vertical-pod-autoscale (v1.36).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ontology import instants, quantities, readiness
from ontology.cluster.meta import Quantity
from ontology.cluster.pods import Container, Pod
from ontology.semantics.autoscaling.vertical.recommendation import Bounds

MODES = ("Off", "Initial", "Recreate", "InPlaceOrRecreate", "InPlace", "Auto")
_IN_PLACE = frozenset({"InPlaceOrRecreate", "InPlace"})
_SIGNIFICANT = 0.1
_PATIENCE = 12 * 3600
_QUICK_OOM = 600
_TOLERANCE = 0.5

Controller = tuple[str, str, str]
"""Kind, namespace and name of what owns a pod."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to a pod: `none`, `evict` or `resize`, and why."""

    pod: str
    action: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Distance:
    """How far a pod's requests are from the recommendation: `share` of the target, all containers added."""

    outside: bool
    grows: bool
    share: float


@dataclass(slots=True, kw_only=True)
class _Group:
    """The pods of one controller: how many there should be, are and run, and are disrupted in this pass."""

    configured: int
    live: int
    running: int
    disrupted: int = 0

    @property
    def bears_another(self) -> bool:
        """Whether one more may go: more than half of them stay, or it is the only one while all run."""
        tolerance = int(self.configured * _TOLERANCE)
        staying = self.running - self.disrupted
        only = tolerance == 0 and self.configured == self.running and self.disrupted == 0
        return only or staying > self.configured - tolerance


def changes(  # noqa: PLR0913 - what a pass depends on, by name
    pods: Sequence[Pod],
    recommended: Mapping[str, Mapping[str, Bounds]],
    *,
    mode: str,
    min_replicas: int,
    now: int,
    sizes: Mapping[Controller, int],
) -> list[Change]:
    """Return what the updater does with each pod in one pass.

    A controller's pods are left alone where they are too few; of enough at most half are changed at a time,
    but always one: those that are to grow first, then the farthest off. `sizes` says how many pods a
    controller should have; of one that is not there all pods count, and so they do where none has one.
    """
    distances = [_distance(pod, recommended) for pod in pods]
    found = [
        _change(pod, distance, recommended, mode, now) for pod, distance in zip(pods, distances, strict=True)
    ]
    groups = _groups(pods, sizes)
    acting = [place for place, each in enumerate(found) if each.action != "none"]
    for place in sorted(acting, key=lambda each: (not distances[each].grows, -distances[each].share)):
        held = _held(pods[place], groups[_controller(pods[place])], found[place].action, min_replicas)
        if held:
            found[place] = replace(found[place], action="none", reason=held)
    return found


def _groups(pods: Sequence[Pod], sizes: Mapping[Controller, int]) -> dict[Controller | None, _Group]:
    mine: dict[Controller | None, list[Pod]] = defaultdict(list)
    for pod in pods:
        if readiness.is_active(pod):
            mine[_controller(pod)].append(pod)
    return {
        controller: _Group(
            configured=len(live) if controller is None else sizes.get(controller, len(live)),
            live=len(live),
            running=sum(pod.status.phase != "Pending" for pod in live),
        )
        for controller, live in mine.items()
    }


def _controller(pod: Pod) -> Controller | None:
    owner = pod.metadata.controller
    return None if owner is None else (owner.kind, pod.namespace, owner.name)


def _held(pod: Pod, group: _Group, action: str, min_replicas: int) -> str:
    """Return why a pod is not changed in this pass, empty if it is: then it counts as disrupted."""
    if group.live < min_replicas:
        return "tooFewReplicas"
    if pod.status.phase == "Pending":  # nothing runs that an eviction would disrupt, or that could be resized
        return "" if action == "evict" else "pending"
    if not group.bears_another:
        return "evictionTolerance"
    group.disrupted += 1
    return ""


def _change(
    pod: Pod,
    distance: _Distance,
    recommended: Mapping[str, Mapping[str, Bounds]],
    mode: str,
    now: int,
) -> Change:
    if mode in {"Off", "Initial"}:
        return Change(pod=pod.name, action="none", reason=mode.lower())
    if not readiness.is_active(pod):
        return Change(pod=pod.name, action="none", reason="notLive")
    started = instants.parse(pod.status.start_time) if pod.status.start_time else now
    old = now - started >= _PATIENCE * instants.SECOND
    if distance.outside:
        reason = "outsideBounds"
    elif distance.share and _was_killed_soon(pod, recommended):
        reason = "quickOOM"
    elif old and distance.share >= _SIGNIFICANT:
        reason = "significant"
    else:
        return Change(pod=pod.name, action="none", reason="withinBounds")
    return Change(pod=pod.name, action="resize" if mode in _IN_PLACE else "evict", reason=reason)


def _was_killed_soon(pod: Pod, recommended: Mapping[str, Mapping[str, Bounds]]) -> bool:
    """Whether a container last ran out of memory less than ten minutes after its start."""
    for status in pod.status.container_statuses or ():
        last = status.last_state.terminated
        if last is None or last.reason != "OOMKilled" or not recommended.get(status.name):
            continue
        if last.started_at is None or last.finished_at is None:
            continue
        lasted = instants.parse(last.finished_at) - instants.parse(last.started_at)
        if lasted < _QUICK_OOM * instants.SECOND:
            return True
    return False


def resources(
    pod: Pod, recommended: Mapping[str, Mapping[str, Bounds]], scaling: Mapping[str, bool]
) -> dict[str, dict[str, dict[str, int]]]:
    """Return by container the requests and limits that a changed pod gets, in millicores or bytes.

    Where `scaling` says so a limit keeps its proportion to the request; without a request it was the request.
    """
    found = {}
    for container in pod.spec.containers or ():
        bounds = recommended.get(container.name, {})
        limits = {}
        for resource, each in bounds.items():
            limit = _amount(container.resources.limits, resource)
            request = request_of(container, resource) or limit
            if limit is not None and request and scaling.get(container.name, True):
                limits[resource] = limit * each.target // request
        if bounds:
            requests = {resource: each.target for resource, each in bounds.items()}
            found[container.name] = {"requests": requests, "limits": limits}
    return found


def _distance(pod: Pod, recommended: Mapping[str, Mapping[str, Bounds]]) -> _Distance:
    outside = grows = False
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for container in pod.spec.containers or ():
        for resource, bounds in recommended.get(container.name, {}).items():
            request = request_of(container, resource)
            outside |= request is None or not bounds.lower <= request <= bounds.upper
            grows |= request is None or request < bounds.target
            totals[resource][0] += request or 0
            totals[resource][1] += bounds.target
    share = sum(abs(want - have) / max(have, 1) for have, want in totals.values())
    return _Distance(outside=outside, grows=grows, share=share)


def request_of(container: Container, resource: str) -> int | None:
    """Return what a container requests in millicores or bytes, None where it requests nothing."""
    return _amount(container.resources.requests, resource)


def _amount(amounts: Mapping[str, Quantity] | None, resource: str) -> int | None:
    amount = (amounts or {}).get(resource)
    if amount is None:
        return None
    return quantities.millis(amount) if resource == "cpu" else quantities.value(amount)

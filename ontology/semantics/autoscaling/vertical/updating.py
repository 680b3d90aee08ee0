"""The updater: which pods are changed to what is recommended, and how.

Source: github.com/kubernetes/autoscaler, vertical-pod-autoscaler/docs (v1.5), and
kubernetes.io/docs/concepts/workloads/autoscaling/vertical-pod-autoscale (v1.36).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ontology import instants, quantities
from ontology.cluster.meta import Quantity
from ontology.cluster.pods import Container, Pod
from ontology.semantics.autoscaling.vertical.recommendation import Bounds

MODES = ("Off", "Initial", "Recreate", "InPlaceOrRecreate", "InPlace", "Auto")
_IN_PLACE = frozenset({"InPlaceOrRecreate", "InPlace"})
_SIGNIFICANT = 0.1
_PATIENCE = 12 * 3600
_TOLERANCE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to a pod: `none`, `evict`, `resize` or `initial`, and why."""

    pod: str
    action: str
    reason: str


def changes(
    pods: Sequence[Pod],
    recommended: Mapping[str, Mapping[str, Bounds]],
    *,
    mode: str,
    min_replicas: int,
    now: int,
) -> list[Change]:
    """Return what the updater does with each pod in one pass.

    Too few replicas are left alone; of enough at most half are changed at a time, but always one: those
    outside their bounds first, the farthest off first.
    """
    distances = [_distance(pod, recommended) for pod in pods]
    found = [_change(pod, distance, mode, now) for pod, distance in zip(pods, distances, strict=True)]
    acting = [place for place, each in enumerate(found) if each.action != "none"]
    if len(pods) < min_replicas:
        waiting, reason = acting, "tooFewReplicas"
    else:
        acting.sort(key=lambda place: (not distances[place][0], -distances[place][1]))
        waiting, reason = acting[max(1, int(len(pods) * _TOLERANCE)) :], "evictionTolerance"
    for place in waiting:
        found[place] = replace(found[place], action="none", reason=reason)
    return found


def _change(pod: Pod, distance: tuple[bool, float], mode: str, now: int) -> Change:
    outside, difference = distance
    if mode in {"Off", "Initial"}:
        return Change(pod=pod.name, action="none", reason=mode.lower())
    if not outside:
        started = instants.parse(pod.status.start_time) if pod.status.start_time else now
        old = now - started >= _PATIENCE * instants.SECOND
        if difference < _SIGNIFICANT or not old:
            return Change(pod=pod.name, action="none", reason="withinBounds")
    action = "resize" if mode in _IN_PLACE else "evict"
    return Change(pod=pod.name, action=action, reason="outsideBounds" if outside else "significant")


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


def _distance(pod: Pod, recommended: Mapping[str, Mapping[str, Bounds]]) -> tuple[bool, float]:
    """Return whether a request is outside its bounds, and how far all are from the target, as a share."""
    outside = False
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for container in pod.spec.containers or ():
        for resource, bounds in recommended.get(container.name, {}).items():
            request = request_of(container, resource)
            outside |= request is None or not bounds.lower <= request <= bounds.upper
            totals[resource][0] += request or 0
            totals[resource][1] += bounds.target
    return outside, sum(abs(want - have) / max(have, 1) for have, want in totals.values())


def request_of(container: Container, resource: str) -> int | None:
    """Return what a container requests in millicores or bytes, None where it requests nothing."""
    return _amount(container.resources.requests, resource)


def _amount(amounts: Mapping[str, Quantity] | None, resource: str) -> int | None:
    amount = (amounts or {}).get(resource)
    if amount is None:
        return None
    return quantities.millis(amount) if resource == "cpu" else quantities.value(amount)

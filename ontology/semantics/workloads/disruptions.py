"""Disruption budgets: how many of some pods may be evicted, and whether this one may.

Source: kubernetes.io/docs/concepts/workloads/pods/disruptions and
kubernetes.io/docs/tasks/run-application/configure-pdb (v1.36).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ontology import readiness
from ontology.cluster.pods import Pod
from ontology.cluster.policies import PodDisruptionBudget
from ontology.semantics.workloads.bounds import scaled

_ALWAYS = "AlwaysAllow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a budget leaves: pods expected, wanted healthy, healthy, and how many may go."""

    expected: int
    desired: int
    healthy: int

    @property
    def allowed(self) -> int:
        """How many pods may be evicted now."""
        return max(0, self.healthy - self.desired) if self.expected else 0


def room(budget: PodDisruptionBudget, pods: Iterable[Pod], wanted: int) -> Room:
    """Return what `budget` leaves of the pods that it selects; `wanted` is how many their owners want.

    Shares and `maxUnavailable` are of what the owners want, so pods without an owner do not count for them.

    Raises:
        InvalidObjectError: a bound that is neither a number nor a percentage.
    """
    selected = list(pods)
    spec = budget.spec
    healthy = sum(
        readiness.is_ready(pod) and not readiness.is_terminating(pod) and not _is_disrupted(budget, pod)
        for pod in selected
    )
    if spec.max_unavailable is not None:
        going = scaled(spec.max_unavailable, wanted, up=True, field="maxUnavailable")
        return Room(expected=wanted, desired=max(0, wanted - going), healthy=healthy)
    if isinstance(spec.min_available, str):
        desired = scaled(spec.min_available, wanted, up=True, field="minAvailable")
        return Room(expected=wanted, desired=desired, healthy=healthy)
    least = spec.min_available if spec.min_available is not None else 1
    return Room(expected=len(selected), desired=least, healthy=healthy)


def may_evict(budget: PodDisruptionBudget, pod: Pod) -> bool:
    """Whether the budget, as its status says, lets a pod go that it selects.

    One that serves nobody costs nothing where the budget is met, or always if its policy says so.
    """
    status = budget.status
    if pod.status.phase == "Pending" or readiness.is_finished(pod) or readiness.is_terminating(pod):
        return True
    if not readiness.is_ready(pod):
        met = status.current_healthy >= status.desired_healthy and status.desired_healthy > 0
        if met or budget.spec.unhealthy_pod_eviction_policy == _ALWAYS:
            return True
    return status.disruptions_allowed > 0


def _is_disrupted(budget: PodDisruptionBudget, pod: Pod) -> bool:
    """Whether the pod was let go already, and is only not marked as going yet."""
    return pod.name in (budget.status.disrupted_pods or {})

"""The eviction API: deletes a pod if its disruption budget has room, and says no (429) otherwise.

Source: kubernetes.io/docs/concepts/scheduling-eviction/api-eviction (v1.36).
"""

from msgspec.structs import replace

from ontology.cluster.meta import Condition
from ontology.cluster.pods import Pod
from ontology.semantics.workloads import disruptions
from ontology.walkthroughs.cluster.controllers.disruption import budgets_of
from ontology.walkthroughs.cluster.kinds import ref_of
from ontology.walkthroughs.cluster.loop import Loop
from ontology.walkthroughs.cluster.refusals import RefusedError

_TOO_MANY, _INTERNAL = 429, 500


def evict(loop: Loop, pod: Pod) -> None:
    """Evict a pod.

    Raises:
        RefusedError: 429 where it would break its budget, 500 where it has several.
    """
    budgets = budgets_of(loop.store, pod)
    if len(budgets) > 1:
        why = (
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
        )
        raise RefusedError(_INTERNAL, "InternalError", why)
    for budget in budgets:
        status = budget.status
        if not disruptions.may_evict(budget, pod):
            raise RefusedError(
                _TOO_MANY,
                "TooManyRequests",
                "Cannot evict pod as it would violate the pod's disruption budget. The disruption budget"
                f" {budget.name} needs {status.desired_healthy} healthy pods and has"
                f" {status.current_healthy} currently",
            )
        taken = replace(
            status,
            disruptions_allowed=max(0, status.disruptions_allowed - 1),
            disrupted_pods={**(status.disrupted_pods or {}), pod.name: loop.clock.stamp},
        )
        loop.api.update(replace(budget, status=taken))
    target = Condition(
        type="DisruptionTarget",
        status="True",
        reason="EvictionByEvictionAPI",
        message="Eviction API: evicting",
        last_transition_time=loop.clock.stamp,
    )
    conditions = [*(pod.status.conditions or ()), target]
    loop.api.update(replace(pod, status=replace(pod.status, conditions=conditions)))
    loop.api.delete(ref_of(pod))

"""Recreate: all old pods go before the first new one comes.

Source: kubernetes.io/docs/concepts/workloads/controllers/deployment (Recreate Deployment, v1.36).
"""

from ontology import readiness
from ontology.semantics.workloads.deployments import history
from ontology.semantics.workloads.deployments.rollout import Rollout


def recreate(rollout: Rollout) -> None:
    """Go on: scale the old ones down, wait until their pods are gone, create the new one."""
    old = rollout.active(rollout.old)
    if old:
        for each in old:
            rollout.scale(each, 0)
        rollout.say("workloads.recreate", False, names=tuple(each.name for each in old))
        return
    waiting = _still_running(rollout)
    if waiting:
        rollout.say("workloads.recreateWaits", False, names=waiting)
        return
    if rollout.new is None:
        rollout.create(rollout.bounds.replicas)
    else:
        rollout.scale(rollout.new, rollout.bounds.replicas)
    rollout.say("workloads.recreate", True, names=(rollout.new.name,) if rollout.new else ())
    if rollout.complete_before():
        history.clean(rollout)


def _still_running(rollout: Rollout) -> tuple[str, ...]:
    """Return old ReplicaSets that report pods, and pods of theirs that are not finished."""
    reporting = tuple(each.name for each in rollout.old if each.status.replicas > 0)
    owners = {each.metadata.uid for each in rollout.old}
    return reporting + tuple(
        pod.name
        for pod in rollout.pods
        if pod.namespace == rollout.deployment.namespace
        and pod.metadata.controller is not None
        and pod.metadata.controller.uid in owners
        and not readiness.is_finished(pod)
    )

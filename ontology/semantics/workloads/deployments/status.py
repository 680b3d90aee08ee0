"""Status and conditions after a pass: what the ReplicaSets' status adds up to, and whether it moves.

Source: kubernetes.io/docs/concepts/workloads/controllers/deployment (Deployment status, v1.36).
"""

from collections.abc import Iterable

from ontology.cluster.workloads import ReplicaSet
from ontology.semantics.workloads import progress
from ontology.semantics.workloads.deployments.replica_sets import size
from ontology.semantics.workloads.deployments.rollout import Rollout


def summed(rollout: Rollout) -> dict[str, int | None]:
    """Add up the ReplicaSets' status, and set Available."""
    every = rollout.all
    created = rollout.writes.created
    sizes = sum(size(each) for each in every) + (created.replicas if created else 0)
    available = sum(each.status.available_replicas for each in every)
    enough = available >= rollout.bounds.available
    reason = "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable"
    rollout.conditions.set("Available", str(enough), reason)
    rollout.say("workloads.available", enough, available=available, needed=rollout.bounds.available)
    return {
        "replicas": sum(each.status.replicas for each in every),
        "updatedReplicas": rollout.new.status.replicas if rollout.new else 0,
        "readyReplicas": sum(each.status.ready_replicas for each in every),
        "availableReplicas": available,
        "unavailableReplicas": max(0, sizes - available),
        "terminatingReplicas": _terminating(every),
    }


def of_rollout(rollout: Rollout) -> dict[str, int | None]:
    """Return the status, and judge progress."""
    status = summed(rollout)
    steps = progress.judge(rollout.conditions, rollout.deployment, status, rollout.bounds.replicas)
    rollout.writes.steps.extend(steps)
    failure = next(
        (
            each
            for replica_set in ([rollout.new] if rollout.new else []) + rollout.all
            for each in replica_set.status.conditions or ()
            if each.type == "ReplicaFailure"
        ),
        None,
    )
    if failure is None:
        rollout.conditions.remove("ReplicaFailure")
    else:
        rollout.conditions.set(failure.type, failure.status, failure.reason)
        rollout.say("workloads.replicaFailure", True, reason=failure.reason)
    return status


def _terminating(replica_sets: Iterable[ReplicaSet]) -> int | None:
    """Add up terminating pods; None while a ReplicaSet that has been observed does not report them."""
    total = 0
    for each in replica_sets:
        number = each.status.terminating_replicas
        if number is None and each.status.observed_generation:
            return None
        total += number or 0
    return total

"""RollingUpdate: the new ReplicaSet grows and the old ones shrink within the bounds.

Source: kubernetes.io/docs/concepts/workloads/controllers/deployment (Rolling update Deployment, v1.36).
"""

from collections.abc import Sequence

from ontology.cluster.workloads import ReplicaSet
from ontology.semantics.workloads.deployments import history
from ontology.semantics.workloads.deployments.replica_sets import size
from ontology.semantics.workloads.deployments.rollout import Rollout


class _InvalidScaleDownError(Exception):
    """An old ReplicaSet reports more available pods than it has: the controller gives the pass up."""


def roll(rollout: Rollout) -> None:
    """Go on with the rollout; clean up the history once there was nothing left to do."""
    if rollout.new is None:
        rollout.create(_room(rollout))
    if not _grow(rollout) and not _shrink(rollout) and rollout.complete_before():
        history.clean(rollout)


def _room(rollout: Rollout) -> int:
    """Return how much the new ReplicaSet may grow."""
    have = rollout.new_size()
    free = rollout.bounds.maximum - rollout.total()
    return max(0, min(free, rollout.bounds.replicas - have))


def _grow(rollout: Rollout) -> bool:
    """Scale the new ReplicaSet towards its size; whether that changed anything."""
    new = rollout.new
    if new is None or size(new) == rollout.bounds.replicas:
        return False
    to = rollout.bounds.replicas if size(new) > rollout.bounds.replicas else size(new) + _room(rollout)
    total, before = rollout.total(), size(new)
    changed = rollout.scale(new, to)
    rollout.say(
        "workloads.surge",
        changed,
        name=new.name,
        size=before,
        total=total,
        maximum=rollout.bounds.maximum,
        replicas=rollout.bounds.replicas,
        surge=rollout.bounds.surge,
        to=to,
    )
    return changed


def _shrink(rollout: Rollout) -> bool:
    """Scale old ReplicaSets down as far as availability allows; whether that changed anything."""
    old = rollout.active(rollout.old)
    if not old:
        return False
    new_missing = rollout.new_size() - (rollout.new.status.available_replicas if rollout.new else 0)
    total = rollout.total()
    allowed = total - rollout.bounds.available - new_missing
    facts = {
        "total": total,
        "replicas": rollout.bounds.replicas,
        "unavailable": rollout.bounds.unavailable,
        "newMissing": new_missing,
        "allowed": allowed,
    }
    rollout.say("workloads.maxUnavailable", allowed > 0, **facts)
    if allowed <= 0:
        return False
    try:
        cleaned = _drop_unhealthy(rollout, old, allowed)
    except _InvalidScaleDownError:
        return False
    return cleaned + _drop_healthy(rollout, old) > 0


def _drop_unhealthy(rollout: Rollout, old: Sequence[ReplicaSet], allowed: int) -> int:
    dropped = 0
    for each in old:
        unhealthy = rollout.size_of(each) - each.status.available_replicas
        if dropped >= allowed or unhealthy == 0:
            continue
        if unhealthy < 0:
            rollout.say("workloads.invalidStatus", False, name=each.name)
            raise _InvalidScaleDownError
        number = min(allowed - dropped, unhealthy)
        rollout.scale(each, rollout.size_of(each) - number)
        dropped += number
        rollout.say("workloads.unhealthyFirst", True, name=each.name, number=number, to=rollout.size_of(each))
    return dropped


def _drop_healthy(rollout: Rollout, old: Sequence[ReplicaSet]) -> int:
    counted = [*old, *([rollout.new] if rollout.new else [])]
    available = sum(each.status.available_replicas for each in counted)
    spare, dropped = available - rollout.bounds.available, 0
    for each in old:
        number = min(rollout.size_of(each), spare - dropped)
        if number > 0:
            rollout.scale(each, rollout.size_of(each) - number)
            dropped += number
            facts = {"available": available, "needed": rollout.bounds.available}
            rollout.say(
                "workloads.scaleOld", True, name=each.name, number=number, to=rollout.size_of(each), **facts
            )
    return dropped

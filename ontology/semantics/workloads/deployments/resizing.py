"""When the Deployment's own size has changed, or it is paused: sizes follow without the rollout going on.

Source: kubernetes.io/docs/concepts/workloads/controllers/deployment (Proportional scaling, v1.36).
"""

from decimal import ROUND_HALF_UP, Decimal

from ontology.cluster.workloads import ReplicaSet
from ontology.semantics.workloads.deployments.replica_sets import (
    DESIRED,
    MAXIMUM,
    annotation,
    by_age,
    recreates,
    size,
)
from ontology.semantics.workloads.deployments.rollout import Rollout


def resized(rollout: Rollout) -> bool:
    """Whether an active ReplicaSet was last written for another size of the Deployment."""
    for each in rollout.active(rollout.all):
        recorded = annotation(each, DESIRED)
        if recorded is not None and recorded != rollout.bounds.replicas:
            rollout.say(
                "workloads.resized", True, name=each.name, recorded=recorded, wanted=rollout.bounds.replicas
            )
            return True
    return False


def resize(rollout: Rollout) -> None:
    """Scale to the Deployment's size without going on with the rollout."""
    active = rollout.active(rollout.all)
    if len(active) <= 1:
        youngest = rollout.old[-1] if rollout.old else None
        only = active[0] if active else rollout.new or youngest
        if only is not None and rollout.scale(only, rollout.bounds.replicas):
            rollout.say("workloads.resizeOne", True, name=only.name, to=rollout.bounds.replicas)
    elif _saturated(rollout):
        for each in rollout.active(rollout.old):
            rollout.scale(each, 0)
        rollout.say("workloads.saturated", True, name=rollout.new.name if rollout.new else "")
    elif not recreates(rollout.deployment):
        _resize_in_proportion(rollout, active)


def _saturated(rollout: Rollout) -> bool:
    new, replicas = rollout.new, rollout.bounds.replicas
    if new is None:
        return False
    return size(new) == annotation(new, DESIRED) == new.status.available_replicas == replicas


def _resize_in_proportion(rollout: Rollout, active: list[ReplicaSet]) -> None:
    allowed = rollout.bounds.maximum if rollout.bounds.replicas else 0
    to_add = allowed - sum(size(each) for each in active)
    # equal sizes: the youngest first to grow, the oldest first to shrink
    active = sorted(active, key=by_age, reverse=to_add > 0)
    active.sort(key=size, reverse=True)
    added = 0
    targets: dict[str, int] = {}
    for each in active:
        share = _share(rollout, each, to_add, added)
        targets[each.name] = size(each) + share
        added += share
    largest = active[0].name
    targets[largest] = max(0, targets[largest] + to_add - added)
    for each in active:
        rollout.scale(each, targets[each.name], annotate=True)
        rollout.say(
            "workloads.proportionalScaling",
            True,
            name=each.name,
            size=size(each),
            maximum=rollout.bounds.maximum,
            before=annotation(each, MAXIMUM) or rollout.deployment.status.replicas,
            to=targets[each.name],
        )


def _share(rollout: Rollout, replica_set: ReplicaSet, to_add: int, added: int) -> int:
    """Return what one ReplicaSet gains (or loses) of what is left."""
    left = to_add - added
    if not to_add or not left:
        return 0
    fraction = _fraction(rollout, replica_set)
    return min(fraction, left) if to_add > 0 else max(fraction, left)


def _fraction(rollout: Rollout, replica_set: ReplicaSet) -> int:
    if rollout.bounds.replicas == 0:
        return -size(replica_set)
    before = annotation(replica_set, MAXIMUM) or rollout.deployment.status.replicas
    if before == 0:
        return 0
    share = Decimal(size(replica_set) * rollout.bounds.maximum) / Decimal(before)
    return int(share.to_integral_value(ROUND_HALF_UP)) - size(replica_set)

"""Old ReplicaSets that are kept to roll back to, and those that go.

Source: kubernetes.io/docs/concepts/workloads/controllers/deployment (Clean up Policy, v1.36).
"""

from functools import cmp_to_key

from ontology.cluster.workloads import ReplicaSet
from ontology.semantics.workloads.deployments.replica_sets import REVISION, annotation, by_age, size
from ontology.semantics.workloads.deployments.rollout import Rollout

_UNLIMITED = 2**31 - 1
_DEFAULT_HISTORY = 10


def clean(rollout: Rollout) -> None:
    """Delete old ReplicaSets beyond the history limit, the lowest revision first."""
    limit = rollout.deployment.spec.revision_history_limit
    limit = _DEFAULT_HISTORY if limit is None else limit
    alive = [each for each in rollout.old if each.metadata.deletion_timestamp is None]
    beyond = sorted(alive, key=cmp_to_key(_compare_revisions))[: max(0, len(alive) - limit)]
    for each in beyond if limit != _UNLIMITED else ():
        observed = (each.metadata.generation or 0) <= each.status.observed_generation
        idle = each.status.replicas == 0 and size(each) == 0 and observed
        if idle:
            rollout.writes.delete.append(each.name)
        rollout.say("workloads.history", idle, name=each.name, limit=limit, old=len(alive))


def _compare_revisions(one: ReplicaSet, other: ReplicaSet) -> int:
    """Return below 0 if `one` is the earlier; where a revision cannot be read, age decides."""
    if _readable(one) and _readable(other):
        difference = (annotation(one, REVISION) or 0) - (annotation(other, REVISION) or 0)
        if difference:
            return difference
    return -1 if by_age(one) < by_age(other) else 1


def _readable(replica_set: ReplicaSet) -> bool:
    """Whether the revision is a number or, which counts as 0, missing."""
    recorded = (replica_set.metadata.annotations or {}).get(REVISION)
    return recorded is None or annotation(replica_set, REVISION) is not None

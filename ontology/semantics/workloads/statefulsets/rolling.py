"""The update of a StatefulSet: from the highest ordinal down to the partition, one pod at a time.

Source: kubernetes.io/docs/concepts/workloads/controllers/statefulset (Update strategies, v1.36).
"""

from typing import Any

from ontology import readiness
from ontology.semantics.workloads.statefulsets.members import Members


def roll(members: Members) -> int:
    """Delete at most one pod of an older revision, from the top; return how many were deleted."""
    strategy = members.set.spec.update_strategy
    if strategy.type == "OnDelete":
        outdated = [pod for pod in members.replicas if members.is_outdated(pod)]
        if outdated:
            members.say("workloads.onDelete", True, pods=tuple(pod.name for pod in outdated))
        return 0
    partition = (strategy.rolling_update.partition or 0) if strategy.rolling_update else 0
    for place in range(len(members.replicas) - 1, partition - 1, -1):
        pod = members.replicas[place]
        facts: dict[str, Any] = {
            "pod": pod.name,
            "revision": members.revisions.update,
            "partition": partition,
        }
        if members.is_outdated(pod) and not readiness.is_terminating(pod):
            members.writes.delete.add(pod.name)
            members.say("workloads.statefulUpdate", True, **facts)
            return 1
        if members.is_unavailable(pod):
            members.say("workloads.statefulUpdate", False, **facts)
            return 0
    held = tuple(pod.name for pod in members.replicas[:partition] if members.is_outdated(pod))
    if held:
        members.say("workloads.partition", True, partition=partition, pods=held)
    return 0

"""Claims of a StatefulSet's pods: created before the pod, owned by what will go.

Source: kubernetes.io/docs/concepts/workloads/controllers/statefulset (Stable Storage, v1.36).
"""

from ontology.cluster.pods import Pod
from ontology.semantics.workloads import retention
from ontology.semantics.workloads.statefulsets.identity import ordinal
from ontology.semantics.workloads.statefulsets.members import FailedPassError, Members


def owners_match(members: Members, pod: Pod) -> bool:
    """Whether the owners of a pod's claims need no writing."""
    condemned = ordinal(pod) not in members.wanted
    return all(
        retention.settled(members.writes.owners[name], members.set, pod, condemned=condemned)
        for name in members.claims_of(pod).values()
        if name in members.writes.owners
    )


def complete(members: Members, pod: Pod) -> None:
    """Create the claims of a pod that are not there, and set the owners of all."""
    create(members, pod)
    set_owners(members, pod)


def create(members: Members, pod: Pod) -> None:
    """Create the claims of a pod that are not there.

    Raises:
        FailedPassError: one of them is being deleted; the others are created nevertheless.
    """
    leaving = []
    for name in members.claims_of(pod).values():
        existing = members.writes.claims.get(name)
        if existing is not None and existing.metadata.deletion_timestamp is not None:
            leaving.append(name)
        elif name not in members.writes.owners:
            members.writes.owners[name] = ()
            members.writes.claims_created.add(name)
            members.say("workloads.claim", True, pod=pod.name, claim=name)
    if leaving:
        members.say("workloads.claim", False, pod=pod.name, claim=tuple(leaving))
        raise FailedPassError


def set_owners(members: Members, pod: Pod) -> None:
    """Make a pod's claims owned by what the retention policy says."""
    condemned = ordinal(pod) not in members.wanted
    for name in members.claims_of(pod).values():
        owners = members.writes.owners.get(name)
        if owners is None or retention.settled(owners, members.set, pod, condemned=condemned):
            continue
        after = retention.owned(owners, members.set, pod, condemned=condemned)
        members.writes.owners[name] = after
        policy = members.set.spec.persistent_volume_claim_retention_policy
        members.say(
            "workloads.claimRetention",
            True,
            claim=name,
            owners=tuple(f"{each.kind}/{each.name}" for each in after) or None,
            whenScaled=policy.when_scaled or "Retain",
            whenDeleted=policy.when_deleted or "Retain",
        )

"""Who owns the claims of a StatefulSet: `persistentVolumeClaimRetentionPolicy` as owner references.

The controller deletes no claim. It makes a claim owned by what will go, and garbage collection follows.

Source: kubernetes.io/docs/concepts/workloads/controllers/statefulset
(PersistentVolumeClaim retention, v1.36).
"""

from collections.abc import Sequence

from ontology.cluster.meta import KubeObject, OwnerReference
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import StatefulSet

_DELETE = "Delete"
Owners = tuple[OwnerReference, ...]


def deletes_when_scaled(stateful_set: StatefulSet) -> bool:
    """Whether the claims of a pod that is scaled away go with it."""
    return stateful_set.spec.persistent_volume_claim_retention_policy.when_scaled == _DELETE


def deletes_when_deleted(stateful_set: StatefulSet) -> bool:
    """Whether the claims go with the set."""
    return stateful_set.spec.persistent_volume_claim_retention_policy.when_deleted == _DELETE


def names(owner: OwnerReference, found: KubeObject) -> bool:
    """Whether a reference means an object of this kind and name, whatever its uid."""
    return (owner.api_version, owner.kind, owner.name) == (found.API[0], found.KIND, found.name)


def stale(owners: Sequence[OwnerReference], found: KubeObject) -> bool:
    """Whether the first reference to an object of this name means an earlier one (another uid)."""
    first = next((each for each in owners if names(each, found)), None)
    return first is not None and first.uid != found.metadata.uid


def settled(
    owners: Sequence[OwnerReference], stateful_set: StatefulSet, pod: Pod, *, condemned: bool
) -> bool:
    """Whether a claim's owners need no writing.

    A reference to an earlier set or pod of the same name is left to the garbage collector.
    """
    if stale(owners, stateful_set) or stale(owners, pod):
        return True
    mine, of_pod = (_refers(owners, each) for each in (stateful_set, pod))
    if _foreign(owners, stateful_set, pod):
        return not (mine or of_pod)
    if _uncontrolled(owners, stateful_set, pod):
        return False
    by_pod = deletes_when_scaled(stateful_set) and condemned
    return of_pod == by_pod and mine == (deletes_when_deleted(stateful_set) and not by_pod)


def owned(
    owners: Sequence[OwnerReference], stateful_set: StatefulSet, pod: Pod, *, condemned: bool
) -> Owners:
    """Return the owners as the policy wants them: foreign ones first, then at most one of ours."""
    kept = tuple(each for each in owners if not (names(each, stateful_set) or names(each, pod)))
    if _foreign(owners, stateful_set, pod):
        return kept
    if deletes_when_scaled(stateful_set) and condemned:
        return (*kept, _reference(pod))
    if deletes_when_deleted(stateful_set):
        return (*kept, _reference(stateful_set))
    return kept


def _foreign(owners: Sequence[OwnerReference], stateful_set: StatefulSet, pod: Pod) -> bool:
    """Whether somebody else controls the claim; with Retain for both it does not matter who."""
    if not (deletes_when_scaled(stateful_set) or deletes_when_deleted(stateful_set)):
        return False
    for each in owners:
        ours = next((found for found in (stateful_set, pod) if names(each, found)), None)
        if ours is not None and each.uid != ours.metadata.uid:
            return True
        if ours is None and each.controller:
            return True
    return False


def _refers(owners: Sequence[OwnerReference], found: KubeObject) -> bool:
    return any(each.uid == found.metadata.uid for each in owners)


def _uncontrolled(owners: Sequence[OwnerReference], stateful_set: StatefulSet, pod: Pod) -> bool:
    ours = {stateful_set.metadata.uid, pod.metadata.uid}
    first = next((each for each in owners if each.uid in ours), None)
    return first is not None and not first.controller


def _reference(found: KubeObject) -> OwnerReference:
    return OwnerReference(
        api_version=found.API[0],
        kind=found.KIND,
        name=found.name,
        uid=found.metadata.uid,
        controller=True,
        block_owner_deletion=True,
    )

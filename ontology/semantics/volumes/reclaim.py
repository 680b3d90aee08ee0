"""Volumes: available, bound, released, and what the reclaim policy makes of them.

Source: kubernetes.io/docs/concepts/storage/persistent-volumes (reclaiming; v1.36).
"""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from ontology.cluster.meta import ObjectReference
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim
from ontology.semantics.volumes.provisioning import HOST_PATH, IN_TREE, MIGRATED
from ontology.semantics.volumes.state import (
    BOUND_BY_CONTROLLER,
    MIGRATED_TO,
    PROVISIONED_BY,
    State,
    annotations,
)
from ontology.verdict import Step


def sync_volume(name: str, state: State) -> None:
    """Do for one volume what the controller does when it sees it."""
    volume = state.volumes[name]
    ref = volume.spec.claim_ref
    if ref is None or not ref.uid:
        # free, or reserved by name for a claim that has not taken it yet
        state.set_volume_phase(name, "Available")
        return
    claim = _claim(ref, state)
    if claim is None:
        _release(volume, ref, state)
    elif not claim.spec.volume_name:
        return  # the claim's own turn decides
    elif claim.spec.volume_name == name:
        state.set_volume_phase(name, "Bound")
    elif PROVISIONED_BY in annotations(volume) and volume.spec.persistent_volume_reclaim_policy == "Delete":
        # made for this claim, which went elsewhere: nobody else waits for it
        _release(volume, ref, state)
    else:
        _unbind(volume, ref, state)


def _claim(ref: ObjectReference, state: State) -> PersistentVolumeClaim | None:
    """Return the claim that a reference means; one of the same name made later is another claim."""
    claim = state.claims.get(f"{ref.namespace}/{ref.name}")
    return claim if claim is not None and claim.metadata.uid == ref.uid else None


def _release(volume: PersistentVolume, ref: ObjectReference, state: State) -> None:
    if volume.status.phase not in ("Released", "Failed"):
        state.set_volume_phase(volume.name, "Released")
    facts = {"volume": volume.name, "claim": ref.name, "policy": volume.spec.persistent_volume_reclaim_policy}
    state.say(Step("volumes.released", True, facts, concepts=("PersistentVolumePhase.Released",)))
    driver = _migrated_to(volume)
    if driver:
        state.say(Step("volumes.migrated", None, facts | {"driver": driver}))
        return
    policy = _POLICIES.get(volume.spec.persistent_volume_reclaim_policy, _unknown_policy)
    policy(state.volumes[volume.name], ref, state)


def _migrated_to(volume: PersistentVolume) -> str:
    """Return the CSI driver that has taken the volume over from an in-tree plugin, empty for none."""
    marks = annotations(volume)
    by = marks.get(PROVISIONED_BY)
    # the mark of migration is the controller's own, which looks after it on provisioned volumes only
    return marks.get(MIGRATED_TO, "") if by is None else MIGRATED.get(by, "")


def discards(volume: PersistentVolume) -> bool:
    """Whether the data goes when the claim does: scrubbed, or deleted by the controller or by a driver."""
    match volume.spec.persistent_volume_reclaim_policy:
        case "Recycle":
            return _is_recyclable(volume) and not _migrated_to(volume)
        case "Delete":
            # a driver deletes what it has made, or has taken over from the plugin that made it
            by = annotations(volume).get(PROVISIONED_BY, "")
            return bool(by in MIGRATED or (by and not by.startswith(IN_TREE)) or _deleter(volume))
        case _:
            return False


def _is_recyclable(volume: PersistentVolume) -> bool:
    return volume.spec.host_path is not None or volume.spec.nfs is not None


def _retain(volume: PersistentVolume, ref: ObjectReference, state: State) -> None:
    facts = {"volume": volume.name, "claim": ref.name}
    state.say(Step("volumes.retain", True, facts, concepts=("ReclaimPolicy.Retain",)))


def _recycle(volume: PersistentVolume, ref: ObjectReference, state: State) -> None:
    claim = f"{ref.namespace}/{ref.name}"
    users = state.pods_using(claim)
    facts = {"volume": volume.name, "claim": ref.name, "pods": tuple(pod.name for pod in users)}
    # a new claim of that name explains the pods: they use the new claim, not this volume
    if users and claim not in state.claims:
        state.say(Step("volumes.recycleInUse", False, facts))
    elif not _is_recyclable(volume):
        state.say(Step("volumes.recycle", False, facts, concepts=("ReclaimPolicy.Recycle",)))
        state.set_volume_phase(volume.name, "Failed")
    else:
        state.say(Step("volumes.recycle", True, facts, concepts=("ReclaimPolicy.Recycle",)))
        _unbind(volume, ref, state)


def _delete(volume: PersistentVolume, ref: ObjectReference, state: State) -> None:
    facts = {"volume": volume.name, "claim": ref.name}
    deleter = _deleter(volume)
    if deleter is None:
        step = Step("volumes.deleteExternal", None, facts, concepts=("ReclaimPolicy.Delete",))
        state.say(step)
    elif deleter:
        state.say(Step("volumes.delete", True, facts, concepts=("ReclaimPolicy.Delete",)))
        del state.volumes[volume.name]
        state.deleted.append(volume.name)
    else:
        state.say(Step("volumes.delete", False, facts, concepts=("ReclaimPolicy.Delete",)))
        state.set_volume_phase(volume.name, "Failed")


def _deleter(volume: PersistentVolume) -> bool | None:
    """Whether the controller itself can delete what is behind the volume; None: somebody else does."""
    by = annotations(volume).get(PROVISIONED_BY, "")
    if by and not by.startswith(IN_TREE):
        return None
    if not by and volume.spec.csi is not None:
        return None
    path = (volume.spec.host_path or {}).get("path", "")
    # the plugin was made for tests and deletes below /tmp only; it looks for that anywhere in the path
    return by in ("", HOST_PATH) and bool(path.partition("/tmp/")[2])  # noqa: S108 - a rule about that folder, nothing is opened


def _unknown_policy(volume: PersistentVolume, _: ObjectReference, state: State) -> None:
    state.set_volume_phase(volume.name, "Failed")


_POLICIES: Mapping[str, Callable[[PersistentVolume, ObjectReference, State], None]] = {
    "Retain": _retain,
    "Recycle": _recycle,
    "Delete": _delete,
}


def _unbind(volume: PersistentVolume, ref: ObjectReference, state: State) -> None:
    """Give the volume back; a reservation that the user had made by name stays."""
    marks = annotations(volume)
    ours = BOUND_BY_CONTROLLER in marks
    kept = {name: value for name, value in marks.items() if name != BOUND_BY_CONTROLLER}
    state.volumes[volume.name] = replace(
        volume,
        metadata=replace(volume.metadata, annotations=kept),
        spec=replace(volume.spec, claim_ref=None if ours else replace(ref, uid="")),
        status=replace(volume.status, phase="Available"),
    )

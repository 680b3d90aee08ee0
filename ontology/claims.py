"""Claims and volumes: which persistent volume serves which claim.

The binder of the scheduler (for a node) and the volume controller (for none) share these rules.

Source: kubernetes.io/docs/concepts/storage/persistent-volumes, storage-classes (v1.36).
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from ontology import selectors
from ontology.cluster.storage import TopologySelectorTerm
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim
from ontology.pod_resources import billionths

BIND_COMPLETED = "pv.kubernetes.io/bind-completed"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
NO_PROVISIONER = "kubernetes.io/no-provisioner"
_BETA_CLASS = "volume.beta.kubernetes.io/storage-class"

Admits = Callable[[PersistentVolume], bool]


class Obstacle(StrEnum):
    """Why a claim cannot take a volume, in the order in which it is looked at."""

    ACCESS_MODES = "accessModes"
    RESERVED = "reserved"
    CAPACITY = "capacity"
    VOLUME_MODE = "volumeMode"
    ATTRIBUTES_CLASS = "volumeAttributesClassName"
    DELETING = "deleting"
    DELAYED = "waitForFirstConsumer"
    PHASE = "phase"
    SELECTOR = "selector"
    CLASS = "storageClassName"


def class_name(claim: PersistentVolumeClaim) -> str:
    """Return the storage class a claim asks for, empty for none; the old annotation wins, also when empty."""
    annotated = _annotated(claim)
    return (claim.spec.storage_class_name or "") if annotated is None else annotated


def names_class(claim: PersistentVolumeClaim) -> bool:
    """Whether a claim says anything about its class; an empty name says that it wants none."""
    return _annotated(claim) is not None or claim.spec.storage_class_name is not None


def volume_class_name(volume: PersistentVolume) -> str:
    """Return the storage class of a volume, empty for none; the old annotation wins, also when empty."""
    annotated = _annotated(volume)
    return volume.spec.storage_class_name if annotated is None else annotated


def _annotated(thing: PersistentVolume | PersistentVolumeClaim) -> str | None:
    return (thing.metadata.annotations or {}).get(_BETA_CLASS)


def is_fully_bound(claim: PersistentVolumeClaim) -> bool:
    """Whether a claim names its volume and the controller has finished the binding."""
    return bool(claim.spec.volume_name) and BIND_COMPLETED in (claim.metadata.annotations or {})


def is_reserved_for(volume: PersistentVolume, claim: PersistentVolumeClaim) -> bool:
    """Whether the volume's `claimRef` names this very claim; an empty uid there names any of the name."""
    reference = volume.spec.claim_ref
    if reference is None:
        return False
    # a reference without a namespace names no claim at all: every claim has one
    same = (reference.name, reference.namespace) == (claim.name, claim.namespace)
    return same and reference.uid in ("", claim.metadata.uid)


def size(claim: PersistentVolumeClaim) -> int:
    """Return the storage a claim asks for, in billionths of a byte."""
    return billionths((claim.spec.resources.requests or {}).get("storage", 0))


def capacity(volume: PersistentVolume) -> int:
    """Return the storage a volume offers, in billionths of a byte."""
    return billionths((volume.spec.capacity or {}).get("storage", 0))


def offers_modes(volume: PersistentVolume, claim: PersistentVolumeClaim) -> bool:
    """Whether the volume has every access mode that the claim asks for."""
    return set(claim.spec.access_modes or ()) <= set(volume.spec.access_modes or ())


def same_attributes_class(volume: PersistentVolume, claim: PersistentVolumeClaim) -> bool:
    """Whether both name the same VolumeAttributesClass, or neither names one."""
    wanted, offered = claim.spec.volume_attributes_class_name, volume.spec.volume_attributes_class_name
    return (wanted or "") == (offered or "")


def same_mode(volume: PersistentVolume, claim: PersistentVolumeClaim) -> bool:
    """Whether both are file systems, or both raw blocks."""
    return (volume.spec.volume_mode or "Filesystem") == (claim.spec.volume_mode or "Filesystem")


def obstacle(volume: PersistentVolume, claim: PersistentVolumeClaim, *, delayed: bool) -> Obstacle | None:
    """Return the first reason why the volume controller will not bind the two, None when it can.

    A volume that is reserved for the claim is not asked for class, selector or phase. `delayed`: the
    claim's class waits for a consumer, so free volumes are left to the scheduler.
    """
    if not offers_modes(volume, claim):
        return Obstacle.ACCESS_MODES
    return _obstacle_beside_modes(volume, claim, delayed=delayed)


def _obstacle_beside_modes(
    volume: PersistentVolume, claim: PersistentVolumeClaim, *, delayed: bool
) -> Obstacle | None:
    found = next((reason for reason, hinders in _ALWAYS.items() if hinders(volume, claim)), None)
    if found is not None or is_reserved_for(volume, claim):
        return found
    if delayed:
        return Obstacle.DELAYED
    return next((reason for reason, hinders in _WHEN_FREE.items() if hinders(volume, claim)), None)


Hinders = Callable[[PersistentVolume, PersistentVolumeClaim], bool]

_ALWAYS: Mapping[Obstacle, Hinders] = {
    Obstacle.RESERVED: lambda volume, claim: (
        volume.spec.claim_ref is not None and not is_reserved_for(volume, claim)
    ),
    Obstacle.CAPACITY: lambda volume, claim: capacity(volume) < size(claim),
    Obstacle.VOLUME_MODE: lambda volume, claim: not same_mode(volume, claim),
    Obstacle.ATTRIBUTES_CLASS: lambda volume, claim: not same_attributes_class(volume, claim),
    Obstacle.DELETING: lambda volume, _: volume.metadata.deletion_timestamp is not None,
}
_WHEN_FREE: Mapping[Obstacle, Hinders] = {
    Obstacle.PHASE: lambda volume, _: volume.status.phase != "Available",
    Obstacle.SELECTOR: lambda volume, claim: (
        claim.spec.selector is not None and not selectors.matches(claim.spec.selector, volume.labels)
    ),
    Obstacle.CLASS: lambda volume, claim: volume_class_name(volume) != class_name(claim),
}


def volume_for(
    claim: PersistentVolumeClaim, volumes: Iterable[PersistentVolume], *, delayed: bool
) -> PersistentVolume | None:
    """Return the volume that the controller binds the claim to.

    Volumes with the fewest access modes come first, whatever their size; among equal modes one that is
    reserved for the claim, then the smallest.
    """

    def rank(volume: PersistentVolume) -> tuple[int, tuple[str, ...], bool, int]:
        modes = tuple(sorted(set(volume.spec.access_modes or ())))
        reserved = is_reserved_for(volume, claim)
        return len(modes), modes, not reserved, 0 if reserved else capacity(volume)

    fitting = (volume for volume in volumes if obstacle(volume, claim, delayed=delayed) is None)
    return min(fitting, key=rank, default=None)


def best_volume(
    claim: PersistentVolumeClaim,
    volumes: Iterable[PersistentVolume],
    *,
    admits: Admits,
    taken: Iterable[str] = (),
) -> PersistentVolume | None:
    """Return the volume that the scheduler would give a claim where `admits` says what can be reached.

    One that is reserved for the claim wins, if it can be reached at all; else the smallest available one
    of the same class and mode with the size, labels and access modes asked for.
    """
    used = frozenset(taken)
    smallest: PersistentVolume | None = None
    for volume in volumes:
        if volume.name in used or _obstacle_beside_modes(volume, claim, delayed=False) is not None:
            continue
        if is_reserved_for(volume, claim):
            return volume if admits(volume) else None
        if not offers_modes(volume, claim) or not admits(volume):
            continue
        if smallest is None or capacity(volume) < capacity(smallest):
            smallest = volume
    return smallest


def topology_allows(terms: Iterable[TopologySelectorTerm] | None, labels: Mapping[str, str]) -> bool:
    """Whether one of a class's `allowedTopologies` covers a node's labels; no terms allow every node."""
    listed = tuple(terms or ())
    return not listed or any(_term_allows(term, labels) for term in listed)


def _term_allows(term: TopologySelectorTerm, labels: Mapping[str, str]) -> bool:
    expressions = term.match_label_expressions or ()
    return bool(expressions) and all(labels.get(e.key) in (e.values or ()) for e in expressions)

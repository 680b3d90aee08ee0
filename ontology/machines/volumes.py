"""The machines of storage: a PersistentVolume and the PersistentVolumeClaim that binds it."""

from ontology.machine import Machine, row

_VOLUMES = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/"
_PHASE = _VOLUMES + "#phase"
_BINDING = _VOLUMES + "#binding"
_RECLAIMING = _VOLUMES + "#reclaiming"
_PROTECTION = _VOLUMES + "#storage-object-in-use-protection"
_RESERVING = _VOLUMES + "#reserving-a-persistentvolume"
_CLASSES = "https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode"
_PROVISIONING = "https://kubernetes.io/docs/concepts/storage/dynamic-provisioning/"

PERSISTENT_VOLUME = Machine(
    name="persistentVolume",
    concept="PersistentVolume",
    initial="Pending",
    concepts=tuple((p, f"PersistentVolumePhase.{p}") for p in ("Available", "Bound", "Released", "Failed")),
    transitions=(
        row("Pending", "seen", "reserved", "Bound", "", _RESERVING),
        row("Pending", "seen", "", "Available", "", _PHASE),
        row("Available", "claimBinds", "", "Bound", "claimRefSet", _BINDING),
        row("Bound", "claimDeleted", "", "Released", "", _RECLAIMING),
        row("Released", "reclaimed", "policyRetain", "Released", "dataKept", _RECLAIMING),
        row("Released", "reclaimed", "policyRecycle", "Available", "dataScrubbed", _RECLAIMING),
        row("Released", "reclaimed", "", "Deleted", "storageDeleted", _RECLAIMING),
        row("Released", "claimRefRemoved", "", "Available", "", _RECLAIMING),
        row("Released", "reclaimFailed", "", "Failed", "failureEvent", _PHASE),
        row("Failed", "reclaimed", "", "Deleted", "storageDeleted", _RECLAIMING),
    ),
)

PERSISTENT_VOLUME_CLAIM = Machine(
    name="persistentVolumeClaim",
    concept="PersistentVolumeClaim",
    initial="Pending",
    concepts=tuple(
        (p, f"PersistentVolumeClaimPhase.{p}") for p in ("Pending", "Bound", "Lost", "Terminating")
    ),
    transitions=(
        row("Pending", "looksForVolume", "volumeMatches", "Bound", "claimRefSet", _BINDING),
        row("Pending", "looksForVolume", "waitsForConsumer", "Pending", "waitEvent", _CLASSES),
        row("Pending", "looksForVolume", "classProvisions", "Bound", "volumeProvisioned", _PROVISIONING),
        row("Pending", "looksForVolume", "", "Pending", "", _BINDING),
        row("Pending", "deleted", "", "Deleted", "", _PROTECTION),
        row("Bound", "volumeGone", "", "Lost", "lostEvent", _PHASE),
        row("Lost", "volumeBack", "", "Bound", "", _BINDING),
        row("Lost", "deleted", "", "Deleted", "", _PROTECTION),
        row("Bound", "deleted", "inUse", "Terminating", "finalizerKept", _PROTECTION),
        row("Bound", "deleted", "", "Deleted", "volumeReleased", _PROTECTION),
        row("Terminating", "lastPodGone", "", "Deleted", "volumeReleased", _PROTECTION),
    ),
)

MACHINES = (PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM)

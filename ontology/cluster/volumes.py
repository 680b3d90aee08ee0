"""PersistentVolumes and the claims on them.

Source: kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources (v1.36).
"""

from typing import Any, ClassVar

from ontology.cluster.meta import (
    Condition,
    KubeObject,
    LabelSelector,
    ObjectReference,
    Part,
    Quantity,
    field,
)
from ontology.cluster.pods import NodeSelector


class VolumeResourceRequirements(Part, frozen=True):
    requests: dict[str, Quantity] | None = None
    limits: dict[str, Quantity] | None = None


class PersistentVolumeClaimSpec(Part, frozen=True):
    """`storage_class_name` is None when the claim names no class; `""` asks for volumes without one."""

    access_modes: list[str] | None = None
    resources: VolumeResourceRequirements = VolumeResourceRequirements()
    selector: LabelSelector | None = None
    storage_class_name: str | None = None
    volume_mode: str = "Filesystem"
    volume_name: str = ""
    volume_attributes_class_name: str | None = None
    data_source: dict[str, Any] | None = None
    data_source_ref: dict[str, Any] | None = None


class PersistentVolumeClaimStatus(Part, frozen=True):
    phase: str = ""
    access_modes: list[str] | None = None
    capacity: dict[str, Quantity] | None = None
    conditions: list[Condition] | None = None


class PersistentVolumeClaim(KubeObject, frozen=True):
    KIND: ClassVar[str] = "PersistentVolumeClaim"
    API: ClassVar[tuple[str, ...]] = ("v1",)

    spec: PersistentVolumeClaimSpec = PersistentVolumeClaimSpec()
    status: PersistentVolumeClaimStatus = PersistentVolumeClaimStatus()


class VolumeNodeAffinity(Part, frozen=True):
    required: NodeSelector | None = None


class HostPathVolumeSource(Part, frozen=True):
    path: str = ""
    type: str | None = None


class CSIPersistentVolumeSource(Part, frozen=True):
    driver: str = ""
    volume_handle: str = ""
    read_only: bool = False


class PersistentVolumeSpec(Part, frozen=True):
    """The sources that rules tell apart are typed or opaque; any other volume has none of them set."""

    access_modes: list[str] | None = None
    capacity: dict[str, Quantity] | None = None
    claim_ref: ObjectReference | None = None
    node_affinity: VolumeNodeAffinity | None = None
    persistent_volume_reclaim_policy: str = "Retain"
    storage_class_name: str = ""
    volume_mode: str = "Filesystem"
    volume_attributes_class_name: str | None = None
    host_path: HostPathVolumeSource | None = None
    csi: CSIPersistentVolumeSource | None = None
    nfs: dict[str, Any] | None = None
    local: dict[str, Any] | None = None
    aws_elastic_block_store: dict[str, Any] | None = None
    azure_disk: dict[str, Any] | None = None
    azure_file: dict[str, Any] | None = None
    cinder: dict[str, Any] | None = None
    fc: dict[str, Any] | None = None
    gce_persistent_disk: dict[str, Any] | None = None
    iscsi: dict[str, Any] | None = None
    portworx_volume: dict[str, Any] | None = None
    rbd: dict[str, Any] | None = None
    vsphere_volume: dict[str, Any] | None = None


class PersistentVolumeStatus(Part, frozen=True):
    phase: str = ""
    reason: str = ""
    last_phase_transition_time: str | None = None


class PersistentVolume(KubeObject, frozen=True):
    KIND: ClassVar[str] = "PersistentVolume"
    API: ClassVar[tuple[str, ...]] = ("v1",)

    spec: PersistentVolumeSpec = PersistentVolumeSpec()
    status: PersistentVolumeStatus = PersistentVolumeStatus()


class TopologySelectorLabelRequirement(Part, frozen=True):
    key: str = ""
    values: list[str] | None = None


class TopologySelectorTerm(Part, frozen=True):
    match_label_expressions: list[TopologySelectorLabelRequirement] | None = None


class StorageClass(KubeObject, frozen=True):
    KIND: ClassVar[str] = "StorageClass"
    API: ClassVar[tuple[str, ...]] = ("storage.k8s.io/v1",)

    provisioner: str = ""
    parameters: dict[str, str] | None = None
    reclaim_policy: str = "Delete"
    volume_binding_mode: str = "Immediate"
    allow_volume_expansion: bool = False
    allowed_topologies: list[TopologySelectorTerm] | None = None
    mount_options: list[str] | None = field(default=None)

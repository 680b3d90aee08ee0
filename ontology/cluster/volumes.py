"""Persistent volumes and the claims on them.

Source: kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources (v1.36).
"""

from typing import Any, ClassVar

from ontology.cluster.meta import KubeObject, LabelSelector, ObjectReference, Part, Quantity, field
from ontology.cluster.pods import NodeSelector


class CSIPersistentVolumeSource(Part, frozen=True):
    driver: str = ""
    volume_handle: str = ""
    fs_type: str = ""
    read_only: bool = False


class VolumeNodeAffinity(Part, frozen=True):
    required: NodeSelector | None = None


class PersistentVolumeSpec(Part, frozen=True):
    capacity: dict[str, Quantity] | None = None
    access_modes: list[str] | None = None
    claim_ref: ObjectReference | None = None
    persistent_volume_reclaim_policy: str = "Retain"
    storage_class_name: str = ""
    mount_options: list[str] | None = None
    volume_mode: str = "Filesystem"
    node_affinity: VolumeNodeAffinity | None = None
    volume_attributes_class_name: str | None = None
    csi: CSIPersistentVolumeSource | None = None
    local: dict[str, Any] | None = None
    host_path: dict[str, Any] | None = None
    nfs: dict[str, Any] | None = None
    gce_persistent_disk: dict[str, Any] | None = None
    aws_elastic_block_store: dict[str, Any] | None = None
    azure_disk: dict[str, Any] | None = None
    azure_file: dict[str, Any] | None = None
    cinder: dict[str, Any] | None = None
    vsphere_volume: dict[str, Any] | None = None
    portworx_volume: dict[str, Any] | None = None
    iscsi: dict[str, Any] | None = None
    fc: dict[str, Any] | None = None
    rbd: dict[str, Any] | None = None


class PersistentVolumeStatus(Part, frozen=True):
    phase: str = ""
    reason: str = ""
    message: str = ""


class PersistentVolume(KubeObject, frozen=True):
    KIND: ClassVar[str] = "PersistentVolume"
    API: ClassVar[tuple[str, ...]] = ("v1",)

    spec: PersistentVolumeSpec = PersistentVolumeSpec()
    status: PersistentVolumeStatus = PersistentVolumeStatus()


class VolumeResourceRequirements(Part, frozen=True):
    requests: dict[str, Quantity] | None = None
    limits: dict[str, Quantity] | None = None


class TypedObjectReference(Part, frozen=True):
    api_group: str | None = None
    kind: str = ""
    name: str = ""
    namespace: str | None = None


class PersistentVolumeClaimSpec(Part, frozen=True):
    access_modes: list[str] | None = None
    selector: LabelSelector | None = None
    resources: VolumeResourceRequirements = VolumeResourceRequirements()
    volume_name: str = ""
    storage_class_name: str | None = None
    volume_mode: str = "Filesystem"
    data_source: TypedObjectReference | None = None
    data_source_ref: TypedObjectReference | None = None
    volume_attributes_class_name: str | None = None


class PersistentVolumeClaimCondition(Part, frozen=True):
    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""


class PersistentVolumeClaimStatus(Part, frozen=True):
    phase: str = ""
    access_modes: list[str] | None = None
    capacity: dict[str, Quantity] | None = None
    allocated_resources: dict[str, Quantity] | None = None
    allocated_resource_statuses: dict[str, str] | None = None
    conditions: list[PersistentVolumeClaimCondition] | None = None
    current_volume_attributes_class_name: str | None = None


class PersistentVolumeClaim(KubeObject, frozen=True):
    KIND: ClassVar[str] = "PersistentVolumeClaim"
    API: ClassVar[tuple[str, ...]] = ("v1",)

    spec: PersistentVolumeClaimSpec = PersistentVolumeClaimSpec()
    status: PersistentVolumeClaimStatus = PersistentVolumeClaimStatus()


class VolumeAttachmentSource(Part, frozen=True):
    persistent_volume_name: str | None = None
    inline_volume_spec: PersistentVolumeSpec | None = None


class VolumeAttachmentSpec(Part, frozen=True):
    attacher: str = ""
    node_name: str = ""
    source: VolumeAttachmentSource = VolumeAttachmentSource()


class VolumeAttachmentStatus(Part, frozen=True):
    attached: bool = False
    attachment_metadata: dict[str, str] | None = field(default=None)


class VolumeAttachment(KubeObject, frozen=True):
    KIND: ClassVar[str] = "VolumeAttachment"
    API: ClassVar[tuple[str, ...]] = ("storage.k8s.io/v1",)

    spec: VolumeAttachmentSpec = VolumeAttachmentSpec()
    status: VolumeAttachmentStatus = VolumeAttachmentStatus()

"""Classes of storage, and what CSI drivers and nodes say about themselves.

Source: kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources (v1.36).
"""

from typing import ClassVar

from ontology.cluster.meta import KubeObject, LabelSelector, Part, Quantity, field


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
    mount_options: list[str] | None = None
    allow_volume_expansion: bool = False
    volume_binding_mode: str = "Immediate"
    allowed_topologies: list[TopologySelectorTerm] | None = None


class VolumeNodeResources(Part, frozen=True):
    count: int | None = None


class CSINodeDriver(Part, frozen=True):
    name: str = ""
    node_id: str = field(default="", name="nodeID")
    topology_keys: list[str] | None = None
    allocatable: VolumeNodeResources | None = None


class CSINodeSpec(Part, frozen=True):
    drivers: list[CSINodeDriver] | None = None


class CSINode(KubeObject, frozen=True):
    KIND: ClassVar[str] = "CSINode"
    API: ClassVar[tuple[str, ...]] = ("storage.k8s.io/v1",)

    spec: CSINodeSpec = CSINodeSpec()


class CSIDriverSpec(Part, frozen=True):
    attach_required: bool = True
    storage_capacity: bool = False


class CSIDriver(KubeObject, frozen=True):
    KIND: ClassVar[str] = "CSIDriver"
    API: ClassVar[tuple[str, ...]] = ("storage.k8s.io/v1",)

    spec: CSIDriverSpec = CSIDriverSpec()


class CSIStorageCapacity(KubeObject, frozen=True):
    KIND: ClassVar[str] = "CSIStorageCapacity"
    API: ClassVar[tuple[str, ...]] = ("storage.k8s.io/v1",)

    storage_class_name: str = ""
    node_topology: LabelSelector | None = None
    capacity: Quantity | None = None
    maximum_volume_size: Quantity | None = None

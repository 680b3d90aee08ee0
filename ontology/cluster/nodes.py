"""Nodes: what they offer, how they are marked, and how they are.

Source: kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1 (v1.36).
"""

from typing import ClassVar

from ontology.cluster.meta import Condition, KubeObject, Part, Quantity, field


class Taint(Part, frozen=True):
    key: str = ""
    value: str = ""
    effect: str = ""
    time_added: str | None = None


class ContainerImage(Part, frozen=True):
    names: list[str] | None = None
    size_bytes: int = 0


class NodeAddress(Part, frozen=True):
    type: str = ""
    address: str = ""


class AttachedVolume(Part, frozen=True):
    name: str = ""
    device_path: str = ""


class NodeSpec(Part, frozen=True):
    taints: list[Taint] | None = None
    unschedulable: bool = False
    provider_id: str = field(default="", name="providerID")
    pod_cidr: str = field(default="", name="podCIDR")


class NodeStatus(Part, frozen=True):
    capacity: dict[str, Quantity] | None = None
    allocatable: dict[str, Quantity] | None = None
    conditions: list[Condition] | None = None
    addresses: list[NodeAddress] | None = None
    images: list[ContainerImage] | None = None
    volumes_attached: list[AttachedVolume] | None = None
    volumes_in_use: list[str] | None = None
    declared_features: list[str] | None = None


class Node(KubeObject, frozen=True):
    KIND: ClassVar[str] = "Node"
    API: ClassVar[tuple[str, ...]] = ("v1",)

    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()

"""The kinds whose fields a component reads, and those that are only kept."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from ontology.cluster import manifests, resources
from ontology.cluster.accounts import ServiceAccount
from ontology.cluster.autoscaling import HorizontalPodAutoscaler
from ontology.cluster.meta import KubeObject
from ontology.cluster.namespaces import Namespace
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.policies import PodDisruptionBudget, PriorityClass
from ontology.cluster.rbac import ClusterRole, ClusterRoleBinding, Role, RoleBinding
from ontology.cluster.services import EndpointSlice, Service
from ontology.cluster.storage import CSIDriver, CSINode, CSIStorageCapacity, StorageClass
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim, VolumeAttachment
from ontology.cluster.workloads import (
    ControllerRevision,
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    ReplicaSet,
    StatefulSet,
)

Ref = tuple[str, str, str]
"""Kind, namespace (empty for what belongs to none) and name of an object."""


class Plain(KubeObject, frozen=True):
    """An object of a kind that no component reads: only its metadata is known by name."""

    KIND: ClassVar[str] = ""


STRUCTS: Mapping[str, type[KubeObject]] = {
    each.KIND: each
    for each in (
        CSIDriver,
        CSINode,
        CSIStorageCapacity,
        ClusterRole,
        ClusterRoleBinding,
        ControllerRevision,
        CronJob,
        DaemonSet,
        Deployment,
        EndpointSlice,
        HorizontalPodAutoscaler,
        Job,
        Namespace,
        Node,
        PersistentVolume,
        PersistentVolumeClaim,
        Pod,
        PodDisruptionBudget,
        PriorityClass,
        ReplicaSet,
        Role,
        RoleBinding,
        Service,
        ServiceAccount,
        StatefulSet,
        StorageClass,
        VolumeAttachment,
    )
}


@cache
def cluster_wide() -> frozenset[str]:
    """Return the kinds whose objects belong to no namespace."""
    return frozenset(each.kind for each in resources.built_in() if not each.namespaced)


def resource_of(kind: str) -> resources.Resource | None:
    """Return the resource by which requests name a kind."""
    return _resources().get(kind)


@cache
def _resources() -> Mapping[str, resources.Resource]:
    found: dict[str, resources.Resource] = {}
    for each in resources.built_in():
        found.setdefault(each.kind, each)
    return found


def decode(manifest: Mapping[str, Any], *, path: str) -> KubeObject:
    """Return a manifest as the struct of its kind, as `Plain` where there is none.

    Raises:
        InvalidObjectError: a field of another type than the API gives it.
    """
    kind = STRUCTS.get(manifest["kind"])
    if kind is None or manifest["apiVersion"] not in kind.API:
        kind = Plain
    return manifests.decode(manifest, kind, path=path)


def ref_of(found: KubeObject) -> Ref:
    """Return where an object is kept."""
    if found.kind in cluster_wide():
        return found.kind, "", found.metadata.name
    return found.kind, found.namespace, found.metadata.name


def shown(ref: Ref) -> str:
    """Return a reference as people write it: `Pod default/web`, `Node node-1`."""
    kind, namespace, name = ref
    return f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"

"""The storage side of a cluster: claims, volumes, classes and what nodes can attach, by name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ontology import claims
from ontology.cluster.pods import Pod, Volume
from ontology.cluster.storage import CSIDriver, CSINode, CSIStorageCapacity, StorageClass
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim, VolumeAttachment

# In-tree volume sources whose work a CSI driver has taken over on every node, as far as limits know: the
# driver, and where the handle stands.
# Source: kubernetes.io/blog/2022/09/26/storage-in-tree-to-csi-migration-status-update-1.25 and v1.36.
MIGRATED: Mapping[str, tuple[str, str]] = {
    "aws_elastic_block_store": ("ebs.csi.aws.com", "volumeID"),
    "azure_disk": ("disk.csi.azure.com", "diskURI"),
    "cinder": ("cinder.csi.openstack.org", "volumeID"),
    "gce_persistent_disk": ("pd.csi.storage.gke.io", "pdName"),
}
_MIGRATED_PROVISIONERS: Mapping[str, str] = {
    "kubernetes.io/aws-ebs": "ebs.csi.aws.com",
    "kubernetes.io/azure-disk": "disk.csi.azure.com",
    "kubernetes.io/cinder": "cinder.csi.openstack.org",
    "kubernetes.io/gce-pd": "pd.csi.storage.gke.io",
}

Attachment = tuple[str, str]
"""A volume that counts towards a limit: its CSI driver and its handle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Storage objects by name; claims by namespace and name."""

    volumes: Mapping[str, PersistentVolume]
    claims: Mapping[tuple[str, str], PersistentVolumeClaim]
    classes: Mapping[str, StorageClass]
    nodes: Mapping[str, CSINode]
    drivers: Mapping[str, CSIDriver]
    capacities: tuple[CSIStorageCapacity, ...] = ()
    attachments: tuple[VolumeAttachment, ...] = ()

    def claim(self, pod: Pod, volume: Volume) -> PersistentVolumeClaim | None:
        """Return the claim behind a volume of a pod, if there is one."""
        name = claim_name(pod, volume)
        return self.claims.get((pod.namespace, name)) if name else None

    def waits_for_pod(self, claim: PersistentVolumeClaim) -> bool:
        """Whether binding waits for the scheduler; never without a class that says so."""
        found = self.classes.get(claims.class_name(claim))
        return found is not None and found.volume_binding_mode == "WaitForFirstConsumer"

    def attached(self, pod: Pod) -> Iterator[Attachment]:
        """Yield what `pod` makes its node attach; volumes that no CSI driver handles do not count."""
        for volume in pod.spec.volumes or ():
            if claim_name(pod, volume):
                claim = self.claim(pod, volume)
                found = self._of_claim(claim) if claim is not None else None
            else:
                found = _of_inline(volume)
            if found is not None:
                yield found

    def attached_to(self, node: str) -> Iterator[Attachment]:
        """Yield what VolumeAttachments say of a node."""
        for attachment in self.attachments:
            name = attachment.spec.source.persistent_volume_name
            volume = self.volumes.get(name or "")
            if attachment.spec.node_name == node and volume is not None:
                found = _of_volume(volume)
                if found is not None:
                    yield found

    def _of_claim(self, claim: PersistentVolumeClaim) -> Attachment | None:
        volume = self.volumes.get(claim.spec.volume_name)
        if volume is not None:
            return _of_volume(volume)
        found = self.classes.get(claims.class_name(claim))
        if found is None:
            return None
        driver = _MIGRATED_PROVISIONERS.get(found.provisioner, found.provisioner)
        return driver, f"{claim.namespace}/{claim.name}"  # not provisioned yet: its own volume to be


def claim_name(pod: Pod, volume: Volume) -> str:
    """Return the name of the claim behind a volume; a generic ephemeral one is named after the pod."""
    if volume.persistent_volume_claim is not None:
        return volume.persistent_volume_claim.claim_name
    return f"{pod.name}-{volume.name}" if volume.ephemeral is not None else ""


def is_owned_by(claim: PersistentVolumeClaim, pod: Pod) -> bool:
    """Whether the pod is the controller of a claim made for its ephemeral volume."""
    owners: Iterable[str] = (o.uid for o in claim.metadata.owner_references or () if o.controller)
    return next(iter(owners), None) == pod.metadata.uid


def _of_volume(volume: PersistentVolume) -> Attachment | None:
    if volume.spec.csi is not None:
        return volume.spec.csi.driver, volume.spec.csi.volume_handle
    for source, (driver, handle) in MIGRATED.items():
        said = getattr(volume.spec, source)
        if said is not None:
            return driver, str(said.get(handle, ""))
    return None


def _of_inline(volume: Volume) -> Attachment | None:
    for source, (driver, handle) in MIGRATED.items():
        said = getattr(volume, source, None)
        if said is not None:
            return driver, str(said.get(handle, ""))
    return None

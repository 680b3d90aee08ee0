"""Provisioning: the default class, and who makes a volume for a class.

Source: kubernetes.io/docs/concepts/storage/dynamic-provisioning, .../storage-classes and
.../volumes/#csi-migration (v1.36).
"""

from collections.abc import Iterable

from msgspec.structs import replace

from ontology.claims import class_name, names_class
from ontology.cluster.storage import StorageClass
from ontology.cluster.volumes import PersistentVolumeClaim
from ontology.semantics.volumes.state import PROVISIONER, State, annotations, key
from ontology.verdict import Step

DEFAULT_CLASS = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
HOST_PATH = "kubernetes.io/host-path"  # there, but switched off outside of test clusters
IN_TREE = "kubernetes.io/"
# In-tree plugins whose work their CSI driver has taken over.
MIGRATED = {
    "kubernetes.io/aws-ebs": "ebs.csi.aws.com",
    "kubernetes.io/azure-disk": "disk.csi.azure.com",
    "kubernetes.io/azure-file": "file.csi.azure.com",
    "kubernetes.io/cinder": "cinder.csi.openstack.org",
    "kubernetes.io/gce-pd": "pd.csi.storage.gke.io",
    "kubernetes.io/portworx-volume": "pxd.portworx.com",
    "kubernetes.io/vsphere-volume": "csi.vsphere.vmware.com",
}

_WAITING = (
    "Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the"
    " system administrator. If volume creation is delayed, please verify that the provisioner is running and"
    " correctly registered."
)


def default_class(classes: Iterable[StorageClass]) -> StorageClass | None:
    """Return the default class: of several the newest, then the first by name."""
    marked = [
        c for c in classes if any((c.metadata.annotations or {}).get(a) == "true" for a in DEFAULT_CLASS)
    ]
    return min(marked, key=lambda c: (-(c.metadata.created or 0), c.name), default=None)


def waits_for_consumer(claim: PersistentVolumeClaim, state: State) -> bool:
    """Whether the claim's class leaves the choice of a volume to the scheduler."""
    class_ = state.classes.get(class_name(claim))
    return class_ is not None and class_.volume_binding_mode == "WaitForFirstConsumer"


def assign_default(name: str, state: State) -> bool:
    """Give a claim that names no class the default one; whether there was one to give."""
    claim = state.claims[name]
    found = None if names_class(claim) else default_class(state.classes.values())
    if found is None:
        return False
    state.claims[name] = replace(claim, spec=replace(claim.spec, storage_class_name=found.name))
    state.say(Step("volumes.defaultClass", True, {"claim": claim.name, "class": found.name}))
    return True


def driver_of(class_: StorageClass) -> str:
    """Return who makes volumes for a class: what it names, or the CSI driver that has taken over from it."""
    return MIGRATED.get(class_.provisioner, class_.provisioner)


def is_external(class_: StorageClass) -> bool:
    """Whether somebody outside of the controller makes volumes for a class."""
    return not driver_of(class_).startswith(IN_TREE)


def provision(name: str, state: State) -> None:
    """Ask for a new volume: name the external provisioner on the claim, or say why none will come."""
    claim = state.claims[name]
    wanted = class_name(claim)
    class_ = state.classes.get(wanted)
    facts = {"claim": claim.name, "class": wanted}
    if class_ is None:
        message = f'storageclass.storage.k8s.io "{wanted}" not found'
        state.event(name, "ProvisioningFailed", message, Step("volumes.classExists", False, facts))
        return
    provisioner = driver_of(class_)
    facts |= {"provisioner": provisioner}
    if provisioner == HOST_PATH:
        # this one plugin is asked, and so names itself on the claim before it fails
        if claim.spec.data_source is None:
            _name_provisioner(claim, provisioner, state)
        message = f'Failed to create provisioner: provisioning in volume plugin "{HOST_PATH}" is disabled'
        state.event(name, "ProvisioningFailed", message, Step("volumes.provisioner", False, facts))
    elif not is_external(class_):
        message = f"no volume plugin matched name: {provisioner}"
        state.event(name, "ProvisioningFailed", message, Step("volumes.provisioner", False, facts))
    else:
        _name_provisioner(claim, provisioner, state)
        message = _WAITING.format(provisioner=provisioner)
        state.event(name, "ExternalProvisioning", message, Step("volumes.provisioner", True, facts))


def _name_provisioner(claim: PersistentVolumeClaim, provisioner: str, state: State) -> None:
    marked = {**annotations(claim), PROVISIONER: provisioner}
    state.claims[key(claim)] = replace(claim, metadata=replace(claim.metadata, annotations=marked))

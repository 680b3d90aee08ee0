"""Who works beside the volume controller: the scheduler, and the driver that makes and deletes volumes.

Source: kubernetes.io/docs/concepts/storage/dynamic-provisioning, .../storage-classes (v1.36).
"""

from msgspec.structs import replace

from ontology import iri
from ontology.claims import best_volume, class_name, is_fully_bound
from ontology.cluster.meta import ObjectMeta, ObjectReference
from ontology.cluster.pods import Pod
from ontology.cluster.storage import StorageClass
from ontology.cluster.volumes import (
    CSIPersistentVolumeSource,
    PersistentVolume,
    PersistentVolumeClaim,
    PersistentVolumeSpec,
)
from ontology.semantics.volumes.provisioning import IN_TREE, waits_for_consumer
from ontology.semantics.volumes.state import (
    PROVISIONED_BY,
    PROVISIONER,
    SELECTED_NODE,
    State,
    annotations,
    claim_name,
    key,
)
from ontology.verdict import Step

# The scheduler's choice is not this system's question: any node will do.
_SOME_NODE = "some-node"


def schedule(state: State) -> None:
    """Choose for the claims that wait for a consumer, and bind the pods whose claims are bound."""
    for pod in list(state.pods):
        if pod.spec.node_name:
            continue
        claims = [state.claims.get(f"{pod.namespace}/{name}") for name in _claims_of(pod)]
        doomed = [c for c in claims if c is not None and f"PersistentVolumeClaim/{key(c)}" in state.doomed]
        for claim in doomed:
            state.say(Step("volumes.claimDeleting", False, {"pod": pod.name, "claim": claim.name}))
        if doomed or any(claim is None for claim in claims):
            continue
        waiting = [c for c in claims if c is not None and not is_fully_bound(c)]
        for claim in waiting:
            if waits_for_consumer(claim, state):
                _choose(claim, pod, state)
        if not waiting:
            bound = replace(pod, spec=replace(pod.spec, node_name=_SOME_NODE))
            state.pods = [bound if each is pod else each for each in state.pods]


def _claims_of(pod: Pod) -> list[str]:
    return [name for volume in pod.spec.volumes or () if (name := claim_name(pod, volume))]


def _choose(claim: PersistentVolumeClaim, pod: Pod, state: State) -> None:
    found = best_volume(claim, state.volumes.values(), admits=lambda _: True)
    if found is not None and found.spec.claim_ref is None:
        state.volumes[found.name] = replace(found, spec=replace(found.spec, claim_ref=_reference(claim)))
        chosen = found.name
    elif found is None and SELECTED_NODE not in annotations(claim):
        marked = {**annotations(claim), SELECTED_NODE: _SOME_NODE}
        state.claims[key(claim)] = replace(claim, metadata=replace(claim.metadata, annotations=marked))
        chosen = ""
    else:
        return
    facts = {"claim": claim.name, "pod": pod.name, "volume": chosen}
    state.say(Step("volumes.consumer", True, facts))


def provision(state: State) -> None:
    """Make a volume for each claim that names an external provisioner and has none."""
    for name, claim in list(state.claims.items()):
        driver = annotations(claim).get(PROVISIONER, "")
        class_ = state.classes.get(class_name(claim))
        if not driver or driver.startswith(IN_TREE) or class_ is None or is_fully_bound(claim):
            continue
        volume = made(claim, class_, driver)
        if volume.name not in state.volumes and f"PersistentVolumeClaim/{name}" not in state.doomed:
            state.add_volume(volume)
            parameters = tuple(f"{k}={v}" for k, v in sorted((class_.parameters or {}).items()))
            facts = {
                "claim": claim.name,
                "volume": volume.name,
                "driver": driver,
                "class": class_.name,
                "parameters": parameters,
                "policy": class_.reclaim_policy,
            }
            state.say(Step("volumes.provisioned", True, facts))


def made(claim: PersistentVolumeClaim, class_: StorageClass, driver: str) -> PersistentVolume:
    """Return the volume a driver makes: as large as asked for, with the class's reclaim policy."""
    # a driver names its volume by the claim's uid
    name = f"pvc-{claim.metadata.uid}"
    return PersistentVolume(
        api_version="v1",
        kind="PersistentVolume",
        metadata=ObjectMeta(name=name, annotations={PROVISIONED_BY: driver}),
        spec=PersistentVolumeSpec(
            capacity=dict(claim.spec.resources.requests or {}),
            access_modes=claim.spec.access_modes,
            claim_ref=_reference(claim),
            persistent_volume_reclaim_policy=class_.reclaim_policy,
            storage_class_name=class_.name,
            volume_mode=claim.spec.volume_mode,
            csi=CSIPersistentVolumeSource(driver=driver, volume_handle=iri.digest("volume", name)),
        ),
    )


def _reference(claim: PersistentVolumeClaim) -> ObjectReference:
    return ObjectReference(
        api_version="v1",
        kind="PersistentVolumeClaim",
        namespace=claim.namespace,
        name=claim.name,
        uid=claim.metadata.uid,
    )


def delete(state: State) -> None:
    """Delete the released volumes whose policy asks for it and whose driver is outside of the controller."""
    for name, volume in list(state.volumes.items()):
        by = annotations(volume).get(PROVISIONED_BY, "")
        asked = volume.spec.persistent_volume_reclaim_policy == "Delete" and volume.status.phase == "Released"
        if asked and by and not by.startswith(IN_TREE):
            del state.volumes[name]
            state.deleted.append(name)
            state.doomed.discard(f"PersistentVolume/{name}")
            state.say(Step("volumes.deletedByDriver", True, {"volume": name, "driver": by}))

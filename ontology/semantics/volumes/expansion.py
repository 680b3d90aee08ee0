"""Expansion: a claim that asks for more.

Source: kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims (v1.36).
"""

from msgspec.structs import replace

from ontology import quantities
from ontology.claims import class_name, size
from ontology.cluster.volumes import PersistentVolumeClaim
from ontology.semantics.volumes.state import State
from ontology.verdict import Step

NOT_BOUND = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName"
    " for bound claims"
)
SMALLER = "field can not be less than previous value"
NOT_ALLOWED = (
    "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc"
    " must support resize"
)


def expand(name: str, storage: str, state: State, *, path: str = "") -> str:
    """Let a claim ask for other storage; return the API server's refusal, empty when it is granted.

    The volume grows at once; a file system grows when a pod has the volume on its node.

    Raises:
        QuantityError: `storage` is not a quantity; it stands at `path`.
    """
    claim = state.claims[name]
    wanted = quantities.parse(storage, path=path)
    requests = {**(claim.spec.resources.requests or {}), "storage": storage}
    grown = replace(claim.spec.resources, requests=requests)
    changed = replace(claim, spec=replace(claim.spec, resources=grown))
    refusal = _refusal(claim, changed, state)
    facts = {"claim": claim.name, "storage": storage, "reason": refusal, "class": class_name(claim)}
    state.say(Step("volumes.expand", not refusal, facts))
    if refusal:
        return refusal
    state.claims[name] = changed
    volume = state.volumes[claim.spec.volume_name]
    if quantities.parse((volume.spec.capacity or {}).get("storage", 0)) < wanted:
        larger = {**(volume.spec.capacity or {}), "storage": storage}
        state.volumes[volume.name] = replace(volume, spec=replace(volume.spec, capacity=larger))
        if claim.spec.volume_mode != "Block":  # a raw block has no file system to grow
            state.resizing.add(name)
            resize_mounted(state)
    return ""


def resize_mounted(state: State) -> None:
    """Grow the file systems of the claims that a pod on a node uses; the others wait for one."""
    for name in sorted(state.resizing):
        mounted = tuple(pod.name for pod in state.pods_using(name) if pod.spec.node_name)
        facts = {"claim": name.partition("/")[2], "pods": mounted}
        state.say(Step("volumes.fileSystem", bool(mounted), facts))
        if mounted or name not in state.claims:
            state.resizing.discard(name)


def _refusal(claim: PersistentVolumeClaim, changed: PersistentVolumeClaim, state: State) -> str:
    if claim.status.phase != "Bound":
        return NOT_BOUND
    if size(changed) < size(claim):
        return SMALLER
    class_ = state.classes.get(class_name(claim))
    return "" if class_ is not None and class_.allow_volume_expansion else NOT_ALLOWED

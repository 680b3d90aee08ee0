"""Claims: finding a volume, keeping it, losing it.

Source: kubernetes.io/docs/concepts/storage/persistent-volumes (lifecycle of a volume and claim; v1.36).
"""

from msgspec.structs import replace

from ontology.claims import (
    Obstacle,
    capacity,
    class_name,
    is_reserved_for,
    offers_modes,
    same_attributes_class,
    same_mode,
    size,
    volume_class_name,
    volume_for,
)
from ontology.cluster.meta import ObjectReference
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim
from ontology.semantics.volumes import provisioning
from ontology.semantics.volumes.state import (
    BIND_COMPLETED,
    BOUND_BY_CONTROLLER,
    SELECTED_NODE,
    State,
    annotations,
    key,
)
from ontology.verdict import Step

# how the controller words why a volume that a claim names does not suit it
_MISFITS = {
    Obstacle.DELETING: 'the volume is marked for deletion "{volume}"',
    Obstacle.CAPACITY: "requested PV is too small",
    Obstacle.CLASS: "storageClassName does not match",
    Obstacle.ATTRIBUTES_CLASS: "volumeAttributesClassName does not match",
    Obstacle.VOLUME_MODE: "incompatible volumeMode",
    Obstacle.ACCESS_MODES: "incompatible accessMode",
}
_BYTE = 10**9  # sizes are in billionths


def sync_claim(name: str, state: State) -> None:
    """Do for one claim what the controller does when it sees it."""
    claim = state.claims[name]
    if BIND_COMPLETED in annotations(claim):
        _keep(claim, state)
    elif claim.spec.volume_name:
        _take_named(claim, state)
    else:
        _find(claim, state)


def _find(claim: PersistentVolumeClaim, state: State) -> None:
    name = key(claim)
    delayed = provisioning.waits_for_consumer(claim, state)
    volume = volume_for(claim, state.volumes.values(), delayed=delayed)
    if volume is not None:
        rule = "volumes.reserved" if is_reserved_for(volume, claim) else "volumes.match"
        state.say(Step(rule, True, _facts(claim, volume)))
        _bind(volume, claim, state)
        return
    if provisioning.assign_default(name, state):
        return  # the changed claim is looked at anew
    if delayed and SELECTED_NODE not in annotations(claim):
        _wait(claim, state)
        state.set_claim_phase(name, "Pending")
    elif class_name(claim):
        provisioning.provision(name, state)
    else:
        message = "no persistent volumes available for this claim and no storage class is set"
        state.event(name, "FailedBinding", message, Step("volumes.match", False, _facts(claim)))
        state.set_claim_phase(name, "Pending")


def _wait(claim: PersistentVolumeClaim, state: State) -> None:
    name = key(claim)
    unscheduled = [pod.name for pod in state.pods_using(name) if not pod.spec.node_name]
    reason = "WaitForPodScheduled" if unscheduled else "WaitForFirstConsumer"
    rule = "volumes.waitForPodScheduled" if unscheduled else "volumes.waitForFirstConsumer"
    facts = {"claim": claim.name, "class": class_name(claim), "pods": tuple(unscheduled)}
    message = "waiting for first consumer to be created before binding"
    if unscheduled:
        noun = "pods" if len(unscheduled) > 1 else "pod"
        message = f"waiting for {noun} {','.join(unscheduled)} to be scheduled"
    state.event(name, reason, message, Step(rule, None, facts))


def _take_named(claim: PersistentVolumeClaim, state: State) -> None:
    name, wanted = key(claim), claim.spec.volume_name
    volume = state.volumes.get(wanted)
    facts = {"claim": claim.name, "volume": wanted}
    if volume is None:
        state.say(Step("volumes.namedVolume", False, facts))
        state.set_claim_phase(name, "Pending")
    elif volume.spec.claim_ref is None:
        misfit = named_obstacle(volume, claim)
        if misfit is None:
            state.say(Step("volumes.namedVolume", True, facts))
            _bind(volume, claim, state)
            return
        message = f'Cannot bind to requested volume "{wanted}": {_MISFITS[misfit].format(volume=wanted)}'
        state.event(name, "VolumeMismatch", message, misfit_step(volume, claim, misfit))
        state.set_claim_phase(name, "Pending")
    elif is_reserved_for(volume, claim):
        state.say(Step("volumes.reserved", True, _facts(claim, volume)))
        _bind(volume, claim, state)
    else:
        holder = f"{volume.spec.claim_ref.namespace}/{volume.spec.claim_ref.name}"
        step = Step("volumes.reserved", False, _facts(claim, volume) | {"holder": holder})
        state.event(name, "FailedBinding", f'volume "{wanted}" already bound to a different claim.', step)
        # a name that the controller itself wrote cannot lead here; it refuses to touch such a claim
        if BOUND_BY_CONTROLLER not in annotations(claim):
            state.set_claim_phase(name, "Pending")


def _keep(claim: PersistentVolumeClaim, state: State) -> None:
    volume = state.volumes.get(claim.spec.volume_name)
    facts = {"claim": claim.name, "volume": claim.spec.volume_name}
    if volume is None:
        lost = "its PersistentVolume" if claim.spec.volume_name else "reference to PersistentVolume"
        message = f"Bound claim has lost {lost}. Data on the volume is lost!"
        _lose(claim, "ClaimLost", message, Step("volumes.keep", False, facts), state)
    elif volume.spec.claim_ref is None or volume.spec.claim_ref.uid == claim.metadata.uid:
        state.say(Step("volumes.keep", True, facts))
        _bind(volume, claim, state)
    else:
        message = "Two claims are bound to the same volume, this one is bound incorrectly"
        _lose(claim, "ClaimMisbound", message, Step("volumes.misbound", False, facts), state)


def _lose(claim: PersistentVolumeClaim, reason: str, message: str, step: Step, state: State) -> None:
    """Let a claim be Lost; the event is sent when it becomes so, and not again."""
    name = key(claim)
    if claim.status.phase == "Lost":
        state.say(step)
    else:
        state.event(name, reason, message, step)
        state.set_claim_phase(name, "Lost")


def named_obstacle(volume: PersistentVolume, claim: PersistentVolumeClaim) -> Obstacle | None:
    """Return why a free volume that the claim names does not fit; selector and phase are not asked.

    Capacity is compared in whole bytes here, unlike where the controller searches.
    """
    if volume.metadata.deletion_timestamp is not None:
        return Obstacle.DELETING
    if -(-capacity(volume) // _BYTE) < -(-size(claim) // _BYTE):
        return Obstacle.CAPACITY
    if volume_class_name(volume) != class_name(claim):
        return Obstacle.CLASS
    if not same_attributes_class(volume, claim):
        return Obstacle.ATTRIBUTES_CLASS
    if not same_mode(volume, claim):
        return Obstacle.VOLUME_MODE
    return None if offers_modes(volume, claim) else Obstacle.ACCESS_MODES


def misfit_step(volume: PersistentVolume, claim: PersistentVolumeClaim, obstacle: Obstacle) -> Step:
    """Return the step that says why this volume does not suit this claim."""
    return Step(f"volumes.{obstacle.value}", False, _facts(claim, volume))


def _bind(volume: PersistentVolume, claim: PersistentVolumeClaim, state: State) -> None:
    """Tie both ends, and remember which of the two ties the user had not made."""
    ref = ObjectReference(
        api_version="v1",
        kind="PersistentVolumeClaim",
        namespace=claim.namespace,
        name=claim.name,
        uid=claim.metadata.uid,
    )
    by_us = {} if is_reserved_for(volume, claim) else {BOUND_BY_CONTROLLER: "yes"}
    state.volumes[volume.name] = replace(
        volume,
        metadata=replace(volume.metadata, annotations={**annotations(volume), **by_us}),
        spec=replace(volume.spec, claim_ref=ref),
        status=replace(volume.status, phase="Bound"),
    )
    chosen = {} if claim.spec.volume_name == volume.name else {BOUND_BY_CONTROLLER: "yes"}
    state.claims[key(claim)] = replace(
        claim,
        metadata=replace(claim.metadata, annotations={**annotations(claim), **chosen, BIND_COMPLETED: "yes"}),
        spec=replace(claim.spec, volume_name=volume.name),
        status=replace(claim.status, phase="Bound"),
    )


def _facts(claim: PersistentVolumeClaim, volume: PersistentVolume | None = None) -> dict[str, object]:
    """What a reader wants to know of a claim, and of a volume beside it."""
    requests = claim.spec.resources.requests or {}
    facts: dict[str, object] = {
        "claim": claim.name,
        "class": class_name(claim),
        "request": requests.get("storage"),
        "modes": tuple(claim.spec.access_modes or ()),
        "mode": claim.spec.volume_mode,
    }
    if volume is not None:
        facts |= {
            "volume": volume.name,
            "capacity": (volume.spec.capacity or {}).get("storage"),
            "volumeClass": volume_class_name(volume),
            "volumeModes": tuple(volume.spec.access_modes or ()),
            "volumeMode": volume.spec.volume_mode,
            "phase": volume.status.phase,
        }
    return facts

"""Why a claim got its volume, or none: near misses and the smallest change, from the same rules."""

from collections.abc import Iterator, Mapping

from msgspec import to_builtins
from msgspec.structs import replace

from ontology.claims import Obstacle, capacity, class_name, obstacle, size, volume_class_name
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim
from ontology.semantics.volumes.binding import misfit_step
from ontology.semantics.volumes.provisioning import waits_for_consumer
from ontology.semantics.volumes.state import State
from ontology.verdict import Role, Step

_NEAREST = 5


def of_all(state: State) -> tuple[Step, ...]:
    """Return what the controller did, or that there was nothing to do."""
    idle = Step("volumes.idle", True, {"volumes": tuple(state.volumes), "claims": tuple(state.claims)})
    return tuple(state.steps) or (idle,)


def of_claim(
    state: State, claim: PersistentVolumeClaim, offered: Mapping[str, PersistentVolume]
) -> tuple[Step, ...]:
    """Return what was done for the claim, why each other volume was passed over, and what would help."""
    if claim.status.phase == "Bound":
        others = [v for v in offered.values() if v.name != claim.spec.volume_name]
        return (*state.steps, *_near_misses(claim, others, state))
    near = () if claim.spec.volume_name else tuple(_near_misses(claim, list(offered.values()), state))
    changes = () if claim.spec.volume_name else tuple(_changes(claim, offered, state))
    done = tuple(state.steps) or (Step("volumes.match", False, _asked(claim)),)
    return (*done, *near, *changes)


def _asked(claim: PersistentVolumeClaim) -> dict[str, object]:
    return {
        "claim": claim.name,
        "class": class_name(claim),
        "request": (claim.spec.resources.requests or {}).get("storage"),
        "modes": tuple(claim.spec.access_modes or ()),
    }


def _near_misses(
    claim: PersistentVolumeClaim, volumes: list[PersistentVolume], state: State
) -> Iterator[Step]:
    delayed = waits_for_consumer(claim, state)
    for volume in volumes[:_NEAREST]:
        found = obstacle(volume, claim, delayed=delayed)
        if found is not None:
            yield _as_near_miss(misfit_step(volume, claim, found))


def _as_near_miss(step: Step) -> Step:
    """Return the step as a near miss."""
    return Step(step.rule, step.holds, step.facts, Role.NEAR_MISS, step.concepts)


def _changes(
    claim: PersistentVolumeClaim, offered: Mapping[str, PersistentVolume], state: State
) -> Iterator[Step]:
    """Yield the one change of the claim's spec after which a volume there would do, tried first."""
    delayed = waits_for_consumer(claim, state)
    for volume in offered.values():
        found = obstacle(volume, claim, delayed=delayed)
        changed = _relaxed(claim, volume, found)
        if (
            changed is None
            or obstacle(volume, changed, delayed=waits_for_consumer(changed, state)) is not None
        ):
            continue
        spec = _difference(claim, changed)
        patch = {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": claim.name, "namespace": claim.namespace},
            "spec": spec,
        }
        facts = {"claim": claim.name, "volume": volume.name, "fields": tuple(spec)}
        yield Step("volumes.match", True, facts, Role.CHANGE, change=patch)
        return


def _relaxed(
    claim: PersistentVolumeClaim, volume: PersistentVolume, found: Obstacle | None
) -> PersistentVolumeClaim | None:
    spec = claim.spec
    match found:
        case Obstacle.ACCESS_MODES:
            return replace(claim, spec=replace(spec, access_modes=volume.spec.access_modes))
        case Obstacle.CAPACITY if capacity(volume) < size(claim):
            storage = {"storage": (volume.spec.capacity or {}).get("storage", 0)}
            return replace(claim, spec=replace(spec, resources=replace(spec.resources, requests=storage)))
        case Obstacle.VOLUME_MODE:
            return replace(claim, spec=replace(spec, volume_mode=volume.spec.volume_mode))
        case Obstacle.SELECTOR:
            return replace(claim, spec=replace(spec, selector=None))
        case Obstacle.CLASS:
            return replace(claim, spec=replace(spec, storage_class_name=volume_class_name(volume)))
        case _:
            return None


def _difference(before: PersistentVolumeClaim, after: PersistentVolumeClaim) -> dict[str, object]:
    old, new = before.spec, after.spec
    fields = {
        "accessModes": (old.access_modes, new.access_modes),
        "resources": (old.resources, new.resources),
        "volumeMode": (old.volume_mode, new.volume_mode),
        "selector": (old.selector, new.selector),
        "storageClassName": (old.storage_class_name, new.storage_class_name),
    }
    return {name: to_builtins(now) for name, (was, now) in fields.items() if was != now}

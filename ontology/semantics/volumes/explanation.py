"""Why a claim got its volume, or none: what the controller did, and near misses by the same rules."""

from collections.abc import Iterator, Mapping, Sequence

from ontology.claims import class_name, obstacle
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
    """Return what was done for the claim, and why each other volume was passed over."""
    others = [v for v in offered.values() if v.name != claim.spec.volume_name]
    # who names a volume is not given another
    looked_at = others if claim.status.phase == "Bound" or not claim.spec.volume_name else ()
    done = tuple(state.steps) or (Step("volumes.match", False, _asked(claim)),)
    return (*done, *_near_misses(claim, looked_at, state))


def _asked(claim: PersistentVolumeClaim) -> dict[str, object]:
    return {
        "claim": claim.name,
        "class": class_name(claim),
        "request": (claim.spec.resources.requests or {}).get("storage"),
        "modes": tuple(claim.spec.access_modes or ()),
    }


def _near_misses(
    claim: PersistentVolumeClaim, volumes: Sequence[PersistentVolume], state: State
) -> Iterator[Step]:
    delayed = waits_for_consumer(claim, state)
    for volume in volumes[:_NEAREST]:
        found = obstacle(volume, claim, delayed=delayed)
        if found is not None:
            yield _as_near_miss(misfit_step(volume, claim, found))


def _as_near_miss(step: Step) -> Step:
    """Return the step as a near miss."""
    return Step(step.rule, step.holds, step.facts, Role.NEAR_MISS, step.concepts)

"""What would give a claim its volume: proposals, each of which is tried before it is offered."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from msgspec import to_builtins
from msgspec.structs import replace

from ontology import patches
from ontology.claims import Obstacle, class_name, obstacle, volume_class_name, volume_for
from ontology.cluster.storage import StorageClass
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim
from ontology.semantics.volumes.binding import named_obstacle
from ontology.semantics.volumes.provisioning import (
    default_class,
    driver_of,
    is_external,
    waits_for_consumer,
)
from ontology.semantics.volumes.state import State
from ontology.verdict import Role, Step

Hindrance = Callable[[PersistentVolume, PersistentVolumeClaim], Obstacle | None]


def proposals(
    claim: PersistentVolumeClaim, offered: Mapping[str, PersistentVolume], state: State
) -> list[Step]:
    """Return changes of the claim, fewest fields first: to suit a volume there, or to have one made."""
    return sorted(_proposals(claim, offered, state), key=lambda step: len((step.change or {})["spec"]))


def _proposals(
    claim: PersistentVolumeClaim, offered: Mapping[str, PersistentVolume], state: State
) -> Iterator[Step]:
    named = offered.get(claim.spec.volume_name)
    if named is not None:
        yield from _suited(claim, [named], named_obstacle)
    if claim.spec.volume_name:
        yield from _renamed(claim, offered, state)
    else:
        yield from _suited(claim, offered.values(), _searched(state))
    yield from _classes(claim, state)


def _searched(state: State) -> Hindrance:
    """Return what hinders the controller where it looks for a volume itself."""

    def hindered(volume: PersistentVolume, claim: PersistentVolumeClaim) -> Obstacle | None:
        return obstacle(volume, claim, delayed=waits_for_consumer(claim, state))

    return hindered


def _suited(
    claim: PersistentVolumeClaim, volumes: Iterable[PersistentVolume], hindered: Hindrance
) -> Iterator[Step]:
    """Yield the claim with the fields that hinder a volume given the volume's values."""
    for volume in volumes:
        changed = _until_fitting(claim, volume, hindered)
        if changed is not None:
            spec = _difference(claim, changed)
            facts = {"claim": claim.name, "volume": volume.name, "fields": _shown(spec)}
            yield _change("volumes.match", claim, facts, spec)


def _shown(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """Return fields with their values as a reader writes them."""
    shown = []
    for name, value in spec.items():
        if name == "resources":
            shown.append(f"storage: {value['requests']['storage']}")
        elif isinstance(value, list):
            shown.append(f"{name}: [{', '.join(value)}]")
        else:
            shown.append(f"{name}: {'null' if value is None else value or repr('')}")
    return tuple(shown)


def _until_fitting(
    claim: PersistentVolumeClaim, volume: PersistentVolume, hindered: Hindrance
) -> PersistentVolumeClaim | None:
    changed, given_way = claim, set[Obstacle]()
    while (found := hindered(volume, changed)) is not None:
        # what hinders although it gave way stands elsewhere, as a class in the old annotation does
        if found not in _RELAXED or found in given_way:
            return None
        given_way.add(found)
        changed = _RELAXED[found](changed, volume)
    return changed


def _with_modes(claim: PersistentVolumeClaim, volume: PersistentVolume) -> PersistentVolumeClaim:
    offered = volume.spec.access_modes or []
    shared = [mode for mode in claim.spec.access_modes or () if mode in offered]
    return replace(claim, spec=replace(claim.spec, access_modes=shared or offered))


def _with_size(claim: PersistentVolumeClaim, volume: PersistentVolume) -> PersistentVolumeClaim:
    requests = {"storage": (volume.spec.capacity or {}).get("storage", 0)}
    return replace(
        claim, spec=replace(claim.spec, resources=replace(claim.spec.resources, requests=requests))
    )


def _with(
    field: str, value: Callable[[PersistentVolume], Any]
) -> Callable[[PersistentVolumeClaim, PersistentVolume], PersistentVolumeClaim]:
    return lambda claim, volume: replace(claim, spec=replace(claim.spec, **{field: value(volume)}))


# what of a claim can give way; a volume that is not free, or that waits for a consumer, cannot be had so
_RELAXED: Mapping[Obstacle, Callable[[PersistentVolumeClaim, PersistentVolume], PersistentVolumeClaim]] = {
    Obstacle.ACCESS_MODES: _with_modes,
    Obstacle.CAPACITY: _with_size,
    Obstacle.VOLUME_MODE: _with("volume_mode", lambda volume: volume.spec.volume_mode),
    Obstacle.SELECTOR: _with("selector", lambda _: None),
    Obstacle.CLASS: _with("storage_class_name", volume_class_name),
    Obstacle.ATTRIBUTES_CLASS: _with(
        "volume_attributes_class_name", lambda volume: volume.spec.volume_attributes_class_name
    ),
}


def _difference(before: PersistentVolumeClaim, after: PersistentVolumeClaim) -> dict[str, object]:
    old, new = before.spec, after.spec
    fields = {
        "accessModes": (old.access_modes, new.access_modes),
        "resources": (old.resources, new.resources),
        "volumeMode": (old.volume_mode, new.volume_mode),
        "selector": (old.selector, new.selector),
        "storageClassName": (old.storage_class_name, new.storage_class_name),
        "volumeAttributesClassName": (old.volume_attributes_class_name, new.volume_attributes_class_name),
    }
    return {name: to_builtins(now) for name, (was, now) in fields.items() if was != now}


def _renamed(
    claim: PersistentVolumeClaim, offered: Mapping[str, PersistentVolume], state: State
) -> Iterator[Step]:
    """Yield the claim with another volume's name, the most alike first, or with none at all."""
    for name in get_close_matches(claim.spec.volume_name, offered, cutoff=0.0):
        yield _change(
            "volumes.namedVolume", claim, {"claim": claim.name, "volume": name}, {"volumeName": name}
        )
    unnamed = replace(claim, spec=replace(claim.spec, volume_name=""))
    found = volume_for(unnamed, offered.values(), delayed=waits_for_consumer(claim, state))
    if found is not None:
        facts = {"claim": claim.name, "volume": found.name, "fields": _shown({"volumeName": None})}
        yield _change("volumes.match", claim, facts, {"volumeName": None})


def _classes(claim: PersistentVolumeClaim, state: State) -> Iterator[Step]:
    """Yield the classes whose driver would make a volume: the one spelt most alike, then the default."""
    names = get_close_matches(class_name(claim), state.classes, n=1)
    default = default_class(state.classes.values())
    listed: list[StorageClass | None] = [*map(state.classes.get, names), default, *state.classes.values()]
    for name, class_ in {each.name: each for each in listed if each is not None}.items():
        if is_external(class_):
            facts = {"claim": claim.name, "class": name, "provisioner": driver_of(class_)}
            spec: dict[str, object] = {"storageClassName": name}
            if claim.spec.volume_name:
                spec["volumeName"] = None
            yield _change("volumes.provisioner", claim, facts, spec)


def _change(
    rule: str, claim: PersistentVolumeClaim, facts: Mapping[str, object], spec: Mapping[str, object]
) -> Step:
    patch = patches.for_object("PersistentVolumeClaim", claim.name, claim.namespace, "v1", spec=dict(spec))
    return Step(rule, True, facts, Role.CHANGE, change=patch)

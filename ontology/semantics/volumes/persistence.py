"""Persistence: whether data is there after something happened, and where it lies.

Source: kubernetes.io/docs/concepts/storage/volumes, .../ephemeral-volumes, .../persistent-volumes (v1.36).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ontology import patches
from ontology.cluster.pods import Pod, Volume
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario, convert_question
from ontology.semantics.volumes import survival
from ontology.semantics.volumes.reclaim import discards
from ontology.semantics.volumes.state import claim_name
from ontology.verdict import Outcome, Step, Verdict


class Place(StrEnum):
    """Where the bytes of a volume lie."""

    MEMORY = "memory"
    POD = "podDirectory"
    NODE = "node"
    NETWORK = "network"
    API = "api"


class Event(StrEnum):
    """What happens to the pod, its node or its claim."""

    CONTAINER_RESTART = "containerRestart"
    POD_DELETE = "podDelete"
    NODE_MOVE = "nodeMove"
    NODE_LOSS = "nodeLoss"
    CLAIM_DELETE = "claimDelete"


@dataclass(frozen=True, slots=True)
class Fate:
    """Whether the bytes still exist anywhere, and whether the pod that comes afterwards sees them."""

    kept: bool
    available: bool


_SAFE, _LOST, _LEFT_BEHIND = Fate(True, True), Fate(False, False), Fate(True, False)

# What holds whatever made the volume; a deleted claim is the reclaim policy's business.
_FATES: Mapping[Place, Mapping[Event, Fate]] = {
    Place.MEMORY: {
        Event.CONTAINER_RESTART: _SAFE,
        Event.POD_DELETE: _LOST,
        Event.NODE_MOVE: _LOST,
        Event.NODE_LOSS: _LOST,
    },
    Place.POD: {
        Event.CONTAINER_RESTART: _SAFE,
        Event.POD_DELETE: _LOST,
        Event.NODE_MOVE: _LOST,
        Event.NODE_LOSS: _LOST,
    },
    Place.NODE: {
        Event.CONTAINER_RESTART: _SAFE,
        Event.POD_DELETE: _SAFE,
        Event.NODE_MOVE: _LEFT_BEHIND,
        Event.NODE_LOSS: _LOST,
    },
    Place.NETWORK: dict.fromkeys(Event, _SAFE),
    Place.API: dict.fromkeys(Event, _SAFE),
}
# the sources of a pod's volume that lie elsewhere than on the network
_POD_SOURCES: Mapping[str, Place] = {
    "empty_dir": Place.POD,
    "host_path": Place.NODE,
    "config_map": Place.API,
    "secret": Place.API,
    "projected": Place.API,
    "downward_api": Place.API,
    "csi": Place.POD,  # an inline CSI volume is made for the pod and goes with it
}


class Survives(Question, frozen=True):
    """Asks for a volume: `namespace/pod/volume`, or the name of a PersistentVolume."""

    volume: str
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The volume asked for, with what it is made of and who holds it."""

    source: str
    place: Place
    volume: PersistentVolume | None = None
    claim: str = ""
    owned: bool = False  # the claim is deleted together with the pod


def evaluate(scenario: Scenario, asked: Survives) -> Verdict:
    """Answer `{"available", "kept", "place", "source"}`: is the data there for the next pod, and where.

    Outcome: yes and no as `available`; unknown where the claim has no volume yet, or the event does not
    concern the volume.

    Raises:
        InvalidQuestionError: no such volume among the objects.
    """
    found = _find(scenario, asked.volume)
    if found is None:
        fate, place, source = None, None, "persistentVolumeClaim"
    else:
        fate, place, source = _fate(found, asked.event), found.place.value, found.source
    answer: dict[str, Any] = {
        "available": None if fate is None else fate.available,
        "kept": None if fate is None else fate.kept,
        "place": place,
        "source": source,
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(answer["available"]),
        explain=lambda: (*_steps(asked, found, fate), *_changes(scenario, asked, fate)),
    )


def _changes(scenario: Scenario, asked: Survives, fate: Fate | None) -> Iterator[Step]:
    """Yield the smallest change with which the data is there afterwards, else one that keeps it at all."""
    if fate is not None and fate.available:
        return

    def again(changed: Scenario) -> Verdict:
        return evaluate(changed, convert_question(changed.asked, Survives, "survives"))

    proposals = list(survival.proposals(scenario, asked.volume))
    offered = tuple(patches.helping(scenario, proposals, again))
    if not offered and fate is not None and not fate.kept:
        offered = tuple(
            patches.helping(scenario, proposals, again, helps=lambda verdict: verdict.answer["kept"] is True)
        )
    yield from offered


def _fate(found: _Found, event: Event) -> Fate | None:
    if not _is_deletion(found, event):
        return _FATES[found.place][event]
    if found.volume is None:
        return None  # no claim holds it, so none can be deleted
    return _LOST if discards(found.volume) else _LEFT_BEHIND


def _find(scenario: Scenario, name: str) -> _Found | None:
    volumes = {each.name: each for each in scenario.all(PersistentVolume)}
    if name in volumes:
        return _of_volume(volumes[name])
    for pod in scenario.all(Pod):
        for volume in pod.spec.volumes or ():
            if f"{pod.namespace}/{pod.name}/{volume.name}" == name:
                return _of_pod(scenario, pod, volume, volumes)
    message = f"no volume `{name}` among the objects (namespace/pod/volume, or a PersistentVolume)"
    raise InvalidQuestionError(message, path="question.survives.volume")


def _of_pod(
    scenario: Scenario, pod: Pod, volume: Volume, volumes: Mapping[str, PersistentVolume]
) -> _Found | None:
    wanted = claim_name(pod, volume)
    if wanted:
        claims = {(c.namespace, c.name): c for c in scenario.all(PersistentVolumeClaim)}
        claim = claims.get((pod.namespace, wanted))
        bound = volumes.get(claim.spec.volume_name) if claim is not None else None
        return None if bound is None else _of_volume(bound, owned=volume.ephemeral is not None)
    if (volume.empty_dir or {}).get("medium") == "Memory":
        return _Found(source="emptyDir", place=Place.MEMORY)
    source = next((s for s in _POD_SOURCES if getattr(volume, s) is not None), "")
    if source:
        return _Found(source=_camel(source), place=_POD_SOURCES[source])
    return _Found(source="nfs" if volume.nfs is not None else "network", place=Place.NETWORK)


def _of_volume(volume: PersistentVolume, *, owned: bool = False) -> _Found:
    spec = volume.spec
    on_node = {"host_path": spec.host_path, "local": spec.local}
    source = next((name for name, value in on_node.items() if value is not None), "")
    place = Place.NODE if source else Place.NETWORK
    made_of = source or next((s for s in ("nfs", "csi") if getattr(spec, s) is not None), "network")
    claim = spec.claim_ref.name if spec.claim_ref is not None else ""
    return _Found(source=_camel(made_of), place=place, volume=volume, claim=claim, owned=owned)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join("API" if part == "api" else part.capitalize() for part in rest)


def _steps(asked: Survives, found: _Found | None, fate: Fate | None) -> Iterator[Step]:
    facts: dict[str, Any] = {"volume": asked.volume, "event": asked.event.value}
    if found is None:
        yield Step("volumes.unboundClaim", None, facts)
        return
    facts |= {"source": found.source, "place": found.place.value}
    yield Step("volumes.place", True, facts, concepts=(_CONCEPTS[found.place],))
    if fate is None:
        yield Step("volumes.noClaim", None, facts)
        return
    if found.owned and asked.event is Event.POD_DELETE:
        yield Step("volumes.ephemeralClaim", True, facts)
    rule = (
        "volumes.reclaimed"
        if found.volume is not None and _is_deletion(found, asked.event)
        else "volumes.survives"
    )
    policy = "" if found.volume is None else found.volume.spec.persistent_volume_reclaim_policy
    if rule == "volumes.reclaimed" and fate.kept and policy != "Retain":
        yield Step("volumes.notReclaimed", True, facts | {"policy": policy})
    yield Step(rule, fate.available, facts | {"kept": fate.kept, "policy": policy})


def _is_deletion(found: _Found, event: Event) -> bool:
    return event is Event.CLAIM_DELETE or (found.owned and event is Event.POD_DELETE)


_CONCEPTS = {
    Place.MEMORY: "emptyDir",
    Place.POD: "emptyDir",
    Place.NODE: "hostPath",
    Place.NETWORK: "PersistentVolume",
    Place.API: "ConfigMap",
}

SURVIVES = Evaluator(question=Survives, evaluate=evaluate)

"""The volume controller's world while it works: objects that change, and what it did, in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeVar

from msgspec.structs import replace

from ontology import iri, quantities
from ontology.cluster import manifests
from ontology.cluster.pods import Pod, Volume
from ontology.cluster.storage import StorageClass
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim
from ontology.readiness import is_finished, is_terminating
from ontology.scenario import Scenario
from ontology.verdict import Step

V = TypeVar("V", PersistentVolume, PersistentVolumeClaim)

BIND_COMPLETED = "pv.kubernetes.io/bind-completed"
BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller"
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
MIGRATED_TO = "pv.kubernetes.io/migrated-to"
PROVISIONER = "volume.kubernetes.io/storage-provisioner"
SELECTED_NODE = "volume.kubernetes.io/selected-node"


def key(claim: PersistentVolumeClaim) -> str:
    """Return `namespace/name`."""
    return f"{claim.namespace}/{claim.name}"


def annotations(thing: PersistentVolume | PersistentVolumeClaim) -> dict[str, str]:
    """Return the annotations, empty where absent."""
    return thing.metadata.annotations or {}


@dataclass(slots=True)
class State:
    """Objects by name (claims by `namespace/name`), in the order given; events and steps as they come."""

    volumes: dict[str, PersistentVolume]
    claims: dict[str, PersistentVolumeClaim]
    classes: dict[str, StorageClass]
    pods: Sequence[Pod]
    deleted: list[str] = field(default_factory=list)
    events: dict[str, tuple[str, str]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    resizing: set[str] = field(default_factory=set)  # claims whose file system is smaller than their volume
    doomed: set[str] = field(default_factory=set)  # deleted, but still there: `Kind/namespace/name`

    @classmethod
    def of(cls, scenario: Scenario) -> "State":
        """Return the state that a scenario's objects describe.

        Raises:
            QuantityError: a size that is none.
        """
        classes = {c.name: c for c in scenario.all(StorageClass)}
        state = cls({}, {}, classes, scenario.all(Pod))
        for path, volume in manifests.located(scenario.manifests, PersistentVolume):
            quantities.parse(
                (volume.spec.capacity or {}).get("storage", 0), path=f"{path}.spec.capacity.storage"
            )
            state.add_volume(volume)
        for path, claim in manifests.located(scenario.manifests, PersistentVolumeClaim):
            wanted = (claim.spec.resources.requests or {}).get("storage", 0)
            quantities.parse(wanted, path=f"{path}.spec.resources.requests.storage")
            state.add_claim(claim)
        return state

    def add_volume(self, volume: PersistentVolume) -> None:
        """Add a volume; without a phase it is Pending."""
        self.volumes[volume.name] = _pending(volume)

    def add_claim(self, claim: PersistentVolumeClaim) -> None:
        """Add a claim; without a phase it is Pending, without a uid it gets one from its name."""
        uid = claim.metadata.uid or iri.digest("uid", key(claim))
        self.claims[key(claim)] = _pending(replace(claim, metadata=replace(claim.metadata, uid=uid)))

    def frozen(self) -> tuple[Any, ...]:
        """What the controller can change, to see whether it did."""
        return tuple(self.volumes.items()), tuple(self.claims.items())

    def event(self, claim: str, reason: str, message: str, step: Step) -> None:
        """Record the event that `kubectl describe pvc` shows last, and its step."""
        self.events[claim] = (reason, message)
        self.say(step)

    def say(self, step: Step) -> None:
        """Record a step, once."""
        if step not in self.steps:
            self.steps.append(step)

    def set_volume_phase(self, name: str, phase: str) -> None:
        """Give a volume its phase."""
        volume = self.volumes[name]
        self.volumes[name] = replace(volume, status=replace(volume.status, phase=phase))

    def set_claim_phase(self, name: str, phase: str) -> None:
        """Give a claim its phase."""
        claim = self.claims[name]
        self.claims[name] = replace(claim, status=replace(claim.status, phase=phase))

    def pods_naming(self, claim: str) -> list[Pod]:
        """Return the pods with a volume of a claim (`namespace/name`), whatever became of them."""
        return [
            pod
            for pod in self.pods
            if any(f"{pod.namespace}/{claim_name(pod, v)}" == claim for v in pod.spec.volumes or ())
        ]

    def pods_using(self, claim: str) -> list[Pod]:
        """Return the pods that may still read or write a claim (`namespace/name`)."""
        return [pod for pod in self.pods_naming(claim) if not _is_over(pod)]


def _is_over(pod: Pod) -> bool:
    """Whether a pod is finished, or is being deleted and none of its containers runs any more."""
    status = pod.status
    containers = chain(
        status.init_container_statuses or (),
        status.container_statuses or (),
        status.ephemeral_container_statuses or (),
    )
    running = any(each.state.running is not None for each in containers)
    return is_finished(pod) or (is_terminating(pod) and not running)


def claim_name(pod: Pod, volume: Volume) -> str:
    """Return the name of the claim behind a pod's volume, `""` where there is none."""
    if volume.persistent_volume_claim is not None:
        return volume.persistent_volume_claim.claim_name
    return f"{pod.name}-{volume.name}" if volume.ephemeral is not None else ""


def _pending(thing: V) -> V:
    return thing if thing.status.phase else replace(thing, status=replace(thing.status, phase="Pending"))

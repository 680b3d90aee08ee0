"""Storage: the volume controller, the protection of what is in use, and a driver that makes volumes.

Source: kubernetes.io/docs/concepts/storage/persistent-volumes, .../dynamic-provisioning (v1.36).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ontology.cluster.meta import KubeObject
from ontology.cluster.pods import Pod
from ontology.cluster.storage import StorageClass
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim
from ontology.readiness import is_finished
from ontology.semantics.volumes import outside
from ontology.semantics.volumes.binding import sync_claim
from ontology.semantics.volumes.reclaim import sync_volume
from ontology.semantics.volumes.state import State, claim_name
from ontology.verdict import Step
from ontology.walkthroughs.cluster.actions import Action, Create, Delete, Say, Update, Why
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import Controller, Single, View, Watch, own, split
from ontology.walkthroughs.cluster.controllers.garbage import without
from ontology.walkthroughs.cluster.kinds import ref_of
from ontology.walkthroughs.cluster.store import Change, Store

CLAIM_PROTECTION = "kubernetes.io/pvc-protection"
VOLUME_PROTECTION = "kubernetes.io/pv-protection"
_ALL = "volumes"


def _state(store: Store) -> State:
    """Return the volume controller's world; it takes every pod that has volumes into account."""
    return State(
        volumes={each.name: each for each in store.all(PersistentVolume)},
        claims={f"{each.namespace}/{each.name}": each for each in store.all(PersistentVolumeClaim)},
        classes={each.name: each for each in store.all(StorageClass)},
        pods=[pod for pod in store.all(Pod) if pod.spec.volumes],
    )


@dataclass(slots=True)
class VolumeBinder(Single):
    """The persistent volume controller; `said` are the last events of claims, so that none is repeated."""

    said: dict[str, tuple[str, str]] = field(default_factory=dict)
    name: str = "persistentvolume-controller"
    process: str = "kube-controller-manager"
    local: bool = False

    @property
    def watches(self) -> Mapping[str, Watch]:
        """Claims, volumes and classes; pods only for what is said of a claim that waits for one."""
        return {"PersistentVolume": _all, "PersistentVolumeClaim": _all, "StorageClass": _all, "Pod": _users}

    def act(self, view: View, keys: Sequence[Key]) -> Iterator[tuple[Key, Sequence[Action]]]:
        """Yield what the controller writes after a look at everything."""
        state = _state(view.store)
        for volume in sorted(state.volumes):
            sync_volume(volume, state)
        for claim in sorted(state.claims):
            sync_claim(claim, state)
        yield keys[0], tuple(self._written(view.store, state))

    def _written(self, store: Store, state: State) -> Iterator[Action]:
        steps = tuple(state.steps)

        def because() -> tuple[Step, ...]:
            return steps

        for claim in state.claims.values():
            if claim != store.get(ref_of(claim)):
                rule = "cluster.volumes.bind" if claim.status.phase == "Bound" else ""
                facts = {
                    "claim": claim.name,
                    "volume": claim.spec.volume_name or None,
                    "phase": claim.status.phase,
                }
                did = f"bind claim {claim.name} to {claim.spec.volume_name}"
                yield Update(claim, Why(rule=rule, did=did, facts=facts, because=because))
        for volume in state.volumes.values():
            before = store.find(PersistentVolume, "", volume.name)
            if before is not None and volume != before:
                moved = volume.status.phase not in {before.status.phase, "Bound"}
                facts = {"volume": volume.name, "phase": volume.status.phase}
                rule = "cluster.volumes.phase" if moved else ""
                did = f"report volume {volume.name} {volume.status.phase}"
                yield Update(volume, Why(rule=rule, did=did, facts=facts, because=because))
        for name in state.deleted:
            yield Delete(
                ("PersistentVolume", "", name),
                Why(rule="cluster.volumes.reclaim", facts={"volume": name}, because=because),
            )
        for key, event in state.events.items():
            if self.said.get(key) != event:
                self.said[key] = event
                type_ = (
                    "Warning"
                    if event[0] in {"ProvisioningFailed", "VolumeMismatch", "ClaimLost"}
                    else "Normal"
                )
                yield Say(("PersistentVolumeClaim", *split(key)), *event, type_)


def _all(_: Store, __: Change) -> Iterator[Key]:
    yield _ALL


def _users(_: Store, change: Change) -> Iterator[Key]:
    pod = change.subject
    comes_or_goes = change.old is None or change.new is None
    if (
        comes_or_goes
        and isinstance(pod, Pod)
        and any(claim_name(pod, each) for each in pod.spec.volumes or ())
    ):
        yield _ALL


# -- the driver --------------------------------------------------------------------------------------


def provision(view: View, _: Key) -> Iterator[Action]:
    """Make a volume for each claim that names a driver, and delete the released ones that it made."""
    state = _state(view.store)
    before = set(state.volumes)
    state.doomed = {
        f"PersistentVolumeClaim/{name}"
        for name, claim in state.claims.items()
        if claim.metadata.deletion_timestamp is not None
    }
    outside.provision(state)
    outside.delete(state)
    steps = tuple(state.steps)

    def because() -> tuple[Step, ...]:
        return steps

    for name in sorted(set(state.volumes) - before):
        claim = state.volumes[name].spec.claim_ref
        facts = {"volume": name, "claim": claim.name if claim is not None else ""}
        yield Create(state.volumes[name], Why(rule="cluster.volumes.provision", facts=facts, because=because))
        if claim is not None:
            text = f"Successfully provisioned volume {name}"
            ref = ("PersistentVolumeClaim", claim.namespace, claim.name)
            yield Say(ref, "ProvisioningSucceeded", text)
    for name in sorted(state.deleted):
        volume = view.store.find(PersistentVolume, "", name)
        if volume is not None and volume.metadata.deletion_timestamp is None:
            why = Why(rule="cluster.volumes.reclaim", facts={"volume": name}, because=because)
            yield Delete(ref_of(volume), why)


PROVISIONER = Controller(
    name="csi-provisioner",
    process="csi-provisioner",
    watches={"PersistentVolumeClaim": _all, "PersistentVolume": _all, "StorageClass": _all},
    reconcile=provision,
)


# -- protection --------------------------------------------------------------------------------------


def protect_claim(view: View, key: Key) -> Iterator[Action]:
    """Let a deleted claim go once no pod uses it."""
    claim = view.store.find(PersistentVolumeClaim, *split(key))
    if claim is None or claim.metadata.deletion_timestamp is None:
        return
    users = [pod.name for pod in view.store.all(Pod) if _uses(pod, claim)]
    if not users and CLAIM_PROTECTION in (claim.metadata.finalizers or ()):
        yield _freed(claim, CLAIM_PROTECTION, "cluster.volumes.claimFreed")


def _uses(pod: Pod, claim: PersistentVolumeClaim) -> bool:
    if pod.namespace != claim.namespace or is_finished(pod) or not pod.spec.node_name:
        return False
    return any(claim_name(pod, each) == claim.name for each in pod.spec.volumes or ())


def protect_volume(view: View, key: Key) -> Iterator[Action]:
    """Let a deleted volume go once it is bound to no claim."""
    volume = view.store.find(PersistentVolume, *split(key))
    if volume is None or volume.metadata.deletion_timestamp is None:
        return
    if volume.status.phase != "Bound" and VOLUME_PROTECTION in (volume.metadata.finalizers or ()):
        yield _freed(volume, VOLUME_PROTECTION, "cluster.volumes.volumeFreed")


def _freed(found: KubeObject, finalizer: str, rule: str) -> Update:
    facts = {"name": found.name, "finalizer": finalizer}
    return Update(
        without(found, finalizer), Why(rule=rule, did=f"let {found.KIND} {found.name} go", facts=facts)
    )


def _claims_of(_: Store, change: Change) -> Iterator[Key]:
    pod = change.subject
    if isinstance(pod, Pod):
        for volume in pod.spec.volumes or ():
            name = claim_name(pod, volume)
            if name:
                yield f"{pod.namespace}/{name}"


def _protection(
    name: str, kind: str, reconcile: Callable[[View, Key], Iterator[Action]], **more: Watch
) -> Controller:
    return Controller(name=name, watches={kind: own, **more}, reconcile=reconcile)


CLAIM_PROTECTOR = _protection(
    "pvc-protection-controller", "PersistentVolumeClaim", protect_claim, Pod=_claims_of
)
VOLUME_PROTECTOR = _protection("pv-protection-controller", "PersistentVolume", protect_volume)

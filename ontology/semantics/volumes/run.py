"""A run over events: claims, pods and volumes come and go, and finalizers hold back what is in use.

After each event everything settles: the volume controller, the scheduler for claims that wait for a consumer,
an external provisioner that makes and deletes volumes, and the two protection controllers.

Source: kubernetes.io/docs/concepts/storage/persistent-volumes (storage object in use protection, expanding),
.../dynamic-provisioning, .../storage-classes (v1.36).
"""

from collections.abc import Mapping
from typing import Any

from ontology.cluster import manifests, schema
from ontology.cluster.meta import field
from ontology.cluster.pods import Pod
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.volumes import outside
from ontology.semantics.volumes.binding import sync_claim
from ontology.semantics.volumes.expansion import expand, resize_mounted
from ontology.semantics.volumes.reclaim import sync_volume
from ontology.semantics.volumes.state import State, key
from ontology.verdict import Outcome, Step, Verdict

_ROUNDS = 100
Things = Mapping[str, str]


class Expand(Question, frozen=True):
    """A claim (`namespace/name`) and the storage it is to ask for."""

    claim: str
    storage: str


class RunEvent(Question, frozen=True):
    """What a user does: `create` a manifest, `delete` `Kind/namespace/name`, or `expand` a claim."""

    create: dict[str, Any] | None = None
    delete: str | None = None
    expand: Expand | None = None


class Run(Question, frozen=True):
    """Asks what happens, event after event."""

    events: list[RunEvent] = field(default_factory=list)


def evaluate(scenario: Scenario, asked: Run) -> Verdict:
    """Answer `{"timeline": [...], "objects", "held"}`.

    Each entry of the time line is `{"event", "refused", "changes": {object: [before, after]},
    "fileSystemResizePending"}`, the last one the claims with that condition; the first entry is the start.
    Objects are named `Kind/namespace/name` (volumes without namespace); what is said of one is its phase,
    `Terminating` while a finalizer holds it back, null when it is not there. Outcome: yes when nothing was
    refused or is held back at the end, no otherwise.

    Raises:
        InvalidQuestionError: an event that is none, or about an object that is not there.
        InvalidObjectError, UnknownKindError: a manifest that the API would refuse.
    """
    state = State.of(scenario)
    before: Things = {}
    timeline: list[dict[str, Any]] = []
    for index, event in enumerate([None, *asked.events]):
        refused = "" if event is None else _apply(event, state, f"question.run.events[{index - 1}]")
        _settle(state)
        after = _shown(state)
        changes = {
            name: [before.get(name), after.get(name)]
            for name in sorted({*before, *after})
            if before.get(name) != after.get(name)
        }
        timeline.append(
            {
                "event": _name(event),
                "refused": refused or None,
                "changes": changes,
                "fileSystemResizePending": sorted(state.resizing),
            }
        )
        before = after
    held = sorted(name for name, phase in before.items() if phase == "Terminating")
    refusals = [entry["refused"] for entry in timeline if entry["refused"]]
    steps = tuple(state.steps) or (Step("volumes.idle", True, {"volumes": (), "claims": ()}),)
    return Verdict(
        answer={"timeline": timeline, "objects": dict(before), "held": held},
        outcome=Outcome.of(not held and not refusals),
        explain=lambda: steps,
    )


def _name(event: RunEvent | None) -> str:
    if event is None:
        return "start"
    if event.create is not None:
        metadata = event.create.get("metadata") or {}
        return f"create {event.create.get('kind')}/{metadata.get('name', '')}"
    if event.expand is not None:
        return f"expand {event.expand.claim} to {event.expand.storage}"
    return f"delete {event.delete}"


def _apply(event: RunEvent, state: State, path: str) -> str:
    """Do what the user does; return the API's refusal, empty for none."""
    if event.create is not None:
        return _create(event.create, state, f"{path}.create")
    if event.expand is not None:
        if event.expand.claim not in state.claims:
            raise InvalidQuestionError(f"no claim `{event.expand.claim}`", path=f"{path}.expand.claim")
        return expand(event.expand.claim, event.expand.storage, state, path=f"{path}.expand.storage")
    if event.delete is not None:
        _delete(event.delete, state, f"{path}.delete")
        return ""
    raise InvalidQuestionError("an event has `create`, `delete` or `expand`", path=path)


def _create(manifest: Mapping[str, Any], state: State, path: str) -> str:
    schema.check(manifest, path=path)
    kind = manifest["kind"]
    struct = _STRUCTS.get(kind)
    if struct is None:
        raise InvalidQuestionError(f"a run creates Pods, claims and volumes, not `{kind}`", path=path)
    made = manifests.decode(manifest, struct, path=path)
    name = made.name if kind == "PersistentVolume" else f"{made.namespace}/{made.name}"
    if name in _there(state)[kind]:
        taken = f'{kind.lower()}s "{made.name}" already exists'
        refusal = f"object is being deleted: {taken}" if f"{kind}/{name}" in state.doomed else taken
        state.say(Step("volumes.nameTaken", False, {"object": f"{kind}/{name}", "reason": refusal}))
        return refusal
    match made:
        case Pod():
            state.pods = [*state.pods, made]
        case PersistentVolume():
            state.add_volume(made)
        case PersistentVolumeClaim():
            state.add_claim(made)
    return ""


_STRUCTS: Mapping[str, type[Pod | PersistentVolume | PersistentVolumeClaim]] = {
    each.KIND: each for each in (Pod, PersistentVolume, PersistentVolumeClaim)
}


def _there(state: State) -> Mapping[str, frozenset[str]]:
    """Return the names of what is there, by kind: `namespace/name`, of volumes the name alone."""
    return {
        "Pod": frozenset(f"{pod.namespace}/{pod.name}" for pod in state.pods),
        "PersistentVolumeClaim": frozenset(state.claims),
        "PersistentVolume": frozenset(state.volumes),
    }


def _delete(name: str, state: State, path: str) -> None:
    kind, _, rest = name.partition("/")
    if rest not in _there(state).get(kind, ()):
        raise InvalidQuestionError(f"no `{name}` to delete (Kind/namespace/name)", path=path)
    if kind == "Pod":
        state.pods = [pod for pod in state.pods if f"{pod.namespace}/{pod.name}" != rest]
    else:
        state.doomed.add(name)


def _settle(state: State) -> None:
    for _ in range(_ROUNDS):
        before = (state.frozen(), frozenset(state.doomed), tuple(state.pods))
        for volume in list(state.volumes):
            sync_volume(volume, state)
        for claim in list(state.claims):
            sync_claim(claim, state)
        outside.schedule(state)
        outside.provision(state)
        outside.delete(state)
        resize_mounted(state)
        _let_go(state)
        if (state.frozen(), frozenset(state.doomed), tuple(state.pods)) == before:
            return


def _let_go(state: State) -> None:
    """Remove what is deleted and no longer in use; a finalizer holds back the rest."""
    for name, claim in list(state.claims.items()):
        doomed = f"PersistentVolumeClaim/{name}"
        if doomed in state.doomed:
            # a finished pod counts as long as the object is there: only deleting it lets the claim go
            users = tuple(pod.name for pod in state.pods_naming(name) if pod.spec.node_name)
            state.say(Step("volumes.claimProtection", not users, {"claim": claim.name, "pods": users}))
            if not users:
                del state.claims[name]
                state.doomed.discard(doomed)
    for name, volume in list(state.volumes.items()):
        doomed = f"PersistentVolume/{name}"
        if doomed in state.doomed:
            bound = volume.status.phase == "Bound"
            ref = volume.spec.claim_ref
            facts = {"volume": name, "claim": ref.name if ref is not None else ""}
            state.say(Step("volumes.volumeProtection", not bound, facts))
            if not bound:
                del state.volumes[name]
                state.doomed.discard(doomed)


def _shown(state: State) -> Things:
    claims = {f"PersistentVolumeClaim/{key(c)}": c.status.phase for c in state.claims.values()}
    volumes = {f"PersistentVolume/{v.name}": v.status.phase for v in state.volumes.values()}
    pods = {f"Pod/{p.namespace}/{p.name}": "Scheduled" if p.spec.node_name else "Pending" for p in state.pods}
    every = {**volumes, **claims, **pods}
    return {name: "Terminating" if name in state.doomed else phase for name, phase in every.items()}


RUN = Evaluator(question=Run, evaluate=evaluate)

"""The StatefulSet controller: pods with a name and claims of their own."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from ontology import selectors
from ontology.cluster.meta import ObjectMeta
from ontology.cluster.pods import PersistentVolumeClaimVolumeSource, Pod, Volume
from ontology.cluster.volumes import PersistentVolumeClaim
from ontology.cluster.workloads import ControllerRevision, OwnedClaim, StatefulSet, StatefulSetStatus
from ontology.semantics.workloads import statefulsets
from ontology.semantics.workloads.simulation.cluster import owned_by
from ontology.walkthroughs.cluster import plain
from ontology.walkthroughs.cluster.actions import Action, Create, Delete, Say, Update, Why
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import Controller, View, controllers, own, split
from ontology.walkthroughs.cluster.controllers import making
from ontology.walkthroughs.cluster.controllers.replicaset import ownership, when_available
from ontology.walkthroughs.cluster.controllers.watching import selected_or_controlled
from ontology.walkthroughs.cluster.kinds import ref_of


def reconcile(view: View, key: Key) -> Iterator[Action]:
    """Keep the template as a revision; then create, update or delete pods one after the other."""
    found = view.store.find(StatefulSet, *split(key))
    if found is None:
        return
    kept = view.store.owned_by(found.metadata.uid, ControllerRevision)
    revision = _revision(found, kept)
    if revision is not None:
        yield revision
        return  # its own creation is watched
    claims = {each.name: each for each in view.store.all(PersistentVolumeClaim)}
    done = statefulsets.reconcile(
        found,
        revisions=kept,
        pods=view.store.claimable(Pod, found, found.spec.selector),
        claims=[_owned(each) for each in view.store.all(PersistentVolumeClaim)],
        now=view.now,
    )
    yield from ownership(found, done.pods.adopted, done.pods.released)
    facts = {"owner": f"StatefulSet {found.name}"}
    for name in done.claims_created:
        yield from _create_claim(found, name, facts)
    for name, owners in done.claim_owners.items():
        if name in claims:
            metadata = replace(claims[name].metadata, owner_references=list(owners))
            yield Update(replace(claims[name], metadata=metadata))
    revisions = {each.name: each for each in kept}
    for name, chosen in done.create.items():
        pod, rest = _pod(found, name, chosen, revisions)
        why = Why(rule="cluster.statefulset.create", facts=facts, because=lambda: done.steps)
        said = f"create Pod {{name}} in StatefulSet {found.name} successful"
        yield Create(pod, why, rest, found, "SuccessfulCreate", said)
    for name in done.delete:
        why = Why(rule="cluster.statefulset.delete", facts=facts, because=lambda: done.steps)
        yield Delete(("Pod", found.namespace, name), why)
        said = f"delete Pod {name} in StatefulSet {found.name} successful"
        yield Say(ref_of(found), "SuccessfulDelete", said)
    yield from when_available(view, key, done.pods.owned, found.spec.min_ready_seconds)
    status = StatefulSetStatus(
        replicas=done.status["replicas"],
        ready_replicas=done.status["readyReplicas"],
        available_replicas=done.status["availableReplicas"],
        current_replicas=done.status["currentReplicas"],
        updated_replicas=done.status["updatedReplicas"],
        current_revision=done.status["currentRevision"],
        update_revision=done.status["updateRevision"],
    )
    if status != found.status:
        yield Update(replace(found, status=status))


def _owned(claim: PersistentVolumeClaim) -> OwnedClaim:
    return OwnedClaim(api_version=claim.api_version, kind=claim.kind, metadata=claim.metadata)


def _revision(found: StatefulSet, kept: list[ControllerRevision]) -> Create | Update | None:
    """Return what keeps the template as the newest revision, None where it is that already."""
    name = making.revision_name(found, found.spec.template)
    newest = max(kept, key=lambda each: each.revision, default=None)
    if newest is not None and newest.name == name:
        return None
    number = (newest.revision if newest is not None else 0) + 1
    same = next((each for each in kept if each.name == name), None)
    if same is not None:  # back to an earlier template: it becomes the newest
        return Update(replace(same, revision=number))
    return Create(
        ControllerRevision(
            api_version="apps/v1",
            kind="ControllerRevision",
            metadata=ObjectMeta(name=name, namespace=found.namespace, owner_references=[owned_by(found)]),
            revision=number,
            data=found.spec.template,
        )
    )


def _create_claim(found: StatefulSet, name: str, facts: dict[str, Any]) -> Iterator[Action]:
    ordinal = name.rpartition("-")[2]
    template = next(
        each
        for each in found.spec.volume_claim_templates or ()
        if name == f"{each.name}-{found.name}-{ordinal}"
    )
    raw = msgspec.to_builtins(template)
    claim = msgspec.convert(
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "spec": raw.get("spec") or {}},
        PersistentVolumeClaim,
    )
    labels = (found.spec.selector.match_labels if found.spec.selector else None) or {}
    metadata = ObjectMeta(name=name, namespace=found.namespace, labels={**labels})
    said = f"create Claim {name} Pod {found.name}-{ordinal} in StatefulSet {found.name} success"
    yield Create(
        replace(claim, metadata=metadata),
        Why(rule="cluster.statefulset.claim", facts=facts),
        None,
        found,
        "SuccessfulCreate",
        said,
    )


def _pod(
    found: StatefulSet, name: str, revision: str, kept: dict[str, ControllerRevision]
) -> tuple[Pod, plain.Rest]:
    template = kept[revision].data if revision in kept else found.spec.template
    labels = {
        statefulsets.REVISION_LABEL: revision,
        statefulsets.NAME_LABEL: name,
        "apps.kubernetes.io/pod-index": name.rpartition("-")[2],
    }
    pod, rest = making.pod_from(template or {}, found, name=name, labels=labels)
    claims = statefulsets.claim_names(found, statefulsets.ordinal(pod))
    volumes = [
        Volume(name=volume, persistent_volume_claim=PersistentVolumeClaimVolumeSource(claim_name=claim))
        for volume, claim in claims.items()
    ]
    own_volumes = [each for each in pod.spec.volumes or () if each.name not in claims]
    spec = replace(
        pod.spec, hostname=name, subdomain=found.spec.service_name, volumes=[*own_volumes, *volumes]
    )
    return replace(pod, spec=spec), rest


CONTROLLER = Controller(
    name="statefulset-controller",
    watches={
        "StatefulSet": own,
        "ControllerRevision": controllers("StatefulSet"),
        "Pod": partial(selected_or_controlled, StatefulSet, controllers("StatefulSet"), selectors.matches),
    },
    reconcile=reconcile,
)

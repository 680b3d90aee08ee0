"""The Deployment controller: a ReplicaSet for each template, scaled against each other."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from msgspec.structs import replace

from ontology import instants, selectors
from ontology.cluster.meta import KubeObject, ObjectMeta
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import Deployment, DeploymentStatus, ReplicaSet
from ontology.semantics.workloads import deployments, progress, templates
from ontology.semantics.workloads.simulation.cluster import owned_by
from ontology.semantics.workloads.simulation.names import template_hash
from ontology.walkthroughs.cluster.actions import Action, Create, Delete, Say, Update, Wake, Why
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import Controller, View, controllers, own, split
from ontology.walkthroughs.cluster.controllers.replicaset import ownership
from ontology.walkthroughs.cluster.controllers.watching import selected_or_controlled
from ontology.walkthroughs.cluster.kinds import ref_of
from ontology.walkthroughs.cluster.store import Change, Store


def reconcile(view: View, key: Key) -> Iterator[Action]:
    """Create, scale and delete ReplicaSets, and report progress."""
    found = view.store.find(Deployment, *split(key))
    if found is None:
        return
    sets = view.store.claimable(ReplicaSet, found, found.spec.selector)
    pods = [pod for each in sets for pod in view.store.owned_by(each.metadata.uid, Pod)]
    done = deployments.reconcile(found, replica_sets=sets, pods=pods, now=view.now)
    yield from ownership(found, done.replica_sets.adopted, done.replica_sets.released)
    by_name = {each.name: each for each in sets}
    if done.created is not None:
        yield from _create(found, done)
    for name in sorted({*done.scale, *done.sizes, *done.revisions}):
        yield from _change(found, by_name[name], done)
    for name in done.delete:
        yield Delete(
            ref_of(by_name[name]), Why(rule="cluster.deployment.history", because=lambda: done.steps)
        )
    status = DeploymentStatus(
        replicas=done.status["replicas"] or 0,
        updated_replicas=done.status["updatedReplicas"] or 0,
        ready_replicas=done.status["readyReplicas"] or 0,
        available_replicas=done.status["availableReplicas"] or 0,
        unavailable_replicas=done.status["unavailableReplicas"] or 0,
        terminating_replicas=done.status["terminatingReplicas"],
        observed_generation=found.metadata.generation or 0,
        conditions=list(done.conditions.values()),
    )
    annotations = dict(found.metadata.annotations or {})
    if done.revision is not None:
        annotations[deployments.REVISION] = done.revision
    after = replace(found, metadata=replace(found.metadata, annotations=annotations), status=status)
    if after != found:
        yield Update(after, _progress(found, status))
    yield from _deadline(after, key, view)


def _create(found: Deployment, done: deployments.Pass) -> Iterator[Action]:
    created = done.created
    if created is None:
        return
    label = template_hash(found.spec.template)
    template = dict(found.spec.template or {})
    metadata = dict(template.get("metadata") or {})
    labels = {**(metadata.get("labels") or {}), templates.HASH_LABEL: label}
    selector = found.spec.selector
    wanted = {**((selector.match_labels if selector else None) or {}), templates.HASH_LABEL: label}
    own_annotations = {
        key: value
        for key, value in (found.metadata.annotations or {}).items()
        if not key.startswith(("deployment.kubernetes.io/", "kubectl.kubernetes.io/"))
    }
    new = ReplicaSet(
        api_version="apps/v1",
        kind="ReplicaSet",
        metadata=ObjectMeta(
            name=f"{found.name}-{label}",
            namespace=found.namespace,
            labels=labels,
            annotations={**own_annotations, deployments.REVISION: created.revision, **_sizes(created.bounds)},
            owner_references=[owned_by(found)],
        ),
    )
    spec = replace(
        new.spec,
        replicas=created.replicas,
        min_ready_seconds=found.spec.min_ready_seconds,
        selector=replace(selector, match_labels=wanted) if selector else None,
        template={**template, "metadata": {**metadata, "labels": labels}},
    )
    facts = {"owner": f"Deployment {found.name}", "revision": created.revision, "replicas": created.replicas}
    why = Why(rule="cluster.deployment.create", facts=facts, because=lambda: done.steps)
    yield Create(replace(new, spec=spec), why)
    if created.replicas:
        yield _scaled(found, new.name, 0, created.replicas)


def _sizes(bounds: Any) -> dict[str, str]:
    return {deployments.DESIRED: str(bounds.replicas), deployments.MAXIMUM: str(bounds.maximum)}


def _scaled(found: Deployment, name: str, before: int, after: int) -> Say:
    way = "up" if after > before else "down"
    message = f"Scaled {way} replica set {name} from {before} to {after}"
    return Say(ref_of(found), "ScalingReplicaSet", message)


def _change(found: Deployment, replica_set: ReplicaSet, done: deployments.Pass) -> Iterator[Action]:
    name, before = replica_set.name, deployments.size(replica_set)
    annotations = dict(replica_set.metadata.annotations or {})
    if name in done.sizes:
        annotations |= _sizes(done.sizes[name])
    if name in done.revisions:
        annotations[deployments.REVISION] = done.revisions[name]
    after = done.scale.get(name, before)
    changed = replace(
        replica_set,
        metadata=replace(replica_set.metadata, annotations=annotations),
        spec=replace(replica_set.spec, replicas=after),
    )
    if after == before:
        yield Update(changed)
        return
    facts = {"owner": f"Deployment {found.name}", "before": before, "after": after}
    did = f"scale ReplicaSet {name} from {before} to {after}"
    yield Update(
        changed, Why(rule="cluster.deployment.scale", did=did, facts=facts, because=lambda: done.steps)
    )
    yield _scaled(found, name, before, after)


def _progress(found: Deployment, status: DeploymentStatus) -> Why:
    """Return what is told of a status: only that progress has got another reason."""
    before = {each.type: each.reason for each in found.status.conditions or ()}
    for each in status.conditions or ():
        if each.type == "Progressing" and before.get(each.type) != each.reason:
            facts: Mapping[str, Any] = {"reason": each.reason, "status": each.status}
            rule = "cluster.deployment.progress"
            return Why(rule=rule, did=f"report Progressing={each.status} ({each.reason})", facts=facts)
    return Why()


def _deadline(found: Deployment, key: Key, view: View) -> Iterator[Action]:
    seconds = progress.deadline(found)
    if seconds is None:
        return
    for each in found.status.conditions or ():
        settled = each.reason in {"NewReplicaSetAvailable", "ProgressDeadlineExceeded"}
        if each.type == "Progressing" and each.last_update_time and not settled:
            due = instants.parse(each.last_update_time) + (seconds + 1) * instants.SECOND
            if due > view.now:
                yield Wake(due, key)


def _of_pod(store: Store, change: Change) -> Iterator[Key]:
    """A Deployment that recreates waits for its old pods to be gone."""
    if change.new is None:
        controller = change.subject.metadata.controller
        owner: KubeObject | None = (
            store.find(ReplicaSet, change.ref[1], controller.name) if controller is not None else None
        )
        parent = owner.metadata.controller if owner is not None else None
        if parent is not None and parent.kind == "Deployment":
            yield f"{change.ref[1]}/{parent.name}"


CONTROLLER = Controller(
    name="deployment-controller",
    watches={
        "Deployment": own,
        "ReplicaSet": partial(
            selected_or_controlled, Deployment, controllers("Deployment"), selectors.matches
        ),
        "Pod": _of_pod,
    },
    reconcile=reconcile,
)

"""A pass of the Deployment controller, written down."""

from ontology import instants
from ontology.cluster.meta import ObjectMeta
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import Deployment, DeploymentStatus, ReplicaSet
from ontology.semantics.workloads import deployments, progress, templates
from ontology.semantics.workloads.simulation import names
from ontology.semantics.workloads.simulation.cluster import (
    Cluster,
    next_generation,
    owned_by,
    replace,
    status_fields,
)


def reconcile(cluster: Cluster, found: Deployment) -> bool:
    """Make a pass; whether it wrote anything."""
    done = deployments.reconcile(
        found, replica_sets=cluster.all(ReplicaSet), pods=cluster.all(Pod), now=cluster.now
    )
    cluster.change_owners(found, done.replica_sets.adopted, done.replica_sets.released)
    if done.created is not None:
        _create_replica_set(cluster, found, done.created)
    for name, size in done.scale.items():
        replica_set = cluster.find(ReplicaSet, name, found.namespace)
        if replica_set is not None:
            cluster.say("scaled", replica_set, to=size, by=found.name)
            changed = replace(replica_set, spec=replace(replica_set.spec, replicas=size))
            cluster.put(next_generation(changed))
    for name in sorted({*done.sizes, *done.revisions}):
        _annotate(cluster, found, name, done)
    for name in done.delete:
        old = cluster.objects.pop((ReplicaSet.KIND, found.namespace, name))
        cluster.say("deleted", old, by=found.name)
    status = DeploymentStatus(
        **status_fields(done.status),
        observed_generation=found.metadata.generation or 1,
        conditions=list(done.conditions.values()),
    )
    _tell_progress(cluster, found, status)
    annotations = dict(found.metadata.annotations or {})
    if done.revision is not None:
        annotations[deployments.REVISION] = done.revision
    metadata = replace(found.metadata, annotations=annotations)
    after = replace(found, metadata=metadata, status=status)
    cluster.put(after)
    _look_at_deadline(cluster, after)
    return after != found or bool(done.created or done.scale or done.delete)


def _tell_progress(cluster: Cluster, found: Deployment, status: DeploymentStatus) -> None:
    before = {each.type: each.reason for each in found.status.conditions or ()}
    for each in status.conditions or ():
        if each.type == "Progressing" and before.get("Progressing") != each.reason:
            cluster.say("progressing", found, status=each.status, reason=each.reason)


def _look_at_deadline(cluster: Cluster, found: Deployment) -> None:
    seconds = progress.deadline(found)
    for each in found.status.conditions or ():
        if seconds is not None and each.type == "Progressing" and each.last_update_time:
            since = instants.parse(each.last_update_time)
            cluster.at(since + (seconds + 1) * instants.SECOND)


def _annotate(cluster: Cluster, owner: Deployment, name: str, done: deployments.Pass) -> None:
    found = cluster.objects[ReplicaSet.KIND, owner.namespace, name]
    annotations = dict(found.metadata.annotations or {})
    if name in done.sizes:
        span = done.sizes[name]
        annotations |= {
            deployments.DESIRED: str(span.replicas),
            deployments.MAXIMUM: str(span.maximum),
        }
    if name in done.revisions:
        annotations[deployments.REVISION] = done.revisions[name]
    cluster.put(replace(found, metadata=replace(found.metadata, annotations=annotations)))


def _create_replica_set(cluster: Cluster, found: Deployment, created: deployments.Created) -> None:
    label = names.template_hash(found.spec.template)
    template = dict(found.spec.template or {})
    metadata = dict(template.get("metadata") or {})
    labels = {**(metadata.get("labels") or {}), templates.HASH_LABEL: label}
    selector = found.spec.selector
    wanted = {**((selector.match_labels if selector else None) or {}), templates.HASH_LABEL: label}
    own = {
        key: value
        for key, value in (found.metadata.annotations or {}).items()
        if not key.startswith("deployment.kubernetes.io/")
    }
    name = f"{found.name}-{label}"
    replica_set = ReplicaSet(
        api_version="apps/v1",
        kind="ReplicaSet",
        metadata=ObjectMeta(
            name=name,
            namespace=found.metadata.namespace,
            uid=cluster.uid("ReplicaSet", name),
            generation=1,
            labels=labels,
            annotations={
                **own,
                deployments.REVISION: created.revision,
                deployments.DESIRED: str(created.bounds.replicas),
                deployments.MAXIMUM: str(created.bounds.maximum),
            },
            owner_references=[owned_by(found)],
            creation_timestamp=instants.render(cluster.now),
        ),
    )
    spec = replace(
        replica_set.spec,
        replicas=created.replicas,
        min_ready_seconds=found.spec.min_ready_seconds,
        selector=replace(selector, match_labels=wanted) if selector else None,
        template={**template, "metadata": {**metadata, "labels": labels}},
    )
    cluster.say_created(
        replace(replica_set, spec=spec), found, revision=created.revision, replicas=created.replicas
    )

"""A pass of the StatefulSet controller, written down; its templates are kept as ControllerRevisions."""

from ontology.cluster.meta import ObjectMeta
from ontology.cluster.pods import PersistentVolumeClaimVolumeSource, Pod, Volume
from ontology.cluster.workloads import ControllerRevision, OwnedClaim, StatefulSet, StatefulSetStatus
from ontology.semantics.workloads import statefulsets
from ontology.semantics.workloads.simulation.cluster import Cluster, replace, status_fields
from ontology.semantics.workloads.simulation.controllers.availability import look_again
from ontology.semantics.workloads.simulation.controllers.revisions import keep


def reconcile(cluster: Cluster, found: StatefulSet) -> bool:
    """Make a pass; whether it wrote anything."""
    keep(cluster, found, found.spec.template)
    done = statefulsets.reconcile(
        found,
        revisions=cluster.all(ControllerRevision),
        pods=cluster.all(Pod),
        claims=cluster.all(OwnedClaim),
        now=cluster.now,
    )
    cluster.change_owners(found, done.pods.adopted, done.pods.released)
    _write_claims(cluster, found, done)
    for name, revision in done.create.items():
        _create(cluster, found, name, revision)
    for name in done.delete:
        pod = cluster.find(Pod, name, found.namespace)
        if pod is not None:
            cluster.terminate(pod, by=found.name)
    look_again(cluster, done.pods.owned, found.spec.min_ready_seconds)
    status = StatefulSetStatus(**status_fields(done.status))
    cluster.put(replace(found, status=status))
    return status != found.status or bool(
        done.create or done.delete or done.claims_created or done.claim_owners
    )


def _write_claims(cluster: Cluster, found: StatefulSet, done: statefulsets.Pass) -> None:
    for name in done.claims_created:
        claim = OwnedClaim(
            api_version="v1",
            kind="PersistentVolumeClaim",
            metadata=ObjectMeta(
                name=name,
                namespace=found.metadata.namespace,
                uid=cluster.uid("PersistentVolumeClaim", name),
            ),
        )
        cluster.say_created(claim, found)
    for name, owners in done.claim_owners.items():
        owned = cluster.objects[OwnedClaim.KIND, found.namespace, name]
        cluster.put(replace(owned, metadata=replace(owned.metadata, owner_references=list(owners))))
        cluster.say("claimOwners", owned, owners=[f"{each.kind}/{each.name}" for each in owners])


def _create(cluster: Cluster, found: StatefulSet, name: str, revision: str) -> None:
    kept = cluster.find(ControllerRevision, revision, found.namespace)
    template = found.spec.template if kept is None else kept.data
    labels = {statefulsets.REVISION_LABEL: revision, statefulsets.NAME_LABEL: name}
    pod = cluster.create_pod(found, name, template or {}, **labels)
    claims = statefulsets.claim_names(found, statefulsets.ordinal(pod))
    volumes = [
        Volume(name=each, persistent_volume_claim=PersistentVolumeClaimVolumeSource(claim_name=claim))
        for each, claim in claims.items()
    ]
    spec = replace(
        pod.spec,
        hostname=name,
        subdomain=found.spec.service_name,
        volumes=[*(pod.spec.volumes or ()), *volumes],
    )
    cluster.say_pod(replace(pod, spec=spec), found, revision=revision)

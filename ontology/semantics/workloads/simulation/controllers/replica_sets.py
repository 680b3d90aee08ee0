"""A pass of the ReplicaSet controller, written down."""

from ontology.cluster.pods import Pod
from ontology.cluster.workloads import ReplicaSet, ReplicaSetStatus
from ontology.semantics.workloads import replicasets
from ontology.semantics.workloads.simulation.cluster import Cluster, replace, status_fields
from ontology.semantics.workloads.simulation.controllers.availability import look_again


def reconcile(cluster: Cluster, found: ReplicaSet) -> bool:
    """Make a pass; whether it wrote anything."""
    done = replicasets.reconcile(
        found, pods=cluster.all(Pod), siblings=cluster.all(ReplicaSet), now=cluster.now
    )
    cluster.change_owners(found, done.pods.adopted, done.pods.released)
    for _ in range(done.create):
        pod = cluster.create_pod(found, cluster.random_name(found), found.spec.template or {})
        cluster.say_pod(pod, found)
    for pod in done.delete:
        cluster.terminate(pod, by=found.name)
    look_again(cluster, done.pods.owned, found.spec.min_ready_seconds)
    status = ReplicaSetStatus(
        **status_fields(done.status), observed_generation=found.metadata.generation or 1
    )
    cluster.put(replace(found, status=status))
    return status != found.status or bool(done.create or done.delete)

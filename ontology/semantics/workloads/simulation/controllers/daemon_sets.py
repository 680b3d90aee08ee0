"""A pass of the DaemonSet controller, written down: placing, then the rolling update."""

import msgspec

from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import DaemonSet
from ontology.semantics.workloads import daemonsets
from ontology.semantics.workloads.simulation import names
from ontology.semantics.workloads.simulation.cluster import Cluster
from ontology.semantics.workloads.simulation.controllers.availability import look_again
from ontology.semantics.workloads.simulation.controllers.revisions import keep


def placed(cluster: Cluster, found: DaemonSet) -> tuple[daemonsets.Pass, str]:
    """Return a pass of placing a DaemonSet's pods, and the hash of its template."""
    revision = names.template_hash(msgspec.to_builtins(found.spec.template))
    done = daemonsets.reconcile(
        found, nodes=cluster.all(Node), pods=cluster.all(Pod), revision=revision, now=cluster.now
    )
    return done, revision


def reconcile(cluster: Cluster, found: DaemonSet) -> bool:
    """Make a pass; whether it wrote anything."""
    template = msgspec.to_builtins(found.spec.template)
    keep(cluster, found, template)
    done, revision = placed(cluster, found)
    rolled = daemonsets.roll(found, done, revision=revision, now=cluster.now)
    for node in (*done.create, *rolled.create):
        pinned = {**template, "spec": {**template.get("spec", {}), "nodeName": node}}
        labels = {daemonsets.HASH_LABEL: revision}
        pod = cluster.create_pod(found, cluster.random_name(found), pinned, **labels)
        cluster.say_pod(pod, found, node=node)
    deleted = {*done.delete, *rolled.delete}
    for name in sorted(deleted):
        surplus = cluster.find(Pod, name, found.namespace)
        if surplus is not None:
            cluster.terminate(surplus, by=found.name)
    look_again(cluster, done.pods.owned, found.spec.min_ready_seconds)
    return bool(done.create or rolled.create or deleted)

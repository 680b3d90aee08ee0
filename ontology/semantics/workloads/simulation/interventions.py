"""What users and nodes do to a cluster from outside."""

from typing import Any

import msgspec

from ontology import readiness, tolerations
from ontology.cluster.meta import KubeObject
from ontology.cluster.nodes import Node, Taint
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import CronJob, DaemonSet, Deployment, Job, ReplicaSet, StatefulSet
from ontology.semantics.workloads.ownership import Propagation
from ontology.semantics.workloads.simulation.cluster import Cluster, next_generation, replace
from ontology.semantics.workloads.simulation.kubelet import condition

_UNREACHABLE = Taint(key="node.kubernetes.io/unreachable", effect="NoExecute")


def delete(cluster: Cluster, found: KubeObject, propagation: Propagation = Propagation.BACKGROUND) -> None:
    """Delete an object, and with it what the propagation says."""
    if isinstance(found, Pod):
        cluster.terminate(found, by="user")
    else:
        cluster.collect(found, propagation)


def resize(cluster: Cluster, found: Deployment | ReplicaSet | StatefulSet, replicas: int) -> None:
    """Set `spec.replicas`."""
    cluster.say("scaled", found, to=replicas, by="user")
    cluster.put(next_generation(replace(found, spec=replace(found.spec, replicas=replicas))))


def set_template(
    cluster: Cluster, found: Deployment | StatefulSet | DaemonSet, template: dict[str, Any]
) -> None:
    """Set the pod template."""
    spec: Any
    if isinstance(found, DaemonSet):  # the only one whose template is typed
        plain = {**msgspec.to_builtins(found.spec), "template": template}
        spec = msgspec.convert(plain, type(found.spec))
    else:
        spec = replace(found.spec, template=template)
    cluster.put(next_generation(replace(found, spec=spec)))


def pause(cluster: Cluster, found: Deployment, *, paused: bool) -> None:
    """Pause a rollout, or let it go on."""
    cluster.say("paused" if paused else "resumed", found)
    cluster.put(next_generation(replace(found, spec=replace(found.spec, paused=paused))))


def suspend(cluster: Cluster, found: Job | CronJob, *, suspended: bool) -> None:
    """Suspend a Job or CronJob, or let it go on."""
    cluster.say("suspended" if suspended else "resumed", found)
    cluster.put(next_generation(replace(found, spec=replace(found.spec, suspend=suspended))))


def lose_node(cluster: Cluster, found: Node) -> None:
    """Let a node fail: its pods are not ready at once and are evicted later."""
    cluster.say("lost", found)
    cluster.lost.add(found.name)
    for pod in cluster.all(Pod):
        if pod.spec.node_name == found.name and pod.status.phase == "Running":
            status = replace(pod.status, conditions=[condition(cluster, "Ready", "False")])
            cluster.put(replace(pod, status=status))
            cluster.say("notReady", pod, node=found.name)


def evict_from(cluster: Cluster, name: str) -> None:
    """Delete the pods of a failed node; nobody confirms that they are gone, so they stay terminating.

    Daemons, and pods that tolerate an unreachable node for good, are left alone.
    """
    for pod in cluster.all(Pod):
        here = pod.spec.node_name == name and name in cluster.lost
        if here and not readiness.is_terminating(pod) and not _stays(pod):
            disrupted = condition(cluster, "DisruptionTarget", "True", "DeletionByTaintManager")
            status = replace(pod.status, conditions=[*(pod.status.conditions or ()), disrupted])
            cluster.terminate(replace(pod, status=status), by="evicted", confirmed=False)


def _stays(pod: Pod) -> bool:
    controller = pod.metadata.controller
    if controller is not None and controller.kind == DaemonSet.KIND:
        return True  # its controller gave it the toleration
    lasting = [each for each in pod.spec.tolerations or () if each.toleration_seconds is None]
    return not tolerations.untolerated([_UNREACHABLE], lasting, effects=("NoExecute",))


def remove_node(cluster: Cluster, found: Node) -> None:
    """Delete a failed node: its pods are gone for certain."""
    cluster.say("deleted", found, by="user")
    cluster.objects.pop((Node.KIND, found.name), None)
    for pod in cluster.all(Pod):
        if pod.spec.node_name == found.name:
            cluster.leave(replace(pod, metadata=replace(pod.metadata, finalizers=None)))

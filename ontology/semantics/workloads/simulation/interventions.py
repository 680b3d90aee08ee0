"""What users and nodes do to a cluster from outside."""

from typing import Any

import msgspec

from ontology import instants, readiness, tolerations
from ontology.cluster.meta import KubeObject
from ontology.cluster.nodes import Node, Taint
from ontology.cluster.pods import Pod, PodTemplateSpec
from ontology.cluster.workloads import CronJob, DaemonSet, Deployment, Job, ReplicaSet, StatefulSet
from ontology.semantics.workloads.ownership import Propagation
from ontology.semantics.workloads.simulation.cluster import Cluster, key_of, next_generation, replace
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
    cluster: Cluster, found: Deployment | StatefulSet | DaemonSet | CronJob, template: dict[str, Any]
) -> None:
    """Set the pod template; a CronJob's next Job is the first with the new one."""
    spec: Any
    if isinstance(found, CronJob):
        job = replace(found.spec.job_template.spec, template=msgspec.convert(template, PodTemplateSpec))
        spec = replace(found.spec, job_template=replace(found.spec.job_template, spec=job))
    elif isinstance(found, DaemonSet):
        spec = replace(found.spec, template=msgspec.convert(template, PodTemplateSpec))
    else:
        spec = replace(found.spec, template=template)
    cluster.put(next_generation(replace(found, spec=spec)))


def template_of(found: Deployment | StatefulSet | DaemonSet | CronJob) -> dict[str, Any]:
    """Return the pod template of an object as a plain mapping."""
    spec = found.spec.job_template.spec if isinstance(found, CronJob) else found.spec
    plain: dict[str, Any] = msgspec.to_builtins(spec.template) or {}
    return plain


def pause(cluster: Cluster, found: Deployment, *, paused: bool) -> None:
    """Pause a rollout, or let it go on."""
    cluster.say("paused" if paused else "resumed", found)
    cluster.put(next_generation(replace(found, spec=replace(found.spec, paused=paused))))


def suspend(cluster: Cluster, found: Job | CronJob, *, suspended: bool) -> None:
    """Suspend a Job or CronJob, or let it go on."""
    cluster.say("suspended" if suspended else "resumed", found)
    cluster.put(next_generation(replace(found, spec=replace(found.spec, suspend=suspended))))


def lose_node(cluster: Cluster, found: Node) -> None:
    """Let a node fail: its pods are not ready at once and are evicted when their patience ends."""
    cluster.say("lost", found)
    cluster.lost[found.name] = cluster.now
    for pod in cluster.all(Pod):
        patience = _patience(cluster, pod)
        if pod.spec.node_name == found.name and patience is not None:
            cluster.at(cluster.now + patience)
        if pod.spec.node_name == found.name and pod.status.phase == "Running":
            status = replace(pod.status, conditions=[condition(cluster, "Ready", "False")])
            cluster.put(replace(pod, status=status))
            cluster.say("notReady", pod, node=found.name)


def evict(cluster: Cluster) -> None:
    """Delete the pods that have borne their lost node for long enough.

    Nobody confirms that they are gone, so they stay terminating.
    """
    for pod in cluster.all(Pod) if cluster.lost else ():
        since, patience = cluster.lost.get(pod.spec.node_name), _patience(cluster, pod)
        if since is None or patience is None or readiness.is_terminating(pod):
            continue
        if since + patience <= cluster.now:
            disrupted = condition(cluster, "DisruptionTarget", "True", "DeletionByTaintManager")
            status = replace(pod.status, conditions=[*(pod.status.conditions or ()), disrupted])
            cluster.terminate(replace(pod, status=status), by="evicted", confirmed=False)


def _patience(cluster: Cluster, pod: Pod) -> int | None:
    """Return for how long a pod bears that its node is unreachable, in nanoseconds; None for good.

    The shortest `tolerationSeconds` counts; a pod that says nothing gets the toleration of admission.
    """
    controller = pod.metadata.controller
    if controller is not None and controller.kind == DaemonSet.KIND:
        return None  # its controller gave it the toleration
    bearing = [each for each in pod.spec.tolerations or () if tolerations.matches(each, _UNREACHABLE)]
    limits = [each.toleration_seconds for each in bearing if each.toleration_seconds is not None]
    if not bearing:
        return cluster.delays.node_loss
    return max(0, min(limits)) * instants.SECOND if limits else None


def remove_node(cluster: Cluster, found: Node) -> None:
    """Delete a failed node: its pods are gone for certain."""
    cluster.say("deleted", found, by="user")
    cluster.objects.pop(key_of(found), None)
    for pod in cluster.all(Pod):
        if pod.spec.node_name == found.name:
            cluster.leave(replace(pod, metadata=replace(pod.metadata, finalizers=None)))

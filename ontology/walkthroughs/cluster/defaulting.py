"""What the API server fills in before it stores a new object, whoever sends it.

Source: kubernetes.io/docs/reference/kubernetes-api (defaults of fields, v1.36).
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from ontology.cluster.meta import KubeObject, LabelSelector
from ontology.cluster.namespaces import Namespace
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.services import Service, ServicePort
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim
from ontology.cluster.workloads import Deployment, Job, ReplicaSet, StatefulSet
from ontology.walkthroughs.cluster import names
from ontology.walkthroughs.cluster.store import Store

NAMESPACE_FINALIZER = "kubernetes"
CONTROLLER_UID = "batch.kubernetes.io/controller-uid"
JOB_NAME = "batch.kubernetes.io/job-name"
DEFAULT_GRACE = 30

Complete = Callable[[Any, Store], KubeObject]


def complete(found: KubeObject, store: Store) -> KubeObject:
    """Return a new object with what its kind gets by default."""
    return _COMPLETE[found.kind](found, store) if found.kind in _COMPLETE else found


def _pod(pod: Pod, _: Store) -> Pod:
    spec = pod.spec
    grace = spec.termination_grace_period_seconds
    return replace(
        pod,
        spec=replace(
            spec,
            restart_policy=spec.restart_policy or "Always",
            dns_policy=spec.dns_policy or "ClusterFirst",
            scheduler_name=spec.scheduler_name or "default-scheduler",
            service_account_name=spec.service_account_name or "default",
            termination_grace_period_seconds=DEFAULT_GRACE if grace is None else grace,
        ),
        status=replace(pod.status, phase="Pending"),
    )


def _sized(found: Deployment | ReplicaSet | StatefulSet, _: Store) -> KubeObject:
    spec = found.spec
    return replace(found, spec=replace(spec, replicas=1 if spec.replicas is None else spec.replicas))


def _job(job: Job, _: Store) -> Job:
    spec = job.spec
    if spec.selector is not None:
        return job
    own = {CONTROLLER_UID: job.metadata.uid, JOB_NAME: job.name}
    template = spec.template
    metadata = dict(template.metadata or {})
    labels = {
        **(metadata.get("labels") or {}),
        **own,
        "controller-uid": job.metadata.uid,
        "job-name": job.name,
    }
    one = 1 if spec.completions is None and spec.parallelism is None else spec.completions
    return replace(
        job,
        spec=replace(
            spec,
            selector=LabelSelector(match_labels={CONTROLLER_UID: job.metadata.uid}),
            template=replace(template, metadata={**metadata, "labels": labels}),
            completions=one,
            parallelism=1 if spec.parallelism is None else spec.parallelism,
        ),
    )


def _service(service: Service, store: Store) -> Service:
    spec = service.spec
    if spec.type == "ExternalName":
        return service
    others = store.all(Service)
    if not spec.cluster_ip:
        taken = {each.spec.cluster_ip for each in others}
        spec = replace(spec, cluster_ip=names.service_address(service.namespace, service.name, taken))
    if spec.type in {"NodePort", "LoadBalancer"}:
        open_ = {port.node_port for each in others for port in each.spec.ports or ()}
        spec = replace(spec, ports=[_opened(service, port, open_) for port in spec.ports or ()])
    return replace(service, spec=spec)


def _opened(service: Service, port: ServicePort, taken: set[int]) -> ServicePort:
    number = port.node_port or names.node_port(service.namespace, service.name, port.port, taken)
    taken.add(number)
    return replace(port, node_port=number)


def _pending(found: PersistentVolume | PersistentVolumeClaim, _: Store) -> KubeObject:
    return replace(found, status=replace(found.status, phase=found.status.phase or "Pending"))


def _namespace(namespace: Namespace, _: Store) -> Namespace:
    labels = {**namespace.labels, "kubernetes.io/metadata.name": namespace.name}
    return replace(
        namespace,
        metadata=replace(namespace.metadata, labels=labels, finalizers=[NAMESPACE_FINALIZER]),
        status=replace(namespace.status, phase="Active"),
    )


def _node(node: Node, _: Store) -> Node:
    return replace(node, metadata=replace(node.metadata, namespace=""))


_COMPLETE: Mapping[str, Complete] = {
    "Deployment": _sized,
    "Job": _job,
    "Namespace": _namespace,
    "Node": _node,
    "PersistentVolume": _pending,
    "PersistentVolumeClaim": _pending,
    "Pod": _pod,
    "ReplicaSet": _sized,
    "Service": _service,
    "StatefulSet": _sized,
}


def grace_of(pod: Pod) -> int:
    """Return the grace period that a deletion gives a pod: none where nothing runs."""
    if not pod.spec.node_name or pod.status.phase in {"Succeeded", "Failed"}:
        return 0
    own = pod.spec.termination_grace_period_seconds
    return DEFAULT_GRACE if own is None else own

"""What the API server does with an object before it is stored: defaults, admission, validation.

Source: kubernetes.io/docs/reference/access-authn-authz/admission-controllers and
kubernetes.io/docs/reference/kubernetes-api (defaults of fields), v1.36.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from ontology import selectors
from ontology.cluster.meta import KubeObject, LabelSelector
from ontology.cluster.namespaces import Namespace
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod, PodTemplateSpec, Toleration
from ontology.cluster.policies import PriorityClass
from ontology.cluster.services import Service, ServicePort
from ontology.cluster.storage import StorageClass
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim
from ontology.cluster.workloads import CronJob, DaemonSet, Deployment, Job, ReplicaSet, StatefulSet
from ontology.semantics.volumes import provisioning
from ontology.walkthroughs.cluster import names
from ontology.walkthroughs.cluster.kinds import Ref, ref_of
from ontology.walkthroughs.cluster.store import Store

CLAIM_PROTECTION = "kubernetes.io/pvc-protection"
VOLUME_PROTECTION = "kubernetes.io/pv-protection"
NAMESPACE_FINALIZER = "kubernetes"
SYSTEM_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
CONTROLLER_UID = "batch.kubernetes.io/controller-uid"
JOB_NAME = "batch.kubernetes.io/job-name"
DEFAULT_GRACE = 30
_TOLERATED_SECONDS = 300
_SYSTEM_PRIORITIES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


class RefusedError(Exception):
    """A request that the API server refuses: HTTP status, reason, and the sentence that kubectl prints."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        self.status = status
        self.reason = reason
        self.message = message
        super().__init__(message)


Admit = Callable[[Any, Store], KubeObject]


def admit(found: KubeObject, store: Store) -> KubeObject:
    """Return a new object as it is stored, defaults filled in.

    Raises:
        RefusedError: admission or validation refuses it.
    """
    kind, namespace, name = ref_of(found)
    if namespace:
        _namespace_admits(kind, namespace, name, store)
    admitted = _ADMIT[kind](found, store) if kind in _ADMIT else found
    validate(admitted)
    return admitted


def _namespace_admits(kind: str, namespace: str, name: str, store: Store) -> None:
    found = store.find(Namespace, "", namespace)
    if found is None:
        raise RefusedError(404, "NotFound", f'namespaces "{namespace}" not found')
    if found.metadata.deletion_timestamp is not None:
        resource = kind.lower() + "s"
        raise RefusedError(
            403,
            "Forbidden",
            f'{resource} "{name}" is forbidden: unable to create new content in namespace {namespace} because'
            " it is being terminated",
        )


def _tolerating(key: str) -> Toleration:
    return Toleration(
        key=f"node.kubernetes.io/{key}",
        operator="Exists",
        effect="NoExecute",
        toleration_seconds=_TOLERATED_SECONDS,
    )


_ADDED = tuple(_tolerating(key) for key in ("not-ready", "unreachable"))


def _pod(pod: Pod, store: Store) -> Pod:
    spec = pod.spec
    own = spec.tolerations or []
    added = [each for each in _ADDED if not any(_covers(one, each) for one in own)]
    priority, policy = _priority(pod, store)
    return replace(
        pod,
        spec=replace(
            spec,
            restart_policy=spec.restart_policy or "Always",
            dns_policy=spec.dns_policy or "ClusterFirst",
            scheduler_name=spec.scheduler_name or "default-scheduler",
            service_account_name=spec.service_account_name or "default",
            termination_grace_period_seconds=DEFAULT_GRACE
            if spec.termination_grace_period_seconds is None
            else spec.termination_grace_period_seconds,
            tolerations=[*own, *added] if added else own,
            priority=priority,
            preemption_policy=spec.preemption_policy or policy,
        ),
        status=replace(pod.status, phase="Pending"),
    )


def _covers(own: Toleration, added: Toleration) -> bool:
    return own.key in ("", added.key) and own.effect in ("", added.effect)


def _priority(pod: Pod, store: Store) -> tuple[int, str]:
    name = pod.spec.priority_class_name
    classes = {each.name: each for each in store.all(PriorityClass)}
    if not name:
        default = next((each for each in classes.values() if each.global_default), None)
        return (default.value, default.preemption_policy) if default else (0, "PreemptLowerPriority")
    if name in _SYSTEM_PRIORITIES:
        return _SYSTEM_PRIORITIES[name], "PreemptLowerPriority"
    if name not in classes:
        raise RefusedError(
            403,
            "Forbidden",
            f'pods "{pod.name}" is forbidden: no PriorityClass with name {name} was found',
        )
    return classes[name].value, classes[name].preemption_policy


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


def _claim(claim: PersistentVolumeClaim, store: Store) -> PersistentVolumeClaim:
    default = None if _names_class(claim) else provisioning.default_class(store.all(StorageClass))
    spec = claim.spec if default is None else replace(claim.spec, storage_class_name=default.name)
    return replace(
        claim,
        metadata=replace(claim.metadata, finalizers=_with(claim, CLAIM_PROTECTION)),
        spec=spec,
        status=replace(claim.status, phase=claim.status.phase or "Pending"),
    )


def _names_class(claim: PersistentVolumeClaim) -> bool:
    beta = "volume.beta.kubernetes.io/storage-class"
    return claim.spec.storage_class_name is not None or beta in (claim.metadata.annotations or {})


def _volume(volume: PersistentVolume, _: Store) -> PersistentVolume:
    return replace(
        volume,
        metadata=replace(volume.metadata, finalizers=_with(volume, VOLUME_PROTECTION)),
        status=replace(volume.status, phase=volume.status.phase or "Pending"),
    )


def _with(found: KubeObject, finalizer: str) -> list[str]:
    own = found.metadata.finalizers or []
    return own if finalizer in own else [*own, finalizer]


def _namespace(namespace: Namespace, _: Store) -> Namespace:
    labels = {**namespace.labels, "kubernetes.io/metadata.name": namespace.name}
    return replace(
        namespace,
        metadata=replace(namespace.metadata, labels=labels, finalizers=_with(namespace, NAMESPACE_FINALIZER)),
        status=replace(namespace.status, phase="Active"),
    )


def _node(node: Node, _: Store) -> Node:
    return replace(node, metadata=replace(node.metadata, namespace=""))


_ADMIT: Mapping[str, Admit] = {
    "Deployment": _sized,
    "Job": _job,
    "Namespace": _namespace,
    "Node": _node,
    "PersistentVolume": _volume,
    "PersistentVolumeClaim": _claim,
    "Pod": _pod,
    "ReplicaSet": _sized,
    "Service": _service,
    "StatefulSet": _sized,
}


# -- validation --------------------------------------------------------------------------------------


def validate(found: KubeObject) -> None:
    """Refuse what no field alone shows to be wrong.

    Raises:
        RefusedError: 422, with the sentence of the API server.
    """
    if isinstance(found, Deployment | ReplicaSet | StatefulSet | DaemonSet):
        _selects(found, found.spec.selector, _template_labels(found.spec.template))
    if isinstance(found, CronJob) and not found.spec.schedule:
        raise _invalid(found, "spec.schedule: Required value")


def _template_labels(template: Mapping[str, Any] | PodTemplateSpec | None) -> Mapping[str, str]:
    raw = template.metadata if isinstance(template, PodTemplateSpec) else (template or {}).get("metadata")
    return (raw or {}).get("labels") or {}


def _selects(found: KubeObject, selector: LabelSelector | None, labels: Mapping[str, str]) -> None:
    if selector is None or not (selector.match_labels or selector.match_expressions):
        raise _invalid(found, "spec.selector: Required value")
    if not selectors.matches(selector, labels):
        shown = ", ".join(f'"{key}":"{value}"' for key, value in sorted(labels.items()))
        raise _invalid(
            found,
            f"spec.template.metadata.labels: Invalid value: {{{shown}}}: `selector` does not match template"
            " `labels`",
        )


def check_update(old: KubeObject, new: KubeObject) -> None:
    """Refuse to change what may not be changed.

    Raises:
        RefusedError: 422, naming the field.
    """
    validate(new)
    for path in _IMMUTABLE.get(old.KIND, ()):
        if _at(old, path) != _at(new, path):
            raise _invalid(new, f"spec.{path}: Invalid value: field is immutable")


# Fields below `spec` that keep the value they were created with, as attributes of the structs.
_IMMUTABLE: Mapping[str, tuple[str, ...]] = {
    "DaemonSet": ("selector",),
    "Deployment": ("selector",),
    "Job": ("selector", "completion_mode"),
    "ReplicaSet": ("selector",),
    "StatefulSet": ("selector", "service_name", "pod_management_policy", "volume_claim_templates"),
    "PersistentVolumeClaim": ("access_modes", "storage_class_name", "volume_mode"),
    "Pod": ("node_name", "restart_policy", "volumes"),
}


def _at(found: Any, path: str) -> Any:
    return getattr(found.spec, path)


def _invalid(found: KubeObject, why: str) -> RefusedError:
    group = found.api_version.rpartition("/")[0]
    kind = f"{found.KIND}.{group}" if group else found.KIND
    return RefusedError(422, "Invalid", f'{kind} "{found.name}" is invalid: {why}')


def grace_of(pod: Pod) -> int:
    """Return the grace period that a deletion gives a pod: none where nothing runs."""
    if not pod.spec.node_name or pod.status.phase in {"Succeeded", "Failed"}:
        return 0
    own = pod.spec.termination_grace_period_seconds
    return DEFAULT_GRACE if own is None else own


def missing(ref: Ref) -> RefusedError:
    """Return the refusal for an object that is not there."""
    return RefusedError(404, "NotFound", f'{ref[0].lower()}s "{ref[2]}" not found')

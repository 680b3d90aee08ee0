"""What the API server refuses of an object that no field alone shows to be wrong.

Source: kubernetes.io/docs/reference/kubernetes-api (v1.36).
"""

from collections.abc import Mapping
from typing import Any

from ontology import selectors
from ontology.cluster.meta import KubeObject, LabelSelector
from ontology.cluster.pods import PodTemplateSpec
from ontology.cluster.workloads import CronJob, DaemonSet, Deployment, ReplicaSet, StatefulSet
from ontology.walkthroughs.cluster.refusals import RefusedError


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

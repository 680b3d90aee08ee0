"""API resources: the names by which requests and rules call the kinds of the API.

Built from the schema's kinds, beside what the schema does not say: short names, which kinds belong to no
namespace, and irregular plurals. Custom resources come from their definitions.

Source: kubernetes.io/docs/reference/kubectl/ (resource types, v1.36); `kubectl api-resources`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ontology.cluster import schema

_SHORT_NAMES: dict[str, tuple[str, ...]] = {
    "CertificateSigningRequest": ("csr",),
    "ComponentStatus": ("cs",),
    "ConfigMap": ("cm",),
    "CronJob": ("cj",),
    "CustomResourceDefinition": ("crd", "crds"),
    "DaemonSet": ("ds",),
    "Deployment": ("deploy",),
    "Endpoints": ("ep",),
    "Event": ("ev",),
    "HorizontalPodAutoscaler": ("hpa",),
    "IPAddress": ("ip",),
    "Ingress": ("ing",),
    "LimitRange": ("limits",),
    "Namespace": ("ns",),
    "NetworkPolicy": ("netpol",),
    "Node": ("no",),
    "PersistentVolume": ("pv",),
    "PersistentVolumeClaim": ("pvc",),
    "Pod": ("po",),
    "PodDisruptionBudget": ("pdb",),
    "PriorityClass": ("pc",),
    "ReplicaSet": ("rs",),
    "ReplicationController": ("rc",),
    "ResourceQuota": ("quota",),
    "Service": ("svc",),
    "ServiceAccount": ("sa",),
    "StatefulSet": ("sts",),
    "StorageClass": ("sc",),
    "VolumeAttributesClass": ("vac",),
}
_CLUSTER_WIDE = frozenset(
    {
        "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole",
        "ClusterRoleBinding", "ClusterTrustBundle", "ComponentStatus", "CustomResourceDefinition",
        "DeviceClass", "DeviceTaintRule", "FlowSchema", "IPAddress", "IngressClass",
        "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration",
        "Namespace", "Node", "PersistentVolume", "PriorityClass", "PriorityLevelConfiguration",
        "ResourcePoolStatusRequest", "ResourceSlice", "RuntimeClass", "SelfSubjectAccessReview",
        "SelfSubjectReview", "SelfSubjectRulesReview", "ServiceCIDR", "StorageClass", "StorageVersion",
        "StorageVersionMigration", "SubjectAccessReview", "TokenReview", "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeAttachment",
        "VolumeAttributesClass",
    }
)  # fmt: skip
# Kinds that are never a resource of their own: parts of other requests, or answers.
_NO_RESOURCES = frozenset({"APIGroup", "APIVersions", "Eviction", "Scale", "Status", "TokenRequest"})
_IRREGULAR = {"Endpoints": "endpoints"}
_SIBILANTS = ("s", "x", "ch", "sh")


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: its plural as rules name it, group, kind, the other names for it, and served versions.

    The other names, for kubectl alone, begin with the singular.
    """

    name: str
    group: str
    kind: str
    namespaced: bool
    others: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name: plural, singular, short ones."""
        return (self.name, *self.others)

    @property
    def short_names(self) -> tuple[str, ...]:
        """The names that only kubectl knows: `po`, `svc`."""
        return tuple(each for each in self.others if each != self.kind.lower())


@cache
def built_in() -> tuple[Resource, ...]:
    """Return the resources of the API itself, the core group first, one for each group and kind."""
    versions: dict[tuple[str, str], list[str]] = {}
    for key in schema.load().kinds:
        api_version, _, kind = key.rpartition("/")
        group, _, version = api_version.rpartition("/")
        if not kind.endswith("List") and kind not in _NO_RESOURCES:
            versions.setdefault((group, kind), []).append(version)
    found = [
        Resource(
            name=plural(kind),
            group=group,
            kind=kind,
            namespaced=kind not in _CLUSTER_WIDE,
            others=(kind.lower(), *_SHORT_NAMES.get(kind, ())),
            versions=tuple(served),
        )
        for (group, kind), served in versions.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.group, each.name)))


def plural(kind: str) -> str:
    """Return the plural, lower case, by which the API serves a kind."""
    name = kind.lower()
    if kind in _IRREGULAR:
        return _IRREGULAR[kind]
    if name.endswith(_SIBILANTS):
        return f"{name}es"
    return f"{name[:-1]}ies" if name.endswith("y") and name[-2] not in "aeiou" else f"{name}s"


def custom(manifests: Iterable[Mapping[str, Any]]) -> Iterator[Resource]:
    """Yield the resources that the CustomResourceDefinitions among manifests define."""
    for manifest in manifests:
        spec = manifest.get("spec") if manifest.get("kind") == "CustomResourceDefinition" else None
        names = spec.get("names") if isinstance(spec, Mapping) else None
        if isinstance(spec, Mapping) and isinstance(names, Mapping):
            others = (names.get("singular") or "", *(names.get("shortNames") or ()))
            yield Resource(
                name=str(names.get("plural") or ""),
                group=str(spec.get("group") or ""),
                kind=str(names.get("kind") or ""),
                namespaced=spec.get("scope") != "Cluster",
                others=tuple(str(each) for each in others if each),
                versions=tuple(_served(spec.get("versions"))),
            )


def _served(versions: Any) -> Iterator[str]:
    for each in versions if isinstance(versions, list) else ():
        if isinstance(each, Mapping) and each.get("served"):
            yield str(each.get("name") or "")


def find(text: str, resources: Iterable[Resource]) -> Resource | None:
    """Return the resource that `text` names as for kubectl; the first of several.

    `pods`, `pod`, `po`, `deployments.apps` and `deployments.v1.apps` are names, of a version that is served;
    case does not count.
    """
    name, _, group = text.lower().partition(".")
    version, dot, without_version = group.partition(".")
    fallback: Resource | None = None
    for each in resources:
        if name in each.names:
            if not group or each.group == group:
                return each
            if fallback is None and dot and each.group == without_version and version in each.versions:
                fallback = each
    return fallback

"""Roles and bindings of `rbac.authorization.k8s.io/v1`, and what the API server refuses of them.

Source: kubernetes.io/docs/reference/kubernetes-api/authorization-resources (v1.36).
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from ontology.cluster.manifests import decode
from ontology.cluster.meta import KubeObject, LabelSelector, Part, field
from ontology.errors import InvalidObjectError

GROUP = "rbac.authorization.k8s.io"
_API = (f"{GROUP}/v1",)
# The API defaults `apiGroup` of a subject by its kind.
_SUBJECT_GROUPS = {"User": GROUP, "Group": GROUP, "ServiceAccount": ""}
# Operators of label selectors, and whether they take values.
_OPERATORS = {"In": True, "NotIn": True, "Exists": False, "DoesNotExist": False}


class PolicyRule(Part, frozen=True):
    verbs: tuple[str, ...] = ()
    api_groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    resource_names: tuple[str, ...] = ()
    non_resource_urls: tuple[str, ...] = field(default=(), name="nonResourceURLs")


class Subject(Part, frozen=True):
    kind: str = ""
    name: str = ""
    namespace: str = ""
    api_group: str | None = None


class RoleRef(Part, frozen=True):
    kind: str = ""
    name: str = ""
    api_group: str = GROUP


class AggregationRule(Part, frozen=True):
    cluster_role_selectors: tuple[LabelSelector, ...] = ()


class Role(KubeObject, frozen=True):
    KIND: ClassVar[str] = "Role"
    API: ClassVar[tuple[str, ...]] = _API

    rules: tuple[PolicyRule, ...] = ()

    @property
    def scope(self) -> str:
        """The namespace that the role's rules are for."""
        return self.namespace


class ClusterRole(KubeObject, frozen=True):
    KIND: ClassVar[str] = "ClusterRole"
    API: ClassVar[tuple[str, ...]] = _API

    rules: tuple[PolicyRule, ...] = ()
    aggregation_rule: AggregationRule | None = None

    @property
    def scope(self) -> str:
        """Empty: a ClusterRole belongs to no namespace."""
        return ""


class RoleBinding(KubeObject, frozen=True):
    KIND: ClassVar[str] = "RoleBinding"
    API: ClassVar[tuple[str, ...]] = _API

    subjects: tuple[Subject, ...] = ()
    role_ref: RoleRef = RoleRef()

    @property
    def scope(self) -> str:
        """The namespace in which the binding grants."""
        return self.namespace


class ClusterRoleBinding(KubeObject, frozen=True):
    KIND: ClassVar[str] = "ClusterRoleBinding"
    API: ClassVar[tuple[str, ...]] = _API

    subjects: tuple[Subject, ...] = ()
    role_ref: RoleRef = RoleRef()

    @property
    def scope(self) -> str:
        """Empty: a ClusterRoleBinding grants everywhere."""
        return ""


Binding = RoleBinding | ClusterRoleBinding
RbacObject = Role | ClusterRole | RoleBinding | ClusterRoleBinding

KINDS: Mapping[str, type[RbacObject]] = {
    each.KIND: each for each in (Role, ClusterRole, RoleBinding, ClusterRoleBinding)
}


def read(manifest: Mapping[str, Any], *, path: str) -> RbacObject:
    """Return the manifest as one of the four kinds of this API.

    Raises:
        InvalidObjectError: another kind, a field of another type, or what the API server would refuse.
    """
    kind = KINDS.get(manifest["kind"])
    if kind is None or manifest["apiVersion"] not in _API:
        raise InvalidObjectError(f"expected one of {', '.join(KINDS)} of {_API[0]}", path=path)
    found = decode(manifest, kind, path=path)
    for where, message in _refusals(found):
        raise InvalidObjectError(message, path=f"{path}.{where}")
    return found


def _refusals(found: RbacObject) -> Iterator[tuple[str, str]]:
    name = found.metadata.name
    if not name or name in {".", ".."} or "/" in name or "%" in name:
        yield "metadata.name", f"`{name}` cannot be the name of a {found.KIND}"
    if isinstance(found, Role | ClusterRole):
        for index, rule in enumerate(found.rules):
            for where, message in _rule_refusals(rule, namespaced=isinstance(found, Role)):
                yield f"rules[{index}].{where}", message
    else:
        yield from _reference_refusals(found)
        for index, subject in enumerate(found.subjects):
            for where, message in _subject_refusals(subject, namespaced=isinstance(found, RoleBinding)):
                yield f"subjects[{index}].{where}", message
    if isinstance(found, ClusterRole) and found.aggregation_rule is not None:
        yield from _aggregation_refusals(found.aggregation_rule)


def _rule_refusals(rule: PolicyRule, *, namespaced: bool) -> Iterator[tuple[str, str]]:
    if not rule.verbs:
        yield "verbs", "a rule needs at least one verb"
    if rule.non_resource_urls:
        if namespaced:
            yield "nonResourceURLs", "a Role cannot name URLs; only a ClusterRole can"
        if rule.api_groups or rule.resources or rule.resource_names:
            yield "nonResourceURLs", "one rule cannot name both resources and URLs"
        return
    if not rule.api_groups:
        yield "apiGroups", 'a rule for resources needs at least one API group (`""` is the core group)'
    if not rule.resources:
        yield "resources", "a rule needs at least one resource"


def _reference_refusals(binding: Binding) -> Iterator[tuple[str, str]]:
    reference = binding.role_ref
    kinds = ("Role", "ClusterRole") if isinstance(binding, RoleBinding) else ("ClusterRole",)
    if reference.api_group != GROUP:
        yield "roleRef.apiGroup", f"`{reference.api_group}` is not supported; roles are in `{GROUP}`"
    if reference.kind not in kinds:
        yield (
            "roleRef.kind",
            f"a {binding.KIND} cannot refer to `{reference.kind}` but to {' or '.join(kinds)}",
        )
    if not reference.name:
        yield "roleRef.name", "the role's name is required"


def _subject_refusals(subject: Subject, *, namespaced: bool) -> Iterator[tuple[str, str]]:
    if not subject.name:
        yield "name", "a subject needs a name"
    group = _SUBJECT_GROUPS.get(subject.kind)
    if group is None:
        yield "kind", f"`{subject.kind}` is not a subject; subjects are {', '.join(_SUBJECT_GROUPS)}"
    elif subject.api_group not in (group, None, ""):
        yield "apiGroup", f"`{subject.api_group}` is not supported for a {subject.kind}; it is `{group}`"
    if subject.kind == "ServiceAccount" and not namespaced and not subject.namespace:
        yield "namespace", "a ServiceAccount in a ClusterRoleBinding needs a namespace"


def _aggregation_refusals(rule: AggregationRule) -> Iterator[tuple[str, str]]:
    if not rule.cluster_role_selectors:
        yield "aggregationRule.clusterRoleSelectors", "an aggregationRule needs at least one selector"
    for index, selector in enumerate(rule.cluster_role_selectors):
        for number, requirement in enumerate(selector.match_expressions or ()):
            where = f"aggregationRule.clusterRoleSelectors[{index}].matchExpressions[{number}]"
            takes_values = _OPERATORS.get(requirement.operator)
            if takes_values is None:
                yield f"{where}.operator", f"`{requirement.operator}` is none of {', '.join(_OPERATORS)}"
            elif takes_values is not bool(requirement.values):
                need = "needs values" if takes_values else "takes no values"
                yield f"{where}.values", f"operator `{requirement.operator}` {need}"

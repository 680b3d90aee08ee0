"""Scopes of quotas: which pods and claims a quota is about.

A quota with a scope is about nothing that the scope cannot be asked of.

Source: kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes (v1.36).
"""

from collections.abc import Callable, Iterator

from ontology.walkthroughs.access_request.admission import containers
from ontology.walkthroughs.access_request.admission.amounts import amount
from ontology.walkthroughs.access_request.admission.write import Plain

_AFFINITIES = ("podAffinity", "podAntiAffinity")
_TERMS = (
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
)


def covers(quota: Plain, resource: str, manifest: Plain) -> bool:
    """Whether a quota is about an object of this resource: all of its scopes hold."""
    spec = quota.get("spec") or {}
    selected = (spec.get("scopeSelector") or {}).get("matchExpressions") or ()
    named = [{"scopeName": scope, "operator": "Exists"} for scope in spec.get("scopes") or ()]
    holds = _ASKED_OF.get(resource, _never)
    return all(holds(each, manifest) for each in (*named, *selected))


def _never(_: Plain, __: Plain) -> bool:
    return False


def _holds_of_pod(requirement: Plain, pod: Plain) -> bool:
    scope, spec = requirement.get("scopeName"), pod.get("spec") or {}
    if scope == "PriorityClass":
        name = spec.get("priorityClassName")
        return _selected(requirement, {name} if name else set())
    return _SCOPES[str(scope)](spec) if scope in _SCOPES else False


def _holds_of_claim(requirement: Plain, claim: Plain) -> bool:
    if requirement.get("scopeName") != "VolumeAttributesClass":
        return False
    spec, status = claim.get("spec") or {}, claim.get("status") or {}
    named = {spec.get("volumeAttributesClassName"), status.get("currentVolumeAttributesClassName")}
    return _selected(requirement, {str(name) for name in named if name})


def _selected(requirement: Plain, named: set[str]) -> bool:
    """Whether the classes that an object names, if any, are those that are asked for."""
    values = {*(requirement.get("values") or ())}
    match requirement.get("operator"):
        case "In":
            return bool(named & values)
        case "NotIn":
            return not named or bool(named - values)
        case "DoesNotExist":
            return not named
        case _:
            return bool(named)


def _best_effort(spec: Plain) -> bool:
    """Whether nothing asks for cpu or memory."""
    return not any(
        amount(containers.asked(each, what).get(name, 0)) > 0
        for each in (spec, *containers.of(spec))
        for what in ("requests", "limits")
        for name in ("cpu", "memory")
    )


def _ends(spec: Plain) -> bool:
    return spec.get("activeDeadlineSeconds") is not None


def _crosses(spec: Plain) -> bool:
    """Whether an affinity of the pod looks at other namespaces."""
    return any(
        term.get("namespaces") or term.get("namespaceSelector") is not None for term in _affinity_terms(spec)
    )


def _affinity_terms(spec: Plain) -> Iterator[Plain]:
    affinity = spec.get("affinity") or {}
    for kind in _AFFINITIES:
        for when in _TERMS:
            for term in (affinity.get(kind) or {}).get(when) or ():
                yield term.get("podAffinityTerm") or term


_SCOPES: dict[str, Callable[[Plain], bool]] = {
    "BestEffort": _best_effort,
    "NotBestEffort": lambda spec: not _best_effort(spec),
    "Terminating": _ends,
    "NotTerminating": lambda spec: not _ends(spec),
    "CrossNamespacePodAffinity": _crosses,
}
_ASKED_OF: dict[str, Callable[[Plain, Plain], bool]] = {
    "pods": _holds_of_pod,
    "persistentvolumeclaims": _holds_of_claim,
}

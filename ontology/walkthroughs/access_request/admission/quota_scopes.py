"""Scopes of quotas: which pods a quota is about.

Source: kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes (v1.36).
"""

from collections.abc import Callable, Iterator

from ontology.walkthroughs.access_request.admission import containers
from ontology.walkthroughs.access_request.admission.write import Plain

_AFFINITIES = ("podAffinity", "podAntiAffinity")
_TERMS = (
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
)


def covers(quota: Plain, pod: Plain) -> bool:
    """Whether a quota is about the pod: all of its scopes hold."""
    spec = quota.get("spec") or {}
    selected = (spec.get("scopeSelector") or {}).get("matchExpressions") or ()
    named = [{"scopeName": scope, "operator": "Exists"} for scope in spec.get("scopes") or ()]
    return all(_holds(each, pod.get("spec") or {}) for each in (*named, *selected))


def _holds(requirement: Plain, spec: Plain) -> bool:
    scope, operator = requirement.get("scopeName"), requirement.get("operator")
    if scope == "PriorityClass":
        name, values = spec.get("priorityClassName") or "", requirement.get("values") or ()
        match operator:
            case "In":
                return name in values
            case "NotIn":
                return name not in values
            case "DoesNotExist":
                return not name
            case _:
                return bool(name)
    return _SCOPES[str(scope)](spec) if scope in _SCOPES else True


def _best_effort(spec: Plain) -> bool:
    named = (spec, *containers.of(spec))
    return not any(amounts for each in named for amounts in (each.get("resources") or {}).values())


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

"""Priority: a pod's class becomes its number, and must exist.

Source: kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption (v1.36).
"""

from collections.abc import Iterable, Iterator

from ontology.walkthroughs.access_request.admission.write import (
    Plain,
    Ruling,
    Write,
    changed,
    metadata,
    refusal,
)

_RULE = "access.podPriority"
_BUILT_IN = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


def priority(write: Write) -> Iterator[Ruling]:
    """Give a new pod the number of its class, or of the default class, and refuse a class that is missing."""
    if not write.creates_pod:
        return
    spec = write.spec
    name = spec.get("priorityClassName") or ""
    given = {metadata(each).get("name"): each for each in write.found("PriorityClass", everywhere=True)}
    if name and name not in given and name not in _BUILT_IN:
        yield refusal(write, _RULE, f"no PriorityClass with name {name} was found", name=name)
        return
    found = given.get(name) if name else _default(given.values())
    value = int(found.get("value") or 0) if found else _BUILT_IN.get(name, 0)
    own = spec.get("priority")
    if own is not None and own != value:
        why = (
            f"the integer value of priority ({own}) must not be provided in pod spec; "
            f"priority admission controller computed {value} from the given PriorityClass name"
        )
        yield refusal(write, _RULE, why, name=name)
        return
    policy = (found or {}).get("preemptionPolicy") or "PreemptLowerPriority"
    if found:
        spec["priorityClassName"] = metadata(found).get("name")
    rule = _RULE if spec.get("priorityClassName") else "access.noPriorityClass"
    spec = {"preemptionPolicy": policy, **spec, "priority": value}
    yield changed(write, rule, spec, name=spec.get("priorityClassName"), value=value)


def _default(classes: Iterable[Plain]) -> Plain | None:
    """Return the class for pods that name none; of several the one with the lowest value."""
    marked = [each for each in classes if each.get("globalDefault")]
    return min(marked, key=lambda each: int(each.get("value") or 0), default=None)

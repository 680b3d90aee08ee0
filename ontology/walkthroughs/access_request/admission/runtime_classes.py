"""RuntimeClass: the class that a pod names must exist, and brings its overhead and its place.

Source: kubernetes.io/docs/concepts/containers/runtime-class (v1.36).
"""

from collections.abc import Iterator
from typing import Any

from ontology.semantics.rbac.quoting import quote
from ontology.walkthroughs.access_request.admission.amounts import Amounts, amount
from ontology.walkthroughs.access_request.admission.write import (
    Ruling,
    Write,
    changed,
    metadata,
    refusal,
)

_RULE = "access.runtimeClass"


def runtime_class(write: Write) -> Iterator[Ruling]:
    """Give a new pod what its class says, and refuse a class that is missing or contradicts the pod."""
    name = (write.object.get("spec") or {}).get("runtimeClassName")
    if not write.creates_pod or not name:
        return
    named = (
        each for each in write.found("RuntimeClass", everywhere=True) if metadata(each).get("name") == name
    )
    found = next(named, None)
    if found is None:
        why = f"pod rejected: RuntimeClass {quote(name)} not found"
        yield refusal(write, _RULE, why, name=name)
        return
    spec = write.spec
    overhead: Amounts = (found.get("overhead") or {}).get("podFixed") or {}
    own: Amounts = spec.get("overhead") or {}
    if own and {n: amount(q) for n, q in own.items()} != {n: amount(q) for n, q in overhead.items()}:
        why = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"
        yield refusal(write, _RULE, why, name=name)
        return
    scheduling: dict[str, Any] = found.get("scheduling") or {}
    selector = {**(spec.get("nodeSelector") or {}), **(scheduling.get("nodeSelector") or {})}
    tolerations = [*(spec.get("tolerations") or ()), *(scheduling.get("tolerations") or ())]
    more = {"overhead": overhead, "nodeSelector": selector, "tolerations": tolerations}
    yield changed(write, _RULE, spec | {key: each for key, each in more.items() if each}, name=name)

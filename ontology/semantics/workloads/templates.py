"""When two pod templates are the same: what decides which ReplicaSet is the new one.

Source: kubernetes.io/docs/concepts/workloads/controllers/deployment (Updating a Deployment, v1.36).
"""

from collections.abc import Mapping
from typing import Any

from ontology import quantities

HASH_LABEL = "pod-template-hash"


def same_template(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two pod templates are equal but for the label `pod-template-hash`."""
    return bool(_template(one) == _template(other))


def _template(template: Mapping[str, Any] | None) -> Any:
    plain = dict(template or {})
    metadata = dict(plain.get("metadata") or {})
    labels = {k: v for k, v in (metadata.get("labels") or {}).items() if k != HASH_LABEL}
    return _canonical(plain | {"metadata": metadata | {"labels": labels}})


def _canonical(value: Any, *, key: str = "") -> Any:
    """Return a value without what the API holds equal to absence, with quantities as numbers."""
    if isinstance(value, Mapping):
        if key in {"requests", "limits"}:
            return {name: quantities.parse(each) for name, each in value.items()}
        found = {name: _canonical(each, key=name) for name, each in value.items()}
        return {name: each for name, each in found.items() if each not in (None, {}, [])}
    if isinstance(value, list):
        return [_canonical(each) for each in value]
    return value

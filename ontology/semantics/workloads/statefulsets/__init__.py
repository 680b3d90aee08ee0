"""StatefulSets: pods with an ordinal, a name and claims of their own, one after the other.

One pass (`reconciliation`) over the `members`: wanted ones with their `storage`, those too many, and the
`rolling` update; then `status`.

Source: kubernetes.io/docs/concepts/workloads/controllers/statefulset (v1.36).
"""

from ontology.semantics.workloads.statefulsets.identity import (
    NAME_LABEL,
    REVISION_LABEL,
    Revisions,
    claim_names,
    is_member,
    ordinal,
    revisions_of,
    wanted,
)
from ontology.semantics.workloads.statefulsets.reconciliation import Pass, reconcile

__all__ = [
    "NAME_LABEL",
    "REVISION_LABEL",
    "Pass",
    "Revisions",
    "claim_names",
    "is_member",
    "ordinal",
    "reconcile",
    "revisions_of",
    "wanted",
]

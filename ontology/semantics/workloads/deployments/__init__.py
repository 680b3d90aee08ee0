"""Deployments: ReplicaSets of successive templates, scaled against each other within bounds.

One pass (`reconciliation`) over the ReplicaSets of a `rollout`: `resizing` where the Deployment's own size
has changed, else `rolling` or `recreating`; then `history` and `status`.

Source: kubernetes.io/docs/concepts/workloads/controllers/deployment (v1.36).
"""

from ontology.semantics.workloads.deployments.reconciliation import Pass, reconcile
from ontology.semantics.workloads.deployments.replica_sets import (
    DESIRED,
    MAXIMUM,
    REVISION,
    annotation,
    bounds,
    by_age,
    size,
    wanted,
)
from ontology.semantics.workloads.deployments.rollout import Created

__all__ = [
    "DESIRED",
    "MAXIMUM",
    "REVISION",
    "Created",
    "Pass",
    "annotation",
    "bounds",
    "by_age",
    "reconcile",
    "size",
    "wanted",
]

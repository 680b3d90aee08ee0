"""Jobs: run pods until enough of them have succeeded, or too many have failed.

One pass: what the pods say (`results`), whether that ends the Job (`ends`), which pods it has then
(`population`, `backoff`), and what is written down of it (`tracking`).

Source: kubernetes.io/docs/concepts/workloads/controllers/job (v1.36).
"""

from ontology.semantics.workloads.jobs.backoff import Backoff, delay, finished_at
from ontology.semantics.workloads.jobs.limits import backoff_limit, completions, parallelism
from ontology.semantics.workloads.jobs.reconciliation import Pass, reconcile
from ontology.semantics.workloads.jobs.results import FINALIZER

__all__ = [
    "FINALIZER",
    "Backoff",
    "Pass",
    "backoff_limit",
    "completions",
    "delay",
    "finished_at",
    "parallelism",
    "reconcile",
]

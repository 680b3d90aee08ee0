"""Counting results: a pod whose result is clear is counted and loses its finalizer."""

from dataclasses import dataclass

from ontology.cluster.pods import Pod
from ontology.semantics.workloads import failure_policy, indexes
from ontology.semantics.workloads.jobs.population import MOST_PODS
from ontology.semantics.workloads.jobs.results import Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """Pods that lose their finalizer, the results counted with them, and whether some are left."""

    released: frozenset[str]
    succeeded: int
    failed: int
    left: bool


def track(results: Results, end: str | None) -> Tracked:
    """Return what is counted in a pass; `end` is the type of the condition that ends the Job, if one does."""
    succeeded = set(results.listed_succeeded)
    failed = set(results.listed_failed)
    kept: set[str] = set()
    released: set[str] = set()
    new = 0
    cut_short = False
    for pod in sorted(results.tracked, key=_by_index) if results.indexed else results.tracked:
        uid = pod.metadata.uid
        if cut_short or not _is_clear(results, pod, end):
            kept.add(uid)
            continue
        released.add(pod.name)
        if pod.status.phase == "Succeeded" and uid not in results.listed_failed:
            new += 1
            if not results.indexed:
                succeeded.add(uid)
        elif _counts_as_failed(results, pod, end):
            new += uid not in failed
            failed.add(uid)
        cut_short = new + len(results.listed_failed) + len(results.listed_succeeded) >= MOST_PODS
    return Tracked(
        released=frozenset(released),
        succeeded=len(results.done)
        if results.indexed
        else results.job.status.succeeded + len(succeeded - kept),
        failed=results.job.status.failed + len(failed - kept),
        left=cut_short or bool((succeeded | failed) & kept),
    )


def _is_clear(results: Results, pod: Pod, end: str | None) -> bool:
    """Whether a pod's result is clear, so that it may lose its finalizer."""
    deleted = results.job.metadata.deletion_timestamp is not None
    if end is not None or deleted or pod.status.phase == "Succeeded":
        return True
    index = results.index(pod)
    awaited = results.awaited.get(index) if index is not None else None
    return results.has_failed(pod) and awaited is not pod


def _counts_as_failed(results: Results, pod: Pod, end: str | None) -> bool:
    failing = end is not None and end != "SuccessCriteriaMet"
    if not (results.has_failed(pod) or failing) or (results.indexed and results.index(pod) is None):
        return False
    return failure_policy.counts(results.job, pod)


def _by_index(pod: Pod) -> int:
    index = indexes.of(pod)
    return -1 if index is None else index

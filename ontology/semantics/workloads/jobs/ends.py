"""Whether and why a Job ends, before anything is created."""

from collections.abc import Callable
from typing import Any

from ontology import instants
from ontology.cluster.pods import Pod
from ontology.semantics.workloads import failure_policy
from ontology.semantics.workloads.failure_policy import Action
from ontology.semantics.workloads.jobs import limits
from ontology.semantics.workloads.jobs.results import Results


def end(results: Results, *, start: str | None, now: int, say: Callable[..., Any]) -> tuple[str, str] | None:
    """Return the condition that ends the Job and its reason, the first that holds; None if it goes on."""
    for type_ in ("SuccessCriteriaMet", "FailureTarget"):
        for each in results.job.status.conditions or ():
            if each.type == type_ and each.status == "True":
                return type_, each.reason or ""
    reason = _failure(results, start, now, say)
    if reason:
        return "FailureTarget", reason
    met = failure_policy.succeeded(results.job.spec.success_policy, results.done, results.size)
    if results.indexed and met is not None:
        return "SuccessCriteriaMet", "SuccessPolicy"
    return None


def _failure(results: Results, start: str | None, now: int, say: Callable[..., Any]) -> str:
    """Return the reason for which the Job fails, empty if it does not."""
    job = results.job
    failing = next((pod for pod in results.pods if _fails_job(results, pod)), None)
    if failing is not None:
        say("workloads.podFailurePolicy", True, pod=failing.name, action=Action.FAIL_JOB.value)
        return "PodFailurePolicy"
    if results.failed > limits.backoff_limit(job) or _restarted_too_often(results):
        return "BackoffLimitExceeded"
    if _overdue(results, start, now):
        return "DeadlineExceeded"
    if results.failed_indexes is not None:
        number = len(results.failed_indexes)
        if job.spec.max_failed_indexes is not None and number > job.spec.max_failed_indexes:
            return "MaxFailedIndexesExceeded"
        if number and number + len(results.done) >= results.size:
            return "FailedIndexes"
    return ""


def _fails_job(results: Results, pod: Pod) -> bool:
    return results.has_failed(pod) and failure_policy.action(results.job, pod) is Action.FAIL_JOB


def _restarted_too_often(results: Results) -> bool:
    if results.job.spec.template.spec.restart_policy != "OnFailure":
        return False
    restarts = sum(
        status.restart_count
        for pod in results.pods
        if pod.status.phase in {"Running", "Pending"}
        for status in (
            *(pod.status.init_container_statuses or ()),
            *(pod.status.container_statuses or ()),
        )
    )
    limit = limits.backoff_limit(results.job)
    return bool(restarts > 0 if limit == 0 else restarts >= limit)


def _overdue(results: Results, start: str | None, now: int) -> bool:
    spec = results.job.spec
    if spec.active_deadline_seconds is None or start is None or spec.suspend:
        return False
    return now - instants.parse(start) >= spec.active_deadline_seconds * instants.SECOND

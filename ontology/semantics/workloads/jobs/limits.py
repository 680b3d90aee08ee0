"""What a Job's spec allows, its defaults filled in."""

from ontology.cluster.workloads import Job
from ontology.errors import TooLargeError

_MOST_INDEXES = 1_000_000
_DEFAULT_BACKOFF_LIMIT, _NO_LIMIT = 6, 2**31 - 1


def parallelism(job: Job) -> int:
    """Return `spec.parallelism`, 1 where it is absent."""
    return 1 if job.spec.parallelism is None else job.spec.parallelism


def completions(job: Job) -> int | None:
    """Return `spec.completions`; 1 where parallelism is absent too, else None: any success will do.

    Raises:
        TooLargeError: more indexes than are looked at one by one.
    """
    wanted = job.spec.completions or 0
    if is_indexed(job) and wanted > _MOST_INDEXES:
        raise TooLargeError(f"more than {_MOST_INDEXES:,} indexes", path="spec.completions")
    if job.spec.completions is None and job.spec.parallelism is None:
        return 1
    return job.spec.completions


def backoff_limit(job: Job) -> int:
    """Return `spec.backoffLimit`: 6 by default, without limit where limits are per index."""
    if job.spec.backoff_limit is not None:
        return job.spec.backoff_limit
    return _DEFAULT_BACKOFF_LIMIT if job.spec.backoff_limit_per_index is None else _NO_LIMIT


def is_indexed(job: Job) -> bool:
    """Whether each pod has a completion index."""
    return job.spec.completion_mode == "Indexed"


def is_limited_per_index(job: Job) -> bool:
    """Whether failures are counted for each index by itself."""
    return is_indexed(job) and job.spec.backoff_limit_per_index is not None


def replaces_only_failed(job: Job) -> bool:
    """Whether a pod that is being deleted keeps its place until it has failed."""
    return job.spec.pod_replacement_policy == "Failed" or job.spec.pod_failure_policy is not None

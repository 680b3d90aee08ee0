"""What a Job's pods say: who runs, what has succeeded and failed, and which indexes are settled."""

from collections.abc import Iterable
from functools import cached_property

from ontology import readiness
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import Job
from ontology.semantics.workloads import failure_policy, indexes
from ontology.semantics.workloads.claiming import Claimed
from ontology.semantics.workloads.failure_policy import Action
from ontology.semantics.workloads.jobs import limits
from ontology.semantics.workloads.jobs.backoff import finished_at

FINALIZER = "batch.kubernetes.io/job-tracking"


class Results:
    """The pods of a Job, and what they come to together with what the Job has counted before.

    Only a pod with the finalizer that the status does not list yet is a new result.
    """

    def __init__(self, job: Job, pods: Claimed[Pod]) -> None:
        self.job = job
        self.pods = pods.owned
        adopted = {pod.metadata.uid for pod in pods.adopted}
        self.tracked = [
            pod
            for pod in pods.owned
            if FINALIZER in (pod.metadata.finalizers or ()) or pod.metadata.uid in adopted
        ]
        self.active = [pod for pod in pods.owned if readiness.is_active(pod)]
        listed = job.status.uncounted_terminated_pods
        self.listed_succeeded = frozenset((listed.succeeded if listed else None) or ())
        self.listed_failed = frozenset((listed.failed if listed else None) or ())
        self.completions = limits.completions(job)
        self.indexed = limits.is_indexed(job)

    @cached_property
    def new_succeeded(self) -> list[Pod]:
        """Pods that have succeeded and are not counted yet."""
        return [pod for pod in self._new(self.listed_succeeded) if pod.status.phase == "Succeeded"]

    @cached_property
    def new_failed(self) -> list[Pod]:
        """Pods that have failed and are not counted yet."""
        return [pod for pod in self._new(self.listed_failed) if self.has_failed(pod)]

    def _new(self, listed: frozenset[str]) -> list[Pod]:
        return [
            pod
            for pod in self.tracked
            if pod.metadata.uid not in listed and (not self.indexed or self.index(pod) is not None)
        ]

    @cached_property
    def failed(self) -> int:
        """How many pods have failed in all, but for those that the policy ignores."""
        new = sum(failure_policy.counts(self.job, pod) for pod in self.new_failed)
        return self.job.status.failed + len(self.listed_failed) + new

    @cached_property
    def succeeded(self) -> int:
        """How many pods have succeeded in all; of an Indexed Job how many indexes."""
        if self.indexed:
            return len(self.done)
        return self.job.status.succeeded + len(self.listed_succeeded) + len(self.new_succeeded)

    @property
    def enough(self) -> bool:
        """Whether the Job is done: its completions, or without a number any success."""
        return self.succeeded > 0 if self.completions is None else self.succeeded >= self.completions

    def has_failed(self, pod: Pod) -> bool:
        """Whether a pod counts as failed: also one that leaves without having succeeded."""
        if pod.status.phase == "Failed":
            return True
        leaving = readiness.is_terminating(pod) and pod.status.phase != "Succeeded"
        return leaving and not limits.replaces_only_failed(self.job)

    # Indexes

    @property
    def size(self) -> int:
        """How many indexes there are."""
        return self.completions or 0

    def index(self, pod: Pod) -> int | None:
        """Return the pod's index, None if it is out of range."""
        found = indexes.of(pod)
        return found if found is not None and found < self.size else None

    @cached_property
    def done(self) -> frozenset[int]:
        """Indexes that have succeeded; none where pods have no index."""
        if not self.indexed:
            return frozenset()
        return indexes.read(self.job.status.completed_indexes, self.size) | self._in_range(
            pod for pod in self.tracked if pod.status.phase == "Succeeded"
        )

    @cached_property
    def failed_indexes(self) -> frozenset[int] | None:
        """Indexes that have failed for good; None where failures are not counted by index."""
        if not limits.is_limited_per_index(self.job):
            return None
        return indexes.read(self.job.status.failed_indexes, self.size) | self._in_range(
            pod for pod in self.tracked if self._fails_index(pod)
        )

    @cached_property
    def awaited(self) -> dict[int, Pod]:
        """By index the failed pod that waits for its replacement, which takes over its count."""
        found: dict[int, Pod] = {}
        if self.failed_indexes is None:
            return found
        settled = self.done | self.failed_indexes | indexes_of(self.active)
        for pod in self.tracked:
            index = self.index(pod)
            if index is None or index in settled or not self.has_failed(pod):
                continue
            last = found.get(index)
            if last is None or (
                indexes.all_failures(last) <= indexes.all_failures(pod)
                and finished_at(pod) >= finished_at(last)
            ):
                found[index] = pod
        return found

    def _in_range(self, pods: Iterable[Pod]) -> frozenset[int]:
        return frozenset(index for pod in pods if (index := self.index(pod)) is not None)

    def _fails_index(self, pod: Pod) -> bool:
        """Whether a failed pod makes its index fail for good."""
        limit = self.job.spec.backoff_limit_per_index
        if limit is None or not self.has_failed(pod):
            return False
        match failure_policy.action(self.job, pod):
            case Action.FAIL_INDEX:
                return True
            case Action.IGNORE:
                return False
            case _:
                return indexes.failures(pod) >= limit


def leaving(pods: Iterable[Pod]) -> list[Pod]:
    """Return the pods that are being deleted and have not finished."""
    return [pod for pod in pods if readiness.is_terminating(pod) and not readiness.is_finished(pod)]


def indexes_of(pods: Iterable[Pod]) -> frozenset[int]:
    """Return the indexes of pods, those out of range included."""
    return frozenset(index for pod in pods if (index := indexes.of(pod)) is not None)

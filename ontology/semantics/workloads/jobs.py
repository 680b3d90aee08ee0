"""Jobs: run pods until enough of them have succeeded, or too many have failed.

Source: kubernetes.io/docs/concepts/workloads/controllers/job (v1.36).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ontology import instants, readiness
from ontology.cluster.meta import Condition
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import Job, JobStatus
from ontology.errors import TooLargeError
from ontology.semantics.workloads import failure_policy, indexes
from ontology.semantics.workloads.claiming import Claimed, claim
from ontology.semantics.workloads.failure_policy import Action
from ontology.semantics.workloads.ranking import Ranking
from ontology.verdict import Role, Step

FINALIZER = "batch.kubernetes.io/job-tracking"
_OWN_CONTROLLER = "kubernetes.io/job-controller"
_FIRST_DELAY, _LONGEST_DELAY = 10 * instants.SECOND, 600 * instants.SECOND
_MOST_PODS = 500  # created or deleted in one pass, and results counted
_MOST_INDEXES = 1_000_000
_DEFAULT_BACKOFF_LIMIT, _NO_LIMIT = 6, 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass writes, and the status after it."""

    pods: Claimed[Pod]
    create: int
    create_indexes: tuple[int, ...]
    failure_counts: Mapping[int, int]
    delete: tuple[str, ...]
    finalizer_removed: tuple[str, ...]
    status: JobStatus
    steps: tuple[Step, ...]

    @property
    def answer(self) -> dict[str, Any]:
        """The pass in the shape of the system's page."""
        status = self.status
        return {
            "create": self.create,
            "createIndexes": list(self.create_indexes),
            "indexFailureCounts": {str(k): str(v) for k, v in sorted(self.failure_counts.items())},
            "delete": list(self.delete),
            "finalizerRemoved": list(self.finalizer_removed),
            "adopt": self.pods.adopted_names,
            "release": self.pods.released_names,
            "status": {
                "active": status.active,
                "ready": status.ready,
                "terminating": status.terminating,
                "succeeded": status.succeeded,
                "failed": status.failed,
                "completedIndexes": status.completed_indexes,
                "failedIndexes": status.failed_indexes,
                "startTime": status.start_time,
                "completionTime": status.completion_time,
            },
            "conditions": {
                each.type: {"status": each.status, "reason": each.reason or ""}
                for each in sorted(status.conditions or (), key=lambda each: each.type)
            },
            "error": False,
        }

    @property
    def complete(self) -> bool | None:
        """Whether the Job is Complete (True) or Failed (False) after the pass; None: neither yet."""
        ended = {each.type for each in self.status.conditions or () if each.status == "True"}
        return True if "Complete" in ended else False if "Failed" in ended else None


def parallelism(job: Job) -> int:
    """Return `spec.parallelism`, 1 where it is absent."""
    return 1 if job.spec.parallelism is None else job.spec.parallelism


def completions(job: Job) -> int | None:
    """Return `spec.completions`; 1 where parallelism is absent too, else None: any success will do.

    Raises:
        TooLargeError: more indexes than are looked at one by one.
    """
    wanted = job.spec.completions or 0
    if job.spec.completion_mode == "Indexed" and wanted > _MOST_INDEXES:
        raise TooLargeError(f"more than {_MOST_INDEXES:,} indexes", path="spec.completions")
    if job.spec.completions is None and job.spec.parallelism is None:
        return 1
    return job.spec.completions


def backoff_limit(job: Job) -> int:
    """Return `spec.backoffLimit`: 6 by default, without limit where limits are per index."""
    if job.spec.backoff_limit is not None:
        return job.spec.backoff_limit
    return _DEFAULT_BACKOFF_LIMIT if job.spec.backoff_limit_per_index is None else _NO_LIMIT


def replaces_only_failed(job: Job) -> bool:
    """Whether a pod that is being deleted keeps its place until it has failed."""
    return job.spec.pod_replacement_policy == "Failed" or job.spec.pod_failure_policy is not None


def finished_at(pod: Pod) -> int:
    """Return when a pod finished.

    The end of its last container, else of its readiness, else the deletion less its grace period, else
    its creation.
    """
    ends = [
        each.state.terminated.finished_at if each.state.terminated else None
        for each in pod.status.container_statuses or ()
    ]
    if ends and all(ends):
        return max(instants.parse(each) for each in ends if each)
    ready = readiness.condition(pod, "Ready")
    if ready is not None and ready.status == "False" and ready.last_transition_time:
        return instants.parse(ready.last_transition_time)
    if pod.metadata.deletion_timestamp is not None:
        grace = (pod.metadata.deletion_grace_period_seconds or 0) * instants.SECOND
        return instants.parse(pod.metadata.deletion_timestamp) - grace
    return instants.parse(pod.metadata.creation_timestamp) if pod.metadata.creation_timestamp else 0


def delay(failures: int) -> int:
    """Return the delay before pods are created again, in nanoseconds: 10 s, doubled, at most 600 s."""
    if failures == 0:
        return 0
    # doubling a seventh time is already beyond the longest delay
    return min(_FIRST_DELAY << min(failures - 1, 7), _LONGEST_DELAY)


def reconcile(job: Job, *, pods: Sequence[Pod], now: int) -> Pass:
    """Return what one pass over `job` writes."""
    mine = claim(job, job.spec.selector, pods)
    ended = {each.type for each in job.status.conditions or () if each.status == "True"}
    if job.spec.managed_by not in (None, _OWN_CONTROLLER):
        return _untouched(job, mine, Step("workloads.managedBy", True, {"by": job.spec.managed_by}))
    if ended & {"Complete", "Failed"}:
        step = Step("workloads.jobFinished", True, {"name": job.name, "conditions": tuple(sorted(ended))})
        return _untouched(job, mine, step)
    return _Reconciliation(job, mine, now).run()


def _untouched(job: Job, mine: Claimed[Pod], step: Step) -> Pass:
    return Pass(
        pods=Claimed(owned=mine.owned),
        create=0,
        create_indexes=(),
        failure_counts={},
        delete=(),
        finalizer_removed=(),
        status=job.status,
        steps=(step,),
    )


@dataclass(slots=True)
class _Writes:
    create: int = 0
    create_indexes: tuple[int, ...] = ()
    failure_counts: dict[int, int] = field(default_factory=dict)
    delete: set[str] = field(default_factory=set)
    finalizer_removed: set[str] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)


class _Reconciliation:
    """One pass: what the pods say, how the Job ends if it does, and what is written on the way."""

    def __init__(self, job: Job, pods: Claimed[Pod], now: int) -> None:
        self.job = job
        self.claimed = pods
        adopted = {pod.metadata.uid for pod in pods.adopted}
        self.pods = pods.owned
        self.tracked = [
            pod
            for pod in pods.owned
            if FINALIZER in (pod.metadata.finalizers or ()) or pod.metadata.uid in adopted
        ]
        self.now = now
        self.completions = completions(job)
        self.indexed = job.spec.completion_mode == "Indexed"
        self.per_index = self.indexed and job.spec.backoff_limit_per_index is not None
        self.active = [pod for pod in pods.owned if readiness.is_active(pod)]
        listed = job.status.uncounted_terminated_pods
        self.listed_succeeded = frozenset((listed.succeeded if listed else None) or ())
        self.listed_failed = frozenset((listed.failed if listed else None) or ())
        self.new_succeeded = [
            pod for pod in self._results(self.listed_succeeded) if pod.status.phase == "Succeeded"
        ]
        self.new_failed = [pod for pod in self._results(self.listed_failed) if self._failed(pod)]
        self.conditions = list(job.status.conditions or ())
        self.start_time = job.status.start_time
        self.writes = _Writes()
        self._count()

    def _count(self) -> None:
        """Count what has succeeded and failed, pods that are new and pods listed included."""
        job, status = self.job, self.job.status
        self.failed = (
            status.failed
            + len(self.listed_failed)
            + sum(failure_policy.counts(job, pod) for pod in self.new_failed)
        )
        self.succeeded = status.succeeded + len(self.listed_succeeded) + len(self.new_succeeded)
        self.done: frozenset[int] = frozenset()
        self.failed_indexes: frozenset[int] | None = None
        self.delayed: dict[int, Pod] = {}
        if self.indexed:
            self.done_before = indexes.read(status.completed_indexes, self._size)
            self.done = self.done_before | {
                index
                for pod in self.tracked
                if pod.status.phase == "Succeeded" and (index := self._index(pod)) is not None
            }
            self.succeeded = len(self.done)
        if self.per_index:
            self.failed_indexes = indexes.read(status.failed_indexes, self._size) | {
                index
                for pod in self.tracked
                if self._index_fails(pod) and (index := self._index(pod)) is not None
            }
            self.delayed = self._delayed()

    # What is known of a pod

    @property
    def _size(self) -> int:
        return self.completions or 0

    def _index(self, pod: Pod) -> int | None:
        """Return the pod's index, None if it is out of range."""
        index = indexes.of(pod)
        return index if index is not None and index < self._size else None

    def _results(self, listed: frozenset[str]) -> list[Pod]:
        """Return the pods that may be results not counted before."""
        return [
            pod
            for pod in self.tracked
            if pod.metadata.uid not in listed and (not self.indexed or self._index(pod) is not None)
        ]

    def _failed(self, pod: Pod) -> bool:
        if pod.status.phase == "Failed":
            return True
        leaving = readiness.is_terminating(pod) and pod.status.phase != "Succeeded"
        return leaving and not replaces_only_failed(self.job)

    def _index_fails(self, pod: Pod) -> bool:
        """Whether a failed pod makes its index fail for good."""
        limit = self.job.spec.backoff_limit_per_index
        if limit is None or not self._failed(pod):
            return False
        match failure_policy.action(self.job, pod):
            case Action.FAIL_INDEX:
                return True
            case Action.IGNORE:
                return False
            case _:
                return indexes.failures(pod) >= limit

    def _delayed(self) -> dict[int, Pod]:
        """Return by index the failed pod that waits for its replacement, which takes over its count."""
        settled = self.done | (self.failed_indexes or frozenset()) | self._indexes(self.active)
        found: dict[int, Pod] = {}
        for pod in self.tracked:
            index = self._index(pod)
            if index is None or index in settled or not self._failed(pod):
                continue
            last = found.get(index)
            if last is None or (
                indexes.all_failures(last) <= indexes.all_failures(pod)
                and finished_at(pod) >= finished_at(last)
            ):
                found[index] = pod
        return found

    @staticmethod
    def _indexes(pods: Iterable[Pod]) -> frozenset[int]:
        return frozenset(index for pod in pods if (index := indexes.of(pod)) is not None)

    # The pass

    def run(self) -> Pass:
        """Make the pass."""
        job = self.job
        if self.start_time is None and not job.spec.suspend:
            self.start_time = instants.render(self.now)
        self._say(
            "workloads.jobCounts",
            True,
            succeeded=self.succeeded,
            failed=self.failed,
            active=len(self.active),
            completions=self.completions,
            backoffLimit=backoff_limit(job),
        )
        end = self._end()
        if end is None and 0 < self.failed == backoff_limit(job):
            facts = {"failed": self.failed, "backoffLimit": backoff_limit(job)}
            self.writes.steps.append(
                Step("workloads.nearMiss.backoffLimit", False, facts, role=Role.NEAR_MISS)
            )
        active = len(self.active)
        deleted: Sequence[Pod] = ()
        if end is not None:
            active, deleted = 0, self.active
            self.writes.delete.update(pod.name for pod in deleted)
            self._say("workloads.jobEnd", end.type == "SuccessCriteriaMet", reason=end.reason, type=end.type)
        else:
            managed = job.metadata.deletion_timestamp is None
            if managed:
                active, deleted = self._manage()
            if self._enough() and active == 0:
                end = self._condition("SuccessCriteriaMet", "CompletionsReached")
                self._say("workloads.jobEnd", True, reason=end.reason, type=end.type)
            elif managed:
                self._suspend_or_resume()
        ready = sum(readiness.is_ready(pod) for pod in self.active if pod not in deleted)
        leaving = sum(readiness.is_terminating(pod) and not readiness.is_finished(pod) for pod in self.pods)
        status = JobStatus(active=active, ready=ready, terminating=leaving + len(deleted))
        return self._pass(self._track(status, end))

    def _pass(self, status: JobStatus) -> Pass:
        written = self.writes
        return Pass(
            pods=self.claimed,
            create=written.create,
            create_indexes=written.create_indexes,
            failure_counts=written.failure_counts,
            delete=tuple(sorted(written.delete)),
            finalizer_removed=tuple(sorted(written.finalizer_removed)),
            status=status,
            steps=(*self.claimed.steps(self.job), *written.steps),
        )

    # The end of a Job

    def _end(self) -> Condition | None:
        """Return why the Job ends, the first reason that holds; None if it goes on."""
        for type_ in ("SuccessCriteriaMet", "FailureTarget"):
            found = self._true(type_)
            if found is not None:
                return found
        reason = self._failure()
        if reason:
            return self._condition("FailureTarget", reason)
        met = failure_policy.succeeded(self.job.spec.success_policy, self.done, self._size)
        if self.indexed and met is not None:
            return self._condition("SuccessCriteriaMet", "SuccessPolicy")
        return None

    def _failure(self) -> str:
        """Return the reason for which the Job fails, empty if it does not."""
        job = self.job
        failing = next((pod for pod in self.pods if self._fails_job(pod)), None)
        if failing is not None:
            self._say("workloads.podFailurePolicy", True, pod=failing.name, action=Action.FAIL_JOB.value)
            return "PodFailurePolicy"
        if self.failed > backoff_limit(job) or self._restarted_too_often():
            return "BackoffLimitExceeded"
        if self._overdue():
            return "DeadlineExceeded"
        if self.failed_indexes is not None:
            number = len(self.failed_indexes)
            if job.spec.max_failed_indexes is not None and number > job.spec.max_failed_indexes:
                return "MaxFailedIndexesExceeded"
            if number and number + len(self.done) >= self._size:
                return "FailedIndexes"
        return ""

    def _fails_job(self, pod: Pod) -> bool:
        return self._failed(pod) and failure_policy.action(self.job, pod) is Action.FAIL_JOB

    def _restarted_too_often(self) -> bool:
        if self.job.spec.template.spec.restart_policy != "OnFailure":
            return False
        restarts = sum(
            status.restart_count
            for pod in self.pods
            if pod.status.phase in {"Running", "Pending"}
            for status in (
                *(pod.status.init_container_statuses or ()),
                *(pod.status.container_statuses or ()),
            )
        )
        limit = backoff_limit(self.job)
        return bool(restarts > 0 if limit == 0 else restarts >= limit)

    def _overdue(self) -> bool:
        seconds = self.job.spec.active_deadline_seconds
        if seconds is None or self.start_time is None or self.job.spec.suspend:
            return False
        return self.now - instants.parse(self.start_time) >= seconds * instants.SECOND

    def _enough(self) -> bool:
        if self.completions is None:
            return self.succeeded > 0
        return self.succeeded >= self.completions

    # Pods

    def _manage(self) -> tuple[int, Sequence[Pod]]:
        """Create or delete pods; return the active number to write, and the pods deleted."""
        if self.job.spec.suspend:
            return self._remove(self._for_removal(len(self.active)))
        wanted = self._wanted()
        surplus = self._for_removal(max(0, len(self.active) - wanted))[:_MOST_PODS]
        if surplus:
            return self._remove(surplus)
        leaving = 0
        if replaces_only_failed(self.job):
            leaving = sum(
                readiness.is_terminating(pod) and not readiness.is_finished(pod) for pod in self.pods
            )
        missing = wanted - leaving - len(self.active)
        facts = {"wanted": wanted, "active": len(self.active), "terminating": leaving}
        self._say("workloads.jobPods", missing <= 0, missing=max(0, missing), **facts)
        if missing <= 0:
            return len(self.active), ()
        return self._add(min(missing, _MOST_PODS)), ()

    def _wanted(self) -> int:
        if self.completions is None:
            return len(self.active) if self.succeeded > 0 else parallelism(self.job)
        return max(0, min(parallelism(self.job), self.completions - self.succeeded))

    def _remove(self, pods: Sequence[Pod]) -> tuple[int, Sequence[Pod]]:
        tracked = {pod.name for pod in self.tracked}
        for pod in pods:
            self.writes.delete.add(pod.name)
            if pod.name in tracked:
                self.writes.finalizer_removed.add(pod.name)
            rule = "workloads.jobPodSuspended" if self.job.spec.suspend else "workloads.jobSurplus"
            self._say(rule, True, pod=pod.name)
        return len(self.active) - len(pods), pods

    def _for_removal(self, at_least: int) -> list[Pod]:
        """Return pods whose index is taken or out of range, and more from the lowest if needed."""
        removed: list[Pod] = []
        left = self.active
        ranking = Ranking()
        if self.indexed:
            by_index: dict[int | None, list[Pod]] = {}
            for pod in self.active:
                by_index.setdefault(self._index(pod), []).append(pod)
            removed = by_index.pop(None, [])
            left = []
            for _, same in sorted((index, pods) for index, pods in by_index.items() if index is not None):
                *lower, best = ranking.order(same)
                removed.extend(lower)
                left.append(best)
        more = max(0, at_least - len(removed))
        return removed + ranking.order(left)[:more]

    def _add(self, number: int) -> int:
        """Create pods, unless they are delayed; return the active number to write."""
        if not self.per_index:
            failures, last = self._failures_in_a_row()
            left = last + delay(failures) - self.now if failures else 0
            if left > 0:
                self._say(
                    "workloads.jobBackoff",
                    False,
                    failures=failures,
                    delay=delay(failures) // instants.SECOND,
                    left=-(-left // instants.SECOND),
                )
                return 0
        if self.indexed:
            pending = self._pending(number)
            free = [index for index in pending if not self._index_delayed(index)]
            if pending and not free:
                return 0
            number = len(free)
            self.writes.create_indexes = tuple(free)
            if self.per_index:
                self.writes.failure_counts = {index: self._failure_count(index) for index in free}
        self.writes.create = number
        return len(self.active) + number

    def _failures_in_a_row(self) -> tuple[int, int]:
        """Return how many new failures came after the last new success, and when the last did."""
        success = max((finished_at(pod) for pod in self.new_succeeded), default=None)
        failures = [finished_at(pod) for pod in self.new_failed]
        since = [each for each in failures if success is None or each > success]
        return len(since), max(since, default=0)

    def _pending(self, number: int) -> list[int]:
        """Return the lowest indexes that nothing occupies or has settled."""
        taken = self.done | (self.failed_indexes or frozenset()) | self._indexes(self.active)
        if replaces_only_failed(self.job):
            taken |= self._indexes(
                pod for pod in self.pods if readiness.is_terminating(pod) and not readiness.is_finished(pod)
            )
        found: list[int] = []
        for index in range(self._size):
            if len(found) == number:
                break
            if index not in taken:
                found.append(index)
        return found

    def _index_delayed(self, index: int) -> bool:
        last = self.delayed.get(index)
        if last is None:
            return False
        failures = indexes.all_failures(last) + 1
        left = finished_at(last) + delay(failures) - self.now
        if left > 0:
            self._say(
                "workloads.indexBackoff",
                False,
                index=index,
                failures=failures,
                delay=delay(failures) // instants.SECOND,
                left=-(-left // instants.SECOND),
            )
        return left > 0

    def _failure_count(self, index: int) -> int:
        last = self.delayed.get(index)
        if last is None:
            return 0
        return indexes.failures(last) + failure_policy.counts(self.job, last)

    # Conditions

    def _true(self, type_: str) -> Condition | None:
        return next((c for c in self.conditions if c.type == type_ and c.status == "True"), None)

    def _condition(self, type_: str, reason: str, *, status: str = "True", message: str = "") -> Condition:
        now = instants.render(self.now)
        return Condition(
            type=type_,
            status=status,
            reason=reason,
            message=message,
            last_transition_time=now,
            last_probe_time=now,
        )

    def _ensure(self, wanted: Condition) -> bool:
        """Set a condition; whether anything changed. One that is not there is not set to False."""
        for place, each in enumerate(self.conditions):
            if each.type == wanted.type:
                same = (each.status, each.reason or "", each.message or "") == (
                    wanted.status,
                    wanted.reason or "",
                    wanted.message or "",
                )
                if not same:
                    self.conditions[place] = wanted
                return not same
        if wanted.status != "False":
            self.conditions.append(wanted)
        return wanted.status != "False"

    def _suspend_or_resume(self) -> None:
        if self.job.spec.suspend:
            suspended = self._condition("Suspended", "JobSuspended", message="Job suspended")
            if self._ensure(suspended):
                self.start_time = None
            self._say("workloads.suspended", True, name=self.job.name)
        elif self._ensure(self._condition("Suspended", "JobResumed", status="False", message="Job resumed")):
            self.start_time = instants.render(self.now)
            self._say("workloads.suspended", False, name=self.job.name)

    # Counting results

    def _track(self, status: JobStatus, end: Condition | None) -> JobStatus:
        """Take the finalizer off every pod whose result is clear, count it, and finish the Job."""
        succeeded = {uid: uid for uid in self.listed_succeeded}
        failed = {uid: uid for uid in self.listed_failed}
        kept: set[str] = set()
        done = set(self.done)
        results = 0
        cut_short = False
        for pod in sorted(self.tracked, key=_by_index) if self.indexed else self.tracked:
            uid = pod.metadata.uid
            if cut_short or not self._may_go(pod, end):
                kept.add(uid)
                continue
            self.writes.finalizer_removed.add(pod.name)
            if pod.status.phase == "Succeeded" and uid not in self.listed_failed:
                results += 1
                if not self.indexed:
                    succeeded[uid] = uid
            elif self._counts_as_failed(pod, end):
                results += uid not in failed
                failed[uid] = uid
            cut_short = results + len(self.listed_failed) + len(self.listed_succeeded) >= _MOST_PODS
        uncounted = (set(succeeded) | set(failed)) & kept
        ended = self._finish(end, finished=not (uncounted or cut_short or status.terminating))
        counted = len([uid for uid in succeeded if uid not in kept])
        return msgspec.structs.replace(
            status,
            succeeded=len(done) if self.indexed else self.job.status.succeeded + counted,
            failed=self.job.status.failed + len([uid for uid in failed if uid not in kept]),
            completed_indexes=indexes.write(done) if self.indexed else self.job.status.completed_indexes,
            failed_indexes=self.job.status.failed_indexes
            if not self.indexed
            else None
            if self.failed_indexes is None
            else indexes.write(self.failed_indexes),
            start_time=self.start_time,
            completion_time=instants.render(self.now) if ended else None,
            conditions=self.conditions,
        )

    def _may_go(self, pod: Pod, end: Condition | None) -> bool:
        """Whether a pod's result is clear, so that it may lose its finalizer."""
        deleted = self.job.metadata.deletion_timestamp is not None
        if end is not None or deleted or pod.status.phase == "Succeeded":
            return True
        index = self._index(pod)
        awaited = self.delayed.get(index) if index is not None else None
        return self._failed(pod) and awaited is not pod

    def _counts_as_failed(self, pod: Pod, end: Condition | None) -> bool:
        failing = end is not None and end.type != "SuccessCriteriaMet"
        if not (self._failed(pod) or failing) or (self.indexed and self._index(pod) is None):
            return False
        return failure_policy.counts(self.job, pod)

    def _finish(self, end: Condition | None, *, finished: bool) -> bool:
        """Write how the Job ends; whether it is complete."""
        if end is None:
            return False
        if self._true(end.type) is None:
            self.conditions.append(end)
        final = "Complete" if end.type == "SuccessCriteriaMet" else "Failed"
        if finished:
            self._ensure(self._condition(final, end.reason or "", message=end.message or ""))
        self._say("workloads.jobFinal", finished, type=final, reason=end.reason)
        return finished and final == "Complete"

    def _say(self, rule: str, holds: bool | None, **facts: Any) -> None:
        self.writes.steps.append(Step(rule, holds, facts))


def _by_index(pod: Pod) -> int:
    index = indexes.of(pod)
    return -1 if index is None else index

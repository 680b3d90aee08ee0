"""One pass over a Job: results, end, pods and status put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ontology import instants, readiness
from ontology.cluster.meta import Condition
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import Job, JobStatus
from ontology.semantics.workloads import indexes
from ontology.semantics.workloads.claiming import Claimed, claim
from ontology.semantics.workloads.jobs import ends, limits
from ontology.semantics.workloads.jobs.backoff import Backoff
from ontology.semantics.workloads.jobs.population import Population, manage
from ontology.semantics.workloads.jobs.results import Results, leaving
from ontology.semantics.workloads.jobs.tracking import track
from ontology.verdict import Role, Step

_OWN_CONTROLLER = "kubernetes.io/job-controller"
_NOTHING = Backoff()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass writes, the status after it, and what the controller remembers for the next."""

    pods: Claimed[Pod]
    create: int
    create_indexes: tuple[int, ...]
    failure_counts: Mapping[int, int]
    delete: tuple[str, ...]
    finalizer_removed: tuple[str, ...]
    status: JobStatus
    steps: tuple[Step, ...]
    backoff: Backoff = _NOTHING

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


def reconcile(job: Job, *, pods: Sequence[Pod], now: int, remembered: Backoff = _NOTHING) -> Pass:
    """Return what one pass over `job` writes; `remembered` is `backoff` of the pass before.

    Without it the controller has just started, and knows only failures that it has not counted yet.
    """
    mine = claim(job, job.spec.selector, pods)
    ended = {each.type for each in job.status.conditions or () if each.status == "True"}
    if job.spec.managed_by not in (None, _OWN_CONTROLLER):
        return _untouched(job, mine, Step("workloads.managedBy", True, {"by": job.spec.managed_by}))
    if ended & {"Complete", "Failed"}:
        step = Step("workloads.jobFinished", True, {"name": job.name, "conditions": tuple(sorted(ended))})
        return _untouched(job, mine, step)
    return _Reconciliation(job, mine, now, remembered).run()


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


class _Reconciliation:
    """One pass, and what is said and set on the way."""

    def __init__(self, job: Job, pods: Claimed[Pod], now: int, remembered: Backoff) -> None:
        self.job = job
        self.claimed = pods
        self.now = now
        self.results = Results(job, pods)
        self.backoff = remembered.after(succeeded=self.results.new_succeeded, failed=self.results.new_failed)
        self.conditions = list(job.status.conditions or ())
        self.start_time = job.status.start_time
        self.steps: list[Step] = []

    def run(self) -> Pass:
        """Make the pass."""
        job, results = self.job, self.results
        if self.start_time is None and not job.spec.suspend:
            self.start_time = instants.render(self.now)
        self._say_counts()
        end = ends.end(results, start=self.start_time, now=self.now, say=self._say)
        self._say_limit_reached(end)
        if end is not None:
            population = Population(active=0, deleted=tuple(results.active))
            self._say("workloads.jobEnd", end[0] == "SuccessCriteriaMet", reason=end[1], type=end[0])
        else:
            population, end = self._go_on()
        return self._pass(population, end)

    def _go_on(self) -> tuple[Population, tuple[str, str] | None]:
        """Create or delete pods; the Job may be complete with what is left."""
        managed = self.job.metadata.deletion_timestamp is None
        if managed:
            population = manage(self.results, backoff=self.backoff, now=self.now, say=self._say)
        else:
            population = Population(active=len(self.results.active))
        if self.results.enough and population.active == 0:
            end = ("SuccessCriteriaMet", "CompletionsReached")
            self._say("workloads.jobEnd", True, reason=end[1], type=end[0])
            return population, end
        if managed:
            self._suspend_or_resume()
        return population, None

    def _pass(self, population: Population, end: tuple[str, str] | None) -> Pass:
        tracked = track(self.results, end[0] if end else None)
        gone = population.deleted
        terminating = len(leaving(self.results.pods)) + len(gone)
        completed = self._finish(end, finished=not (tracked.left or terminating))
        status = self.job.status
        indexed, failed_indexes = self.results.indexed, self.results.failed_indexes
        after = JobStatus(
            active=population.active,
            ready=sum(readiness.is_ready(pod) for pod in self.results.active if pod not in gone),
            terminating=terminating,
            succeeded=tracked.succeeded,
            failed=tracked.failed,
            completed_indexes=indexes.write(self.results.done) if indexed else status.completed_indexes,
            failed_indexes=_failed_indexes(failed_indexes) if indexed else status.failed_indexes,
            start_time=self.start_time,
            completion_time=instants.render(self.now) if completed else None,
            conditions=self.conditions,
        )
        released = tracked.released
        if end is None:  # an end takes finalizers only with the results, not before the deletion
            tracked_names = {pod.name for pod in self.results.tracked}
            released |= {pod.name for pod in gone if pod.name in tracked_names}
        return Pass(
            pods=self.claimed,
            create=population.create,
            create_indexes=population.create_indexes,
            failure_counts=population.failure_counts,
            delete=tuple(sorted(pod.name for pod in gone)),
            finalizer_removed=tuple(sorted(released)),
            status=after,
            steps=(*self.claimed.steps(self.job), *self.steps),
            backoff=self.backoff,
        )

    # Conditions

    def _finish(self, end: tuple[str, str] | None, *, finished: bool) -> bool:
        """Write how the Job ends; whether it is complete."""
        if end is None:
            return False
        type_, reason = end
        if not any(each.type == type_ and each.status == "True" for each in self.conditions):
            self.conditions.append(self._condition(type_, reason))
        final = "Complete" if type_ == "SuccessCriteriaMet" else "Failed"
        if finished:
            message = next(each.message or "" for each in self.conditions if each.type == type_)
            self._ensure(self._condition(final, reason, message=message))
        self._say("workloads.jobFinal", finished, type=final, reason=reason)
        return finished and final == "Complete"

    def _suspend_or_resume(self) -> None:
        if self.job.spec.suspend:
            suspended = self._condition("Suspended", "JobSuspended", message="Job suspended")
            if self._ensure(suspended):
                self.start_time = None
            self._say("workloads.suspended", True, name=self.job.name)
        elif self._ensure(self._condition("Suspended", "JobResumed", status="False", message="Job resumed")):
            self.start_time = instants.render(self.now)
            self._say("workloads.suspended", False, name=self.job.name)

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

    # Words

    def _say_counts(self) -> None:
        self._say(
            "workloads.jobCounts",
            True,
            succeeded=self.results.succeeded,
            failed=self.results.failed,
            active=len(self.results.active),
            completions=self.results.completions,
            backoffLimit=limits.backoff_limit(self.job),
        )

    def _say_limit_reached(self, end: tuple[str, str] | None) -> None:
        failed, limit = self.results.failed, limits.backoff_limit(self.job)
        if end is None and 0 < failed == limit:
            facts = {"failed": failed, "backoffLimit": limit}
            self.steps.append(Step("workloads.nearMiss.backoffLimit", False, facts, role=Role.NEAR_MISS))

    def _say(self, rule: str, holds: bool | None, **facts: Any) -> None:
        self.steps.append(Step(rule, holds, facts))


def _failed_indexes(found: frozenset[int] | None) -> str | None:
    return None if found is None else indexes.write(found)

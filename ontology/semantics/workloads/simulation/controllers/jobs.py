"""A pass of the Job controller, written down; finished Jobs go when their time to live is over."""

from typing import Any

import msgspec

from ontology import instants, readiness
from ontology.cluster.meta import Condition, LabelSelector
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import Job
from ontology.semantics.workloads import indexes, jobs
from ontology.semantics.workloads.simulation.cluster import Cluster, replace

UID_LABEL = "batch.kubernetes.io/controller-uid"
NAME_LABEL = "batch.kubernetes.io/job-name"
_DELAYS = frozenset({"workloads.jobBackoff", "workloads.indexBackoff"})
# What the timeline says of a condition that becomes True.
_TOLD = {"Complete": "complete", "Failed": "jobFailed"}


def reconcile(cluster: Cluster, found: Job) -> bool:
    """Make a pass; whether it wrote anything."""
    if _expired(cluster, found):
        cluster.collect(found, by="ttl-after-finished")
        return True
    job = _with_selector(found)
    done = jobs.reconcile(
        job,
        pods=cluster.all(Pod),
        now=cluster.now,
        remembered=cluster.failures.get(job.metadata.uid, jobs.Backoff()),
    )
    cluster.failures[job.metadata.uid] = done.backoff
    cluster.change_owners(job, done.pods.adopted, done.pods.released)
    after = replace(job, status=done.status)
    cluster.put(after)
    _tell(cluster, job, after)
    for name in done.delete:
        _delete(cluster, job, name)
    for name in done.finalizer_removed:
        _release(cluster, job, name)
    for index in done.create_indexes or (None,) * done.create:
        _create(cluster, job, index, done.failure_counts)
    _look_again(cluster, after, done)
    return after != found or bool(done.create or done.delete or done.finalizer_removed)


def finish(job: Job) -> Condition | None:
    """Return the condition that says how a Job has finished, None while it has not."""
    ended = (each for each in job.status.conditions or () if each.status == "True")
    return next((each for each in ended if each.type in _TOLD), None)


def _with_selector(job: Job) -> Job:
    """Return the Job as the API completes it: selecting the pods that carry its uid."""
    if job.spec.selector is not None:
        return job
    selector = LabelSelector(match_labels={UID_LABEL: job.metadata.uid})
    return replace(job, spec=replace(job.spec, selector=selector))


def _expires(job: Job) -> int | None:
    """Return when a finished Job has outlived its `ttlSecondsAfterFinished`."""
    ended, seconds = finish(job), job.spec.ttl_seconds_after_finished
    if ended is None or seconds is None or ended.last_transition_time is None:
        return None
    return instants.parse(ended.last_transition_time) + seconds * instants.SECOND


def _expired(cluster: Cluster, job: Job) -> bool:
    moment = _expires(job)
    return moment is not None and moment <= cluster.now


def _tell(cluster: Cluster, before: Job, after: Job) -> None:
    told = {each.type for each in before.status.conditions or () if each.status == "True"}
    for each in after.status.conditions or ():
        if each.status == "True" and each.type in _TOLD and each.type not in told:
            cluster.say(_TOLD[each.type], after, reason=each.reason)


def _delete(cluster: Cluster, job: Job, name: str) -> None:
    pod = cluster.find(Pod, name, job.namespace)
    if pod is not None:
        cluster.terminate(pod, by=job.name)


def _release(cluster: Cluster, job: Job, name: str) -> None:
    """Take the finalizer off a pod whose result is counted; a deleted one that has stopped then goes."""
    pod = cluster.find(Pod, name, job.namespace)
    if pod is None:
        return
    left = [each for each in pod.metadata.finalizers or () if each != jobs.FINALIZER] or None
    released = replace(pod, metadata=replace(pod.metadata, finalizers=left))
    cluster.put(released)
    if readiness.is_terminating(released) and readiness.is_finished(released):
        cluster.leave(released)


def _create(cluster: Cluster, job: Job, index: int | None, failures: Any) -> None:
    template = msgspec.to_builtins(job.spec.template)
    labels = {UID_LABEL: job.metadata.uid, NAME_LABEL: job.name}
    annotations = dict((template.get("metadata") or {}).get("annotations") or {})
    prefix = job.name
    if index is not None:
        prefix = f"{job.name}-{index}"
        labels[indexes.INDEX] = annotations[indexes.INDEX] = str(index)
    if index in failures:
        annotations[indexes.FAILURES] = str(failures[index])
    pod = cluster.create_pod(job, cluster.random_name(job, prefix), template, **labels)
    metadata = replace(pod.metadata, annotations=annotations or None, finalizers=[jobs.FINALIZER])
    cluster.say_pod(replace(pod, metadata=metadata), job)


def _look_again(cluster: Cluster, job: Job, done: jobs.Pass) -> None:
    """Look again when a delay, the deadline, or the time to live is over."""
    for step in done.steps:
        if step.rule in _DELAYS:
            cluster.at(cluster.now + step.facts["left"] * instants.SECOND)
    deadline, start = job.spec.active_deadline_seconds, job.status.start_time
    if deadline is not None and start is not None:
        cluster.at(instants.parse(start) + deadline * instants.SECOND)
    expires = _expires(job)
    if expires is not None:
        cluster.at(expires)

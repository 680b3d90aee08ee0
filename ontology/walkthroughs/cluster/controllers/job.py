"""The Job controller, and the one that deletes finished Jobs when their time is up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from msgspec.structs import replace

from ontology import instants, selectors
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import Job
from ontology.semantics.workloads import indexes, jobs
from ontology.semantics.workloads.ownership import Propagation
from ontology.walkthroughs.cluster.actions import Action, Create, Delete, Say, Update, Wake, Why
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import Controller, Single, View, Watch, controllers, own, split
from ontology.walkthroughs.cluster.controllers import making
from ontology.walkthroughs.cluster.controllers.replicaset import ownership
from ontology.walkthroughs.cluster.controllers.watching import selected_or_controlled
from ontology.walkthroughs.cluster.kinds import ref_of
from ontology.walkthroughs.cluster.plain import manifest

_ENDS = ("Complete", "Failed")
_DELAYS = frozenset({"workloads.jobBackoff", "workloads.indexBackoff"})


@dataclass(slots=True)
class JobController(Single):
    """Runs pods until enough have succeeded or too many have failed.

    `failures` are what it remembers of each Job; one that has just started knows none.
    """

    failures: dict[str, jobs.Backoff] = field(default_factory=dict)
    name: str = "job-controller"
    process: str = "kube-controller-manager"
    local: bool = False

    @property
    def watches(self) -> Mapping[str, Watch]:
        """Jobs and their pods."""
        return {
            "Job": own,
            "Pod": partial(selected_or_controlled, Job, controllers("Job"), selectors.matches),
        }

    def forget(self) -> None:
        """Start anew: failures are remembered in memory only."""
        self.failures.clear()

    def act(self, view: View, keys: Sequence[Key]) -> Iterator[tuple[Key, Sequence[Action]]]:
        """Yield what each Job needs."""
        for key in keys:
            found = view.store.find(Job, *split(key))
            if found is not None:
                yield key, tuple(self._reconcile(view, key, found))

    def _reconcile(self, view: View, key: Key, found: Job) -> Iterator[Action]:
        pods = view.store.claimable(Pod, found, found.spec.selector)
        remembered = self.failures.get(found.metadata.uid, jobs.Backoff())
        done = jobs.reconcile(found, pods=pods, now=view.now, remembered=remembered)
        self.failures[found.metadata.uid] = done.backoff
        yield from _written(view, found, pods, done)
        if done.complete is None:
            yield from _later(view, key, found, done)


def _written(view: View, found: Job, pods: Sequence[Pod], done: jobs.Pass) -> Iterator[Action]:
    adopted = {each.name for each in done.pods.adopted}
    yield from ownership(found, done.pods.adopted, done.pods.released)
    facts: dict[str, Any] = {"owner": f"Job {found.name}"}
    yield from _create(view, found, done, facts)
    by_name = {pod.name: pod for pod in pods}
    for name in done.finalizer_removed:
        if name not in adopted:
            yield Update(_let_go(by_name[name]))
    for name in done.delete:
        yield Delete(
            ("Pod", found.namespace, name),
            Why(rule="cluster.job.delete", facts=facts, because=lambda: done.steps),
        )
        yield Say(ref_of(found), "SuccessfulDelete", f"Deleted pod: {name}")
    if done.status != found.status:
        yield Update(replace(found, status=done.status), _ended(found, done, facts))
        yield from _said(found, done)


def _create(view: View, found: Job, done: jobs.Pass, facts: dict[str, Any]) -> Iterator[Action]:
    template = manifest(found, view.store.rest(ref_of(found)))["spec"].get("template") or {}
    numbers: tuple[int | None, ...] = done.create_indexes or (None,) * done.create
    for index in numbers:
        annotations = {} if index is None else {indexes.INDEX: str(index)}
        if index is not None and index in done.failure_counts:
            annotations[indexes.FAILURES] = str(done.failure_counts[index])
        labels = {} if index is None else {indexes.INDEX: str(index)}
        pod, rest = making.pod_from(
            template, found, labels=labels, annotations=annotations, finalizers=(jobs.FINALIZER,)
        )
        if index is not None:
            metadata = replace(pod.metadata, generate_name=f"{found.name}-{index}-")
            pod = replace(pod, metadata=metadata)
        why = Why(rule="cluster.job.create", facts=facts, because=lambda: done.steps)
        yield Create(pod, why, rest, found, "SuccessfulCreate", "Created pod: {name}")


def _let_go(pod: Pod) -> Pod:
    left = [each for each in pod.metadata.finalizers or () if each != jobs.FINALIZER]
    return replace(pod, metadata=replace(pod.metadata, finalizers=left))


def _true(job: Job) -> dict[str, str]:
    return {each.type: each.reason or "" for each in job.status.conditions or () if each.status == "True"}


def _ended(found: Job, done: jobs.Pass, facts: dict[str, Any]) -> Why:
    new = {each.type: each.reason or "" for each in done.status.conditions or () if each.status == "True"}
    for end in _ENDS:
        if end in new and end not in _true(found):
            rule = f"cluster.job.{end.lower()}"
            did = f"report {end} ({new[end]})"
            return Why(rule=rule, did=did, facts=facts | {"reason": new[end]}, because=lambda: done.steps)
    return Why()


def _said(found: Job, done: jobs.Pass) -> Iterator[Say]:
    before = _true(found)
    for each in done.status.conditions or ():
        if each.status != "True" or each.type in before:
            continue
        if each.type == "Complete":
            yield Say(ref_of(found), "Completed", "Job completed")
        elif each.type == "Failed":
            yield Say(ref_of(found), each.reason or "Failed", each.message or "Job has failed", "Warning")


def _later(view: View, key: Key, found: Job, done: jobs.Pass) -> Iterator[Wake]:
    """Look again when a back-off or the deadline is over."""
    for step in done.steps:
        if step.rule in _DELAYS:
            yield Wake(view.now + step.facts["left"] * instants.SECOND, key)
    seconds, started = found.spec.active_deadline_seconds, done.status.start_time
    if seconds is not None and started is not None:
        due = instants.parse(started) + seconds * instants.SECOND
        if due > view.now:
            yield Wake(due, key)


def clean(view: View, key: Key) -> Iterator[Action]:
    """Delete a finished Job when `ttlSecondsAfterFinished` is over."""
    found = view.store.find(Job, *split(key))
    if found is None or found.spec.ttl_seconds_after_finished is None:
        return
    ends = [each for each in found.status.conditions or () if each.type in _ENDS and each.status == "True"]
    if not ends or ends[0].last_transition_time is None or found.metadata.deletion_timestamp:
        return
    due = (
        instants.parse(ends[0].last_transition_time) + found.spec.ttl_seconds_after_finished * instants.SECOND
    )
    if due > view.now:
        yield Wake(due, key)
        return
    facts = {"seconds": found.spec.ttl_seconds_after_finished}
    yield Delete(
        ref_of(found), Why(rule="cluster.ttl.delete", facts=facts), propagation=Propagation.FOREGROUND
    )


TTL_CONTROLLER = Controller(name="ttl-after-finished-controller", watches={"Job": own}, reconcile=clean)

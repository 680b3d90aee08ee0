"""The CronJob controller: a Job at each time of its schedule."""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from ontology import instants
from ontology.cluster.meta import ObjectMeta
from ontology.cluster.workloads import CronJob, CronJobStatus, Job
from ontology.semantics.workloads import cronjobs
from ontology.semantics.workloads.simulation.cluster import owned_by
from ontology.walkthroughs.cluster import plain
from ontology.walkthroughs.cluster.actions import Action, Create, Delete, Say, Update, Wake, Why
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import Controller, View, controllers, own, split
from ontology.walkthroughs.cluster.kinds import ref_of

_SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp"


def reconcile(view: View, key: Key) -> Iterator[Action]:
    """Start, replace or skip a run that is due, and delete old Jobs."""
    found = view.store.find(CronJob, *split(key))
    if found is None or found.metadata.deletion_timestamp is not None:
        return
    mine = view.store.owned_by(found.metadata.uid, Job)
    done = cronjobs.reconcile(found, jobs=mine, now=view.now)
    facts = {"owner": f"CronJob {found.name}", "action": done.action, "missed": done.missed}
    for name in done.delete:
        yield Delete(("Job", found.namespace, name), Why(rule="cluster.cronjob.delete", facts=facts))
        yield Say(ref_of(found), "SuccessfulDelete", f"Deleted job {name}")
    status = _status(found, mine)
    if done.job is not None and done.scheduled is not None:
        yield _start(view, found, done.job, done.scheduled, facts)
        status = replace(status, last_schedule_time=instants.render(done.scheduled))
    elif done.action == "skip":
        yield Say(
            ref_of(found),
            "JobAlreadyActive",
            "Not starting job because prior execution is running and concurrency policy is Forbid",
        )
    for each in mine:
        if _ended(each) and each.name in {one.get("name") for one in found.status.active or ()}:
            yield Say(
                ref_of(found), "SawCompletedJob", f"Saw completed job: {each.name}, condition: {_ended(each)}"
            )
    if status != found.status:
        yield Update(replace(found, status=status))
    if done.upcoming:
        yield Wake(done.upcoming[0], key)


def _ended(job: Job) -> str:
    ended = {each.type for each in job.status.conditions or () if each.status == "True"}
    return "Complete" if "Complete" in ended else "Failed" if "Failed" in ended else ""


def _status(found: CronJob, mine: list[Job]) -> CronJobStatus:
    active = [
        {"kind": "Job", "name": each.name, "namespace": each.namespace} for each in mine if not _ended(each)
    ]
    succeeded = [each.status.completion_time for each in mine if each.status.completion_time]
    return replace(
        found.status,
        active=active or None,
        last_successful_time=max(succeeded, default=found.status.last_successful_time),
    )


def _start(view: View, found: CronJob, name: str, scheduled: int, facts: dict[str, object]) -> Create:
    template = plain.manifest(found, view.store.rest(ref_of(found)))["spec"].get("jobTemplate") or {}
    metadata, spec = template.get("metadata") or {}, template.get("spec") or {}
    raw = {"apiVersion": "batch/v1", "kind": "Job", "spec": spec}
    job = msgspec.convert(raw, Job)
    made = replace(
        job,
        metadata=ObjectMeta(
            name=name,
            namespace=found.namespace,
            labels=metadata.get("labels"),
            annotations={**(metadata.get("annotations") or {}), _SCHEDULED_AT: instants.render(scheduled)},
            owner_references=[owned_by(found)],
        ),
    )
    why = Why(rule="cluster.cronjob.start", facts=facts)
    return Create(made, why, plain.beyond(raw, job), found, "SuccessfulCreate", "Created job {name}")


CONTROLLER = Controller(
    name="cronjob-controller",
    watches={"CronJob": own, "Job": controllers("CronJob")},
    reconcile=reconcile,
)

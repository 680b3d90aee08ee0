"""A pass of the CronJob controller, written down."""

from ontology import instants
from ontology.cluster.meta import ObjectMeta
from ontology.cluster.workloads import CronJob, Job
from ontology.semantics.workloads import cronjobs
from ontology.semantics.workloads.simulation.cluster import Cluster, owned_by, replace

_SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp"


def reconcile(cluster: Cluster, found: CronJob) -> bool:
    """Make a pass; whether it wrote anything."""
    done = cronjobs.reconcile(found, jobs=cluster.all(Job), now=cluster.now)
    for name in done.delete:
        job = cluster.find(Job, name, found.namespace)
        if job is not None:
            cluster.collect(job, by=found.name)
    if done.action in {"skip", "late"} and done.scheduled is not None:
        cluster.say_once(done.action, found, done.scheduled, scheduled=instants.render(done.scheduled))
    if done.job is not None and done.scheduled is not None:
        _start(cluster, found, done.job, done.scheduled)
    for moment in done.upcoming[:1]:
        cluster.at(moment)
    started = (done.job,) if done.job is not None else ()
    active = [
        {"kind": Job.KIND, "name": name} for name in (*done.active, *started) if name not in done.delete
    ]
    last = found.status.last_schedule_time
    if done.job is not None and done.scheduled is not None:
        last = instants.render(done.scheduled)
    status = replace(found.status, active=active or None, last_schedule_time=last)
    cluster.put(replace(found, status=status))
    return bool(done.job or done.delete)


def _start(cluster: Cluster, found: CronJob, name: str, scheduled: int) -> None:
    template = found.spec.job_template
    metadata = template.metadata or {}
    annotations = {**(metadata.get("annotations") or {}), _SCHEDULED_AT: instants.render(scheduled)}
    job = Job(
        api_version="batch/v1",
        kind="Job",
        metadata=ObjectMeta(
            name=name,
            namespace=found.metadata.namespace,
            uid=cluster.uid("Job", name),
            labels=metadata.get("labels"),
            annotations=annotations,
            owner_references=[owned_by(found)],
            creation_timestamp=instants.render(cluster.now),
        ),
        spec=template.spec,
    )
    cluster.say_created(job, found, scheduled=instants.render(scheduled))

"""Objects in a line, as `kubectl get` shows them, and events as `kubectl get events` does."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ontology.cluster.meta import KubeObject
from ontology.cluster.namespaces import Namespace
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.services import EndpointSlice, Service
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim
from ontology.cluster.workloads import CronJob, DaemonSet, Deployment, Job, ReplicaSet, StatefulSet
from ontology.semantics.lifecycle import ages
from ontology.semantics.lifecycle.columns import cells
from ontology.walkthroughs.cluster.clock import seconds
from ontology.walkthroughs.cluster.controllers.node_lifecycle import ready_of
from ontology.walkthroughs.cluster.kinds import ref_of
from ontology.walkthroughs.cluster.store import Store
from ontology.walkthroughs.cluster.trace import Event

_KINDS = ("ControllerRevision",)  # kept by controllers for themselves: nobody lists them


def summary(store: Store) -> dict[str, str]:
    """Return a line for each object, by `Kind/namespace/name`."""
    return {
        "/".join(part for part in ref_of(each) if part): line(store, each)
        for each in store
        if each.kind not in _KINDS and each.kind in _LINES
    }


def line(store: Store, found: KubeObject) -> str:
    """Return an object in a line."""
    word = _LINES.get(found.kind)
    return word(store, found) if word is not None else ""


def _pod(_: Store, pod: Pod) -> str:
    shown = cells(pod)
    where = f" on {pod.spec.node_name}" if pod.spec.node_name else ""
    return f"{shown.ready}/{shown.total} {shown.status}{where}, {shown.restarts} restarts"


def _node(_: Store, node: Node) -> str:
    ready = "Ready" if ready_of(node) == "True" else "NotReady"
    return ready + (",SchedulingDisabled" if node.spec.unschedulable else "")


def _deployment(_: Store, found: Deployment) -> str:
    status = found.status
    return (
        f"{status.ready_replicas}/{found.spec.replicas} ready, {status.updated_replicas} up-to-date,"
        f" {status.available_replicas} available"
    )


def _replica_set(_: Store, found: ReplicaSet) -> str:
    return f"{found.status.ready_replicas}/{found.spec.replicas} ready"


def _stateful_set(_: Store, found: StatefulSet) -> str:
    return f"{found.status.ready_replicas}/{found.spec.replicas} ready"


def _daemon_set(store: Store, found: DaemonSet) -> str:
    status: Mapping[str, Any] = store.rest(ref_of(found)).get("status") or {}
    return f"{status.get('numberReady', 0)}/{status.get('desiredNumberScheduled', 0)} ready"


def _job(_: Store, job: Job) -> str:
    ended = [each.type for each in job.status.conditions or () if each.status == "True"]
    state = next((end for end in ("Complete", "Failed", "Suspended") if end in ended), "Running")
    wanted = job.spec.completions if job.spec.completions is not None else f"1 of {job.spec.parallelism or 1}"
    return f"{state}, {job.status.succeeded}/{wanted} done"


def _cron_job(_: Store, found: CronJob) -> str:
    last = found.status.last_schedule_time or "never"
    return f"{found.spec.schedule}, {len(found.status.active or ())} active, last {last}"


def _service(_: Store, found: Service) -> str:
    return f"{found.spec.type} {found.spec.cluster_ip or found.spec.external_name}".rstrip()


def _slice(_: Store, found: EndpointSlice) -> str:
    ready = sum(each.conditions.ready is not False for each in found.endpoints or ())  # absent means ready
    return f"{ready}/{len(found.endpoints or ())} endpoints ready"


def _claim(_: Store, found: PersistentVolumeClaim) -> str:
    return _phase(found.status.phase, found) + (
        f" {found.spec.volume_name}" if found.spec.volume_name else ""
    )


def _volume(_: Store, found: PersistentVolume) -> str:
    return _phase(found.status.phase, found)


def _namespace(_: Store, found: Namespace) -> str:
    return found.status.phase


def _phase(phase: str, found: KubeObject) -> str:
    return "Terminating" if found.metadata.deletion_timestamp else phase


_LINES: Mapping[str, Callable[[Store, Any], str]] = {
    "CronJob": _cron_job,
    "DaemonSet": _daemon_set,
    "Deployment": _deployment,
    "EndpointSlice": _slice,
    "Job": _job,
    "Namespace": _namespace,
    "Node": _node,
    "PersistentVolume": _volume,
    "PersistentVolumeClaim": _claim,
    "Pod": _pod,
    "ReplicaSet": _replica_set,
    "Service": _service,
    "StatefulSet": _stateful_set,
}


def events(found: Iterable[Event], now: int) -> list[dict[str, Any]]:
    """Return events as rows, by when each last came; `age` is what kubectl prints at the end of the story."""
    ordered = sorted(enumerate(found), key=lambda each: (each[1].last, each[0]))
    return [
        {
            "age": _age(event, now),
            "lastSeen": seconds(event.last),
            "firstSeen": seconds(event.first),
            "count": event.count,
            "type": event.type,
            "reason": event.reason,
            "object": f"{event.ref[0].lower()}/{event.ref[2]}",
            "namespace": event.ref[1],
            "source": event.source,
            "message": event.message,
        }
        for _, event in ordered
    ]


def _age(event: Event, now: int) -> str:
    last = ages.shown(now - event.last)
    return last if event.count == 1 else f"{last} (x{event.count} over {ages.shown(now - event.first)})"

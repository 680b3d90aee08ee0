"""What came of a run: how each set made its pods, what is left, and whether all is well."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ontology import readiness
from ontology.cluster.meta import KubeObject
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import (
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    OwnedClaim,
    ReplicaSet,
    StatefulSet,
)
from ontology.semantics.workloads import deployments
from ontology.semantics.workloads.simulation.cluster import Cluster, Entry
from ontology.semantics.workloads.simulation.controllers import daemon_sets
from ontology.semantics.workloads.simulation.controllers.jobs import finish
from ontology.verdict import Step

# What makes the pods of a set that makes none itself.
_BETWEEN = frozenset({"ReplicaSet", "Job"})


def sets(cluster: Cluster) -> list[KubeObject]:
    """Return the sets that users wrote: a ReplicaSet of a Deployment speaks for itself in the timeline."""
    return [each for kind in _COMPLETE for each in cluster.all(kind) if each.metadata.controller is None]


def named(found: KubeObject | Entry) -> str:
    """Return a name, with the namespace before it outside of `default`."""
    return found.name if found.namespace == "default" else f"{found.namespace}/{found.name}"


def complete(cluster: Cluster, found: KubeObject) -> bool:
    """Whether a set has all its pods available, or a Job is done; a CronJob is never incomplete."""
    return _COMPLETE[type(found)](cluster, found)


def failed(cluster: Cluster) -> bool:
    """Whether a Job that users wrote has failed, though its time to live may have removed it since."""
    by_cron = {each.uid for each in cluster.entries if each.what == "created" and each.kind == Job.KIND}
    return any(each.what == "jobFailed" and each.uid not in by_cron for each in cluster.entries)


def _all_available(_: Cluster, found: Any) -> bool:
    wanted = 1 if found.spec.replicas is None else found.spec.replicas
    return bool(found.status.replicas == found.status.available_replicas == wanted)


def _every_node_served(cluster: Cluster, found: DaemonSet) -> bool:
    placed, _ = daemon_sets.placed(cluster, found)
    status = placed.status
    return placed.settled and status["updatedNumberScheduled"] == status["desiredNumberScheduled"]


def _done(_: Cluster, found: Job) -> bool:
    ended = finish(found)
    return ended is not None and ended.type == "Complete"


_COMPLETE: Mapping[type[KubeObject], Callable[[Cluster, Any], bool]] = {
    Deployment: _all_available,
    ReplicaSet: _all_available,
    StatefulSet: _all_available,
    DaemonSet: _every_node_served,
    Job: _done,
    CronJob: lambda _, __: True,
}


def summary(cluster: Cluster, found: KubeObject) -> dict[str, Any]:
    """Return how a set made and removed its pods: what tells a StatefulSet from a ReplicaSet."""
    made = [each for each in cluster.entries if each.what == "created"]
    makers = {found.metadata.uid}
    makers |= {each.uid for each in made if each.kind in _BETWEEN and each.maker in makers}
    created = [each for each in made if each.kind == "Pod" and each.maker in makers]
    uids = {each.uid for each in created}
    pods = [each for each in cluster.entries if each.uid in uids]
    claims = [each.name for each in made if each.kind == OwnedClaim.KIND and each.maker in makers]
    return {
        "created": [each.name for each in created],
        "deleted": [each.name for each in pods if each.what == "deleted"],
        "mostStartingAtOnce": _most_starting(pods),
        "claimsUsed": {each.name: list(each.detail["claims"]) for each in created if each.detail["claims"]},
        "claimsCreated": claims,
        "claimsLeft": [
            name for name in claims if cluster.find(OwnedClaim, name, found.namespace) is not None
        ],
    }


def compared(sets: Mapping[str, Mapping[str, Any]]) -> Iterator[Step]:
    """Yield what tells the sets with names from those without, where a run has both."""
    named = [name for name in sets if name.startswith("StatefulSet/")]
    nameless = [name for name in sets if name.startswith(("ReplicaSet/", "Deployment/"))]
    if not named or not nameless:
        return
    one, other = nameless[0], named[0]
    facts: dict[str, Any] = {"nameless": one, "named": other}
    for aspect, member in (("names", "created"), ("start", "mostStartingAtOnce"), ("claims", "claimsLeft")):
        found, theirs = sets[one][member], sets[other][member]
        seen = {"mine": _first(found), "theirs": _first(theirs)}
        yield Step(f"workloads.compare.{aspect}", True, facts | seen)


def _first(found: Any) -> Any:
    """Return a number as it is, and the first few of many names, each once."""
    if not isinstance(found, list):
        return found
    return tuple(dict.fromkeys(found))[:3] or None


def _most_starting(pods: Sequence[Entry]) -> int:
    starting: set[str] = set()
    most = 0
    for each in pods:
        if each.what == "created":
            starting.add(each.name)
        elif each.what in {"ready", "gone"}:
            starting.discard(each.name)
        most = max(most, len(starting))
    return most


def final(cluster: Cluster) -> dict[str, Any]:
    """Return what is left: pods, claims, the sizes of Deployments' ReplicaSets, and Jobs."""
    return {
        "pods": [
            {
                "name": named(pod),
                "phase": pod.status.phase,
                "ready": readiness.is_ready(pod),
                "terminating": readiness.is_terminating(pod),
                "image": next((each.image for each in pod.spec.containers or ()), ""),
                "node": pod.spec.node_name,
            }
            for pod in cluster.all(Pod)
        ],
        "claims": [named(each) for each in cluster.all(OwnedClaim)],
        "replicaSets": {
            named(each): deployments.size(each)
            for each in cluster.all(ReplicaSet)
            if each.metadata.controller is not None
        },
        "jobs": {named(each): _job(each) for each in cluster.all(Job)},
    }


def _job(found: Job) -> dict[str, Any]:
    status, ended = found.status, finish(found)
    state = "Suspended" if found.spec.suspend else "Running"
    return {
        "state": ended.type if ended else state,
        "reason": ended.reason if ended else None,
        "active": status.active,
        "succeeded": status.succeeded,
        "failed": status.failed,
        "completedIndexes": status.completed_indexes or None,
        "failedIndexes": status.failed_indexes,
    }

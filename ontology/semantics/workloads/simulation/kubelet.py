"""What time does to pods: they start, a Job's pods end or start again, and deleted ones stop."""

from collections.abc import Sequence

from ontology import instants, readiness
from ontology.cluster.meta import Condition
from ontology.cluster.pods import (
    ContainerState,
    ContainerStateRunning,
    ContainerStateTerminated,
    ContainerStatus,
    Pod,
    PodStatus,
)
from ontology.cluster.workloads import Job
from ontology.semantics.workloads import indexes
from ontology.semantics.workloads.simulation.cluster import NEVER, Cluster, Ending, replace

_FIRST_RESTART, _LONGEST_RESTART = 10 * instants.SECOND, 300 * instants.SECOND
_KILLED = 143


def begin(cluster: Cluster) -> None:
    """Take up the pods that are there from the start."""
    for pod in cluster.all(Pod):
        if pod.status.phase in {"", "Pending"}:
            cluster.put(replace(pod, status=replace(pod.status, phase="Pending")))
            cluster.at(_starts(cluster, pod))
        elif pod.status.phase == "Running" and _works(pod):
            _plan(cluster, pod)
    step(cluster)


def step(cluster: Cluster) -> None:
    """Start, end and stop the pods whose time has come."""
    for pod in cluster.all(Pod):
        if readiness.is_terminating(pod):
            if cluster.gone_at.get(pod.metadata.uid, cluster.now) <= cluster.now:
                _stop(cluster, pod)
        elif pod.spec.node_name in cluster.lost:
            continue
        elif pod.status.phase == "Pending":
            if _starts(cluster, pod) <= cluster.now:
                _start(cluster, pod)
        elif cluster.due.get(pod.metadata.uid, NEVER) <= cluster.now:
            if readiness.is_ready(pod):
                _end(cluster, pod)
            else:
                _start(cluster, pod)


def condition(cluster: Cluster, type_: str, status: str, reason: str | None = None) -> Condition:
    """Return a condition that changes now."""
    changed = instants.render(cluster.now)
    return Condition(type=type_, status=status, reason=reason, last_transition_time=changed)


def _starts(cluster: Cluster, pod: Pod) -> int:
    created = instants.parse(pod.metadata.creation_timestamp or instants.render(cluster.began))
    return created + cluster.delays.start


def _works(pod: Pod) -> bool:
    """Whether a pod is to end: one of a Job."""
    controller = pod.metadata.controller
    return controller is not None and controller.kind == Job.KIND


def _start(cluster: Cluster, pod: Pod) -> None:
    images = {each.image for each in pod.spec.containers or ()}
    healthy = not images & cluster.delays.broken
    now = instants.render(cluster.now)
    running = ContainerState(running=ContainerStateRunning(started_at=now))
    started = replace(
        pod,
        status=PodStatus(
            phase="Running",
            start_time=pod.status.start_time or now,
            conditions=[condition(cluster, "Ready", str(healthy))],
            container_statuses=_statuses(pod, running, ready=healthy),
        ),
    )
    cluster.due.pop(pod.metadata.uid, None)
    cluster.put(started)
    cluster.say("ready" if healthy else "notReady", started)
    if healthy and _works(pod):
        _plan(cluster, started)


def _plan(cluster: Cluster, pod: Pod) -> None:
    """Set when a Job's pod ends."""
    place, ending = _ending(cluster, pod)
    after = ending.after if ending is not None and place is not None else cluster.delays.work
    cluster.due[pod.metadata.uid] = cluster.now + after
    cluster.at(cluster.now + after)


def _ending(cluster: Cluster, pod: Pod) -> tuple[int | None, Ending | None]:
    """Return how a pod ends, with the place of that rule; None for an ordinary success."""
    images = {each.image for each in pod.spec.containers or ()}
    index = indexes.of(pod)
    for place, ending in enumerate(cluster.delays.endings):
        meant = ending.image in images and (ending.indexes is None or index in ending.indexes)
        if meant and (ending.times is None or cluster.attempts[_key(pod, place)] < ending.times):
            return place, ending
    return None, None


def _key(pod: Pod, place: int) -> tuple[str, int | None, int]:
    controller = pod.metadata.controller
    return (controller.uid if controller else "", indexes.of(pod), place)


def _end(cluster: Cluster, pod: Pod) -> None:
    place, ending = _ending(cluster, pod)
    code = ending.exit_code if ending is not None else 0
    if place is not None:
        cluster.attempts[_key(pod, place)] += 1
    del cluster.due[pod.metadata.uid]
    if code and pod.spec.restart_policy == "OnFailure":
        _restart(cluster, pod, code)
        return
    ended = _ended(cluster, pod, code)
    cluster.put(ended)
    cluster.say("failed" if code else "succeeded", ended, exitCode=code)


def _ended(cluster: Cluster, pod: Pod, code: int) -> Pod:
    phase = "Failed" if code else "Succeeded"
    kept = [each for each in pod.status.conditions or () if each.type != "Ready"]
    statuses = _statuses(pod, _terminated(cluster, code), ready=False)
    not_ready = condition(cluster, "Ready", "False")
    status = replace(pod.status, phase=phase, conditions=[*kept, not_ready], container_statuses=statuses)
    return replace(pod, status=status)


def _restart(cluster: Cluster, pod: Pod, code: int) -> None:
    """Let the kubelet start the containers again after its own delay: 10 s, doubled, at most 300 s."""
    restarts = max((each.restart_count for each in pod.status.container_statuses or ()), default=0)
    delay = min(_FIRST_RESTART << min(restarts, 5), _LONGEST_RESTART)
    statuses = _statuses(pod, _terminated(cluster, code), ready=False)
    status = replace(
        pod.status,
        conditions=[condition(cluster, "Ready", "False")],
        container_statuses=[replace(each, restart_count=restarts + 1) for each in statuses],
    )
    waiting = replace(pod, status=status)
    cluster.put(waiting)
    cluster.due[pod.metadata.uid] = cluster.now + delay
    cluster.at(cluster.now + delay)
    cluster.say("restarts", waiting, exitCode=code, restarts=restarts + 1)


def _terminated(cluster: Cluster, code: int) -> ContainerState:
    reason = "Error" if code else "Completed"
    finished = instants.render(cluster.now)
    return ContainerState(
        terminated=ContainerStateTerminated(exit_code=code, reason=reason, finished_at=finished)
    )


def _statuses(pod: Pod, state: ContainerState, *, ready: bool) -> list[ContainerStatus]:
    before: Sequence[ContainerStatus] = pod.status.container_statuses or ()
    restarts = {each.name: each.restart_count for each in before}
    return [
        ContainerStatus(
            name=each.name,
            state=state,
            ready=ready,
            restart_count=restarts.get(each.name, 0),
            image=each.image,
        )
        for each in pod.spec.containers or ()
    ]


def _stop(cluster: Cluster, pod: Pod) -> None:
    """Let a deleted pod stop; one of a Job is then Failed, and stays until the Job has counted it."""
    cluster.gone_at[pod.metadata.uid] = NEVER
    if pod.metadata.finalizers and not readiness.is_finished(pod):
        pod = _ended(cluster, pod, _KILLED)
        cluster.put(pod)
    cluster.leave(pod)

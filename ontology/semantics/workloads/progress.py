"""Conditions of a Deployment: whether its rollout moves, and whether it does in time.

Source: kubernetes.io/docs/concepts/workloads/controllers/deployment (Deployment status, v1.36).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ontology import instants
from ontology.cluster.workloads import Deployment, WorkloadCondition
from ontology.verdict import Step

Status = Mapping[str, int | None]

_UNLIMITED = 2**31 - 1
_DEFAULT_DEADLINE = 600
_PROGRESSING = "Progressing"


@dataclass(slots=True)
class Conditions:
    """The conditions as a pass leaves them; one that says the same again keeps its times."""

    by_type: dict[str, WorkloadCondition]
    now: int

    def reason(self, type_: str) -> str:
        """Return the reason of a condition, empty without one."""
        found = self.by_type.get(type_)
        return (found.reason or "") if found else ""

    def set(self, type_: str, status: str, reason: str | None, *, moved: bool = False) -> None:
        """Set a condition; with `moved` also the time of its last update, though it says the same."""
        found = self.by_type.get(type_)
        same_status = found is not None and found.status == status
        if found is not None and same_status and found.reason == reason and not moved:
            return
        now = instants.render(self.now)
        changed = found.last_transition_time if found is not None and same_status else now
        self.by_type[type_] = WorkloadCondition(
            type=type_, status=status, reason=reason, last_update_time=now, last_transition_time=changed
        )

    def remove(self, type_: str) -> None:
        """Remove a condition, if it is there."""
        self.by_type.pop(type_, None)


def deadline(deployment: Deployment) -> int | None:
    """Return the progress deadline in seconds, 600 by default; None where there is none."""
    seconds = deployment.spec.progress_deadline_seconds
    if seconds is None:
        return _DEFAULT_DEADLINE
    return None if seconds == _UNLIMITED else seconds


def pause(conditions: Conditions, deployment: Deployment) -> None:
    """Note that a rollout was paused or goes on, so that the time in between does not count."""
    reason = conditions.reason(_PROGRESSING)
    if deadline(deployment) is None or reason == "ProgressDeadlineExceeded":
        return
    if deployment.spec.paused and reason != "DeploymentPaused":
        conditions.set(_PROGRESSING, "Unknown", "DeploymentPaused")
    elif not deployment.spec.paused and reason == "DeploymentPaused":
        conditions.set(_PROGRESSING, "Unknown", "DeploymentResumed")


def judge(conditions: Conditions, deployment: Deployment, status: Status, replicas: int) -> tuple[Step, ...]:
    """Set Progressing by what has moved against the stored status, and by the deadline."""
    seconds = deadline(deployment)
    if seconds is None:
        conditions.remove(_PROGRESSING)
        return ()
    found = conditions.by_type.get(_PROGRESSING)
    reason = conditions.reason(_PROGRESSING)
    if reason == "NewReplicaSetAvailable" and status["replicas"] == status["updatedReplicas"]:
        return ()
    if is_complete(status, replicas):
        conditions.set(_PROGRESSING, "True", "NewReplicaSetAvailable")
        return (Step("workloads.complete", True, {"replicas": replicas}),)
    if _moved(deployment, status):
        conditions.set(_PROGRESSING, "True", "ReplicaSetUpdated", moved=True)
        return (Step("workloads.progress", True, {"deadline": seconds}),)
    if found is None or reason == "NewReplicaSetAvailable":
        return ()
    late = _late(found, seconds, conditions.now)
    if late or reason == "ProgressDeadlineExceeded":
        conditions.set(_PROGRESSING, "False", "ProgressDeadlineExceeded")
    return (Step("workloads.progress", False if late else None, {"deadline": seconds}),)


def is_complete(status: Status, replicas: int) -> bool:
    """Whether all pods are updated and available, and no others are left."""
    return {status["updatedReplicas"], status["replicas"], status["availableReplicas"]} == {replicas}


def _late(found: WorkloadCondition, seconds: int, now: int) -> bool:
    if not found.last_update_time:
        return True
    return instants.parse(found.last_update_time) + seconds * instants.SECOND < now


def _moved(deployment: Deployment, status: Status) -> bool:
    before = deployment.status
    old_before = before.replicas - before.updated_replicas
    old_now = (status["replicas"] or 0) - (status["updatedReplicas"] or 0)
    return (
        (status["updatedReplicas"] or 0) > before.updated_replicas
        or old_now < old_before
        or (status["readyReplicas"] or 0) > before.ready_replicas
        or (status["availableReplicas"] or 0) > before.available_replicas
    )

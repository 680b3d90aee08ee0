"""What controllers mean by a ready, an available, a finished and an active pod.

Source: kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle (v1.36).
"""

from ontology import instants
from ontology.cluster.meta import Condition
from ontology.cluster.pods import Pod

FINISHED = frozenset({"Succeeded", "Failed"})


def condition(pod: Pod, type_: str) -> Condition | None:
    """Return the pod's condition of a type."""
    for each in pod.status.conditions or ():  # asked for every pod: quicker than a generator
        if each.type == type_:
            return each
    return None


def is_ready(pod: Pod) -> bool:
    """Whether the Ready condition is True; phase and deletion do not matter."""
    ready = condition(pod, "Ready")
    return ready is not None and ready.status == "True"


def ready_since(pod: Pod) -> int | None:
    """Return when the pod became ready in nanoseconds; None if it is not, or does not say."""
    ready = condition(pod, "Ready")
    if ready is None or ready.status != "True" or ready.last_transition_time is None:
        return None
    return instants.parse(ready.last_transition_time)


def is_available(pod: Pod, *, min_ready_seconds: int, now: int) -> bool:
    """Whether the pod has been ready for `min_ready_seconds`; with 0, whether it is ready."""
    if not is_ready(pod):
        return False
    if min_ready_seconds == 0:
        return True
    since = ready_since(pod)
    return since is not None and since + min_ready_seconds * instants.SECOND <= now


def is_terminating(pod: Pod) -> bool:
    """Whether the pod is being deleted."""
    return pod.metadata.deletion_timestamp is not None


def is_finished(pod: Pod) -> bool:
    """Whether no container of the pod will run again: Succeeded or Failed."""
    return pod.status.phase in FINISHED


def is_active(pod: Pod) -> bool:
    """Whether the pod counts as a replica: neither finished nor being deleted."""
    return not is_finished(pod) and not is_terminating(pod)

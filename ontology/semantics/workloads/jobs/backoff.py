"""How long a Job waits after failures before it creates pods again.

Source: kubernetes.io/docs/concepts/workloads/controllers/job (Pod backoff failure policy, v1.36).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ontology import instants, readiness
from ontology.cluster.pods import Pod

_FIRST_DELAY, _LONGEST_DELAY = 10 * instants.SECOND, 600 * instants.SECOND


def delay(failures: int) -> int:
    """Return the delay before pods are created again, in nanoseconds: 10 s, doubled, at most 600 s."""
    if failures == 0:
        return 0
    # doubling a seventh time is already beyond the longest delay
    return min(_FIRST_DELAY << min(failures - 1, 7), _LONGEST_DELAY)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Failures since the last success, and when the last of them was.

    The controller remembers this from pass to pass, not in the Job: one that has just started knows none.
    """

    failures: int = 0
    last: int = 0

    def left(self, now: int) -> int:
        """Return how long nothing is created yet, in nanoseconds; none or less: no longer."""
        return self.last + delay(self.failures) - now if self.failures else 0

    def after(self, *, succeeded: Sequence[Pod], failed: Sequence[Pod]) -> "Backoff":
        """Return what is remembered after new results: a success forgets all failures before it."""
        failures = [finished_at(pod) for pod in failed]
        if not succeeded:
            return Backoff(self.failures + len(failures), max((self.last, *failures)))
        success = max(finished_at(pod) for pod in succeeded)
        since = [each for each in failures if each > success]
        return Backoff(len(since), max(since, default=0))


def finished_at(pod: Pod) -> int:
    """Return when a pod finished.

    The end of its last container, else of its readiness, else the deletion less its grace period, else
    its creation.
    """
    ends = [
        each.state.terminated.finished_at if each.state.terminated else None
        for each in pod.status.container_statuses or ()
    ]
    if ends and all(ends):
        return max(instants.parse(each) for each in ends if each)
    ready = readiness.condition(pod, "Ready")
    if ready is not None and ready.status == "False" and ready.last_transition_time:
        return instants.parse(ready.last_transition_time)
    if pod.metadata.deletion_timestamp is not None:
        grace = (pod.metadata.deletion_grace_period_seconds or 0) * instants.SECOND
        return instants.parse(pod.metadata.deletion_timestamp) - grace
    return instants.parse(pod.metadata.creation_timestamp) if pod.metadata.creation_timestamp else 0

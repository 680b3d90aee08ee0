"""What the kubelet remembers of a container's restarts: how long the next start waits, and since when.

The wait runs from the end of the last run, as a sync sees it. The sync that kills a container for a failed
probe has looked before the kill, so it sees the end of the run before: the first such restart is always at
once, a later one if the time since then is as long as the wait; else the next sync makes it wait.

Source: kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle#container-restarts (v1.36).
"""

from dataclasses import dataclass

from ontology.semantics.lifecycle import backoff

_MS = 1000
_RECOVERY = backoff.RECOVERY_SECONDS * _MS


@dataclass(slots=True)
class CrashLoop:
    """`wait` in seconds, 0 while there is none; times in milliseconds."""

    wait: int = 0
    since: int = 0  # when the wait was set: at the latest start
    ended: int | None = None

    def end(self, now: int, *, in_sync: bool) -> int:
        """Return how many seconds after its end the container starts again.

        `in_sync`: the sync that starts it again is the one that has killed it.
        """
        seen, self.ended = (self.ended if in_sync else now), now
        if seen is None:
            return 0  # it knows of no end yet, and will not remember this one
        if now - self.since > _RECOVERY:
            self.wait = 0
        wait = 0 if in_sync and now - seen >= self.wait * _MS else self.wait
        self.since = now + wait * _MS
        self.wait = backoff.after(self.wait)
        return wait

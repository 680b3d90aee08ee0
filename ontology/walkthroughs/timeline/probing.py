"""Probe workers on the virtual clock: runs that change nothing are counted, the clock jumps over them.

Between two changes a probe's outcome is constant, so how its row grows, and at which beat it will take
effect, is arithmetic. Times in milliseconds.
"""

from dataclasses import dataclass

from ontology.semantics.probes.thresholds import EMPTY, Kind, Row, Timing

_MS = 1000


@dataclass(slots=True, kw_only=True)
class Worker:
    """One probe of one container. Its beat starts with the pod and lasts through all restarts.

    INVARIANT: `row`, `runs` and `failures` account for every beat before `following` at which it was active.
    """

    kind: Kind
    timing: Timing
    origin: int
    following: int
    grace: int | None = None  # its own terminationGracePeriodSeconds
    row: Row = EMPTY
    runs: int = 0
    failures: int = 0
    active_from: int | None = None
    plan: int = 0  # counts plans, so that an outdated one is told from the present

    def activate(self, started: int, now: int) -> None:
        """Let the worker run from `now` on, once the initial delay since `started` is over."""
        self.active_from = max(now, started + self.timing.initial_delay * _MS)

    def rest(self) -> None:
        """Let the worker do nothing until it is activated again."""
        self.active_from = None

    def settle(self, now: int, *, success: bool) -> None:
        """Account for the beats of an active worker before `now`, all with the same outcome."""
        if self.active_from is None:
            return
        first = self._beat(max(self.following, self.active_from))
        if first < now:
            times = (now - 1 - first) // (self.timing.period * _MS) + 1
            self.row = self.row.then(success=success, times=times)
            self.runs += times
            self.failures += 0 if success else times
        self.following = max(self.following, self._beat(now))

    def due(self, now: int, *, success: bool) -> int | None:
        """Return the beat at which the row will be long enough to take effect; None while at rest."""
        if self.active_from is None:
            return None
        first = self._beat(max(now, self.following, self.active_from))
        counted = self.row.length if self.row.success is success else 0
        missing = max(self.timing.threshold(success=success) - counted, 1)
        return first + (missing - 1) * self.timing.period * _MS

    def run(self, now: int, *, success: bool) -> None:
        """Run once, at a beat."""
        self.row = self.row.then(success=success)
        self.runs += 1
        self.failures += 0 if success else 1
        self.following = now + self.timing.period * _MS

    def _beat(self, time: int) -> int:
        """Return the first beat at or after `time`."""
        late = time - self.origin
        return time + -late % (self.timing.period * _MS) if late > 0 else self.origin

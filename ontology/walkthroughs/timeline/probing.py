"""Probe workers on the virtual clock: runs that change nothing are counted, the clock jumps over them.

Between two changes a probe's outcome is constant, so how its row grows, and at which beat it will take
effect, is arithmetic. Times in milliseconds.
"""

from dataclasses import dataclass, field

from ontology.semantics.probes.thresholds import EMPTY, Kind, Row, Timing

_MS = 1000


@dataclass(slots=True, kw_only=True)
class Worker:
    """One probe of one container. Its beat starts with the pod and lasts through all restarts.

    INVARIANT: `row`, `runs` and `failures` account for every run before `following`, the next beat at which
    it runs if it is active.
    """

    kind: Kind
    timing: Timing
    origin: int
    following: int
    grace: int | None = None  # its own terminationGracePeriodSeconds
    row: Row = EMPTY
    runs: int = 0
    failures: int = 0
    active: bool = False
    planned: int | None = None  # the beat at which it will change something, as far as can be foreseen
    period: int = field(init=False)

    def __post_init__(self) -> None:
        self.period = self.timing.period * _MS

    def activate(self, started: int, now: int) -> None:
        """Let the worker run from `now` on, once the initial delay since `started` is over."""
        self.active = True
        first = self._beat(max(now, started + self.timing.initial_delay * _MS))
        self.following = max(self.following, first)

    def rest(self) -> None:
        """Let the worker do nothing until it is activated again."""
        self.active = False

    def settle(self, now: int, *, success: bool) -> None:
        """Account for the beats of an active worker before `now`, all with the same outcome."""
        if self.active and self.following < now:
            times = (now - 1 - self.following) // self.period + 1
            self.row = self.row.then(success=success, times=times)
            self.runs += times
            self.failures += 0 if success else times
            self.following += times * self.period

    def due(self, *, success: bool) -> int:
        """Return the beat at which the row of an active worker will be long enough to take effect.

        What was before now has been settled.
        """
        missing = self.timing.threshold(success=success)
        if self.row.success is success:
            missing -= self.row.length
        return self.following + (missing - 1) * self.period if missing > 1 else self.following

    def run(self, now: int, *, success: bool) -> None:
        """Run once, at a beat or, if nobody was there to do it then, after it."""
        self.row = self.row.then(success=success)
        self.runs += 1
        self.failures += 0 if success else 1
        self.following = self._beat(now + 1)

    def _beat(self, time: int) -> int:
        """Return the first beat at or after `time`."""
        late = time - self.origin
        return time + -late % self.period if late > 0 else self.origin

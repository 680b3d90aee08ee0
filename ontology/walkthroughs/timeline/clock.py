"""The virtual clock, and the journal of what changed. Times in milliseconds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from ontology.errors import TooCostlyError
from ontology.verdict import Step

MAX_CHANGES = 200_000

MS = 1000
OWN = "podLifecycle.timeline"  # how rules of the time line itself begin
# Within one instant: the world, what ends, what starts, then the probes (see `health`).
WORLD, END, START, PROBES = 0, 1, 2, 5
_ON_THE_NODE = frozenset({"container", "probe", "signal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row of the time line: `kind` of `subject` goes from `before` to `after`, by `rule`."""

    at: int
    kind: str
    subject: str
    after: str
    rule: str
    before: str = ""
    reason: str = ""
    because: tuple[Step, ...] = ()


@dataclass(slots=True)
class Clock:
    """What will happen, in order of time, priority and planning; and what has changed so far."""

    now: int = 0
    changes: list[Change] = field(default_factory=list)
    node_heard: bool = True  # what happens on a node that is not heard is not told
    _queue: list[tuple[int, int, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0

    def at(self, time: int, priority: int, action: Callable[[], None]) -> None:
        """Plan an action."""
        self._count += 1
        heappush(self._queue, (time, priority, self._count, action))

    @property
    def due(self) -> int | None:
        """When the next thing will happen, None if nothing is planned."""
        return self._queue[0][0] if self._queue else None

    def postpone(self, to: int) -> None:
        """Let everything that was due before `to` happen then: nobody was there to do it."""
        self._queue = [(max(each[0], to), *each[1:]) for each in self._queue]
        heapify(self._queue)

    def step(self, until: int) -> bool:
        """Let the next thing up to `until` happen, that instant included; tell whether there was one.

        Raises:
            TooCostlyError: more than MAX_CHANGES so far.
        """
        if not self._queue or self._queue[0][0] > until:
            return False
        self.now, _, _, action = heappop(self._queue)
        action()
        if len(self.changes) > MAX_CHANGES:
            raise TooCostlyError(f"more than {MAX_CHANGES} changes", path="question.timeline.until")
        return True

    def tell(  # noqa: PLR0913 - the columns of a row
        self,
        kind: str,
        subject: str,
        after: str,
        rule: str,
        *,
        before: str = "",
        reason: str = "",
        because: tuple[Step, ...] = (),
    ) -> None:
        """Write a change down; `rule` without a system is one of the time line's own."""
        if not self.node_heard and (kind in _ON_THE_NODE or (kind == "event" and subject != "pod")):
            return
        name = rule if "." in rule else OWN + rule
        self.changes.append(
            Change(
                at=self.now,
                kind=kind,
                subject=subject,
                after=after,
                rule=name,
                before=before,
                reason=reason,
                because=because,
            )
        )

    def event(self, subject: str, name: str, rule: str, reason: str = "") -> None:
        """Write a Kubernetes event down."""
        self.tell("event", subject, name, rule, reason=reason)


def seconds(milliseconds: int) -> float:
    """Return a time in seconds, whole ones as integers."""
    return milliseconds // MS if milliseconds % MS == 0 else milliseconds / MS


def milliseconds(seconds: float | None) -> int:
    """Return seconds in milliseconds, 0 for none."""
    return round((seconds or 0) * MS)

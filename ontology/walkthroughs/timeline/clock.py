"""The virtual clock, and the journal of what changed. Times in milliseconds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from heapq import heapify, heappop, heappush

import msgspec

from ontology.errors import TooCostlyError
from ontology.verdict import Step

MAX_CHANGES = 200_000

MS = 1000
OWN = "podLifecycle.timeline"  # how rules of the time line itself begin
# Within one instant: the world, what ends, what starts, then the probes (see `health`).
WORLD, END, START, PROBES = 0, 1, 2, 5
_ON_THE_NODE = frozenset({"container", "probe", "signal"})


Because = Callable[[], tuple[Step, ...]]
"""The steps that decided a change, made only when somebody asks for them."""


Row = tuple[str, str, str, str, str, str, Because]
"""A change without its time: kind, subject, after, rule, before, reason, and why."""


def no_steps() -> tuple[Step, ...]:
    """Return what is to be said of a change that its own row says all about."""
    return ()


class Change(msgspec.Struct, frozen=True, gc=False):
    """One row of the time line: `kind` of `subject` goes from `before` to `after`, by `rule`.

    A day of crashes has thousands of them, so they are light, and none of the garbage collector's business.
    """

    at: int
    kind: str
    subject: str
    after: str
    rule: str
    before: str = ""
    reason: str = ""
    why: Because = no_steps

    @property
    def because(self) -> tuple[Step, ...]:
        """The steps that decided it."""
        return self.why()


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
        because: Because = no_steps,
    ) -> None:
        """Write a change down; `rule` without a system is one of the time line's own."""
        if not self.node_heard and kind in _ON_THE_NODE:
            return
        self.changes.append(Change(self.now, kind, subject, after, full_name(rule), before, reason, because))

    def write(self, rows: Iterable[Row]) -> None:
        """Write changes of now down, whoever hears the node; their rules have their full names."""
        self.changes.extend([Change(self.now, *row) for row in rows])

    def event(self, subject: str, name: str, rule: str, reason: str = "") -> None:
        """Write a Kubernetes event down; those of containers are the kubelet's."""
        if self.node_heard or subject == "pod":
            self.changes.append(Change(self.now, "event", subject, name, full_name(rule), "", reason))


@cache
def full_name(rule: str) -> str:
    """Return a rule's name; one without a system is the time line's own."""
    return rule if "." in rule else OWN + rule


def seconds(milliseconds: int) -> float:
    """Return a time in seconds, whole ones as integers."""
    return milliseconds // MS if milliseconds % MS == 0 else milliseconds / MS


def milliseconds(seconds: float | None) -> int:
    """Return seconds in milliseconds, 0 for none."""
    return round((seconds or 0) * MS)

"""The virtual clock: instants in nanoseconds, and what will happen at them."""

from collections.abc import Callable
from heapq import heappop, heappush

from ontology import instants

Key = str


class Clock:
    """What will happen, in order of time, then of who acts, then of what it is about, then of planning."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.now = start
        self.stamp = instants.render(start)
        self._queue: list[tuple[int, int, Key, int, Callable[[], None]]] = []
        self._planned: set[tuple[int, int, Key]] = set()
        self._count = 0

    def at(self, time: int, order: int, key: Key, action: Callable[[], None]) -> None:
        """Plan an action. One that is planned already for that instant, actor and key is planned once."""
        slot = (time, order, key)
        if key and slot in self._planned:
            return
        self._planned.add(slot)
        self._count += 1
        heappush(self._queue, (time, order, key, self._count, action))

    @property
    def next(self) -> int | None:
        """The next instant at which something happens."""
        return self._queue[0][0] if self._queue else None

    def advance(self, to: int) -> None:
        """Let the clock show `to`."""
        self.now = to
        self.stamp = instants.render(to)

    def stamp_after(self, seconds: int) -> str:
        """Return the instant so many seconds from now, as the API writes it."""
        return instants.render(self.now + seconds * instants.SECOND)

    def fire(self) -> bool:
        """Do everything that is due now; whether there was anything."""
        fired = False
        while self._queue and self._queue[0][0] <= self.now:
            time, order, key, _, action = heappop(self._queue)
            self._planned.discard((time, order, key))
            action()
            fired = True
        return fired

    @property
    def offset(self) -> int:
        """Nanoseconds since the start of the story."""
        return self.now - self.start


def seconds(nanoseconds: int) -> float:
    """Return a time in seconds, whole ones as integers."""
    whole, part = divmod(nanoseconds, instants.SECOND)
    return nanoseconds / instants.SECOND if part else whole

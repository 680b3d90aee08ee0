"""What happened: hops of the components, and events as `kubectl get events` prints them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ontology.errors import TooCostlyError
from ontology.walkthroughs.cluster.kinds import Ref
from ontology.walkthroughs.timeline.clock import Because, no_steps

MOST_HOPS = 50_000


@dataclass(frozen=True, slots=True)
class Hop:
    """One act: who saw what through which watch, and what it did to which object, by which rule."""

    at: int
    who: str
    saw: str
    did: str
    ref: Ref
    rule: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    because: Because = no_steps


@dataclass(slots=True)
class Event:
    """An event, and how often it came."""

    ref: Ref
    type: str
    reason: str
    message: str
    source: str
    first: int
    last: int
    count: int = 1


class Journal:
    """All hops and events so far, `version` how many there were; `at` is nanoseconds since the start."""

    def __init__(self) -> None:
        self.hops: list[Hop] = []
        self.events: list[Event] = []
        self.version = 0
        self._known: dict[tuple[Ref, str, str, str], Event] = {}

    def hop(self, hop: Hop) -> None:
        """Write a hop down.

        Raises:
            TooCostlyError: more than MOST_HOPS.
        """
        self.version += 1
        self.hops.append(hop)
        if len(self.hops) > MOST_HOPS:
            raise TooCostlyError(f"more than {MOST_HOPS:,} acts of components", path="until")

    def event(  # noqa: PLR0913, PLR0917 - the columns of an event
        self, ref: Ref, uid: str, type_: str, reason: str, message: str, source: str, at: int
    ) -> None:
        """Write an event down; the same again, about the same object, raises its count."""
        self.version += 1
        key = ref, uid, reason, message
        known = self._known.get(key)
        if known is not None:
            known.count += 1
            known.last = at
            return
        event = Event(ref, type_, reason, message, source, at, at)
        self._known[key] = event
        self.events.append(event)

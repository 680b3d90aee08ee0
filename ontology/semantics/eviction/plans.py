"""A pod's eviction as the taint eviction controller plans it, looks at the taints one after another.

The controller looks when it first sees the node and whenever its taints change. A deletion once planned
keeps its time; only a taint that is not tolerated at all brings it forward, and only an unlimited
toleration or the removal of all NoExecute taints takes it back.

Source: kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration#taint-based-evictions (v1.36).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ontology import tolerations
from ontology.cluster.nodes import Taint
from ontology.cluster.pods import Toleration

NO_EXECUTE = "NoExecute"
_NANOSECONDS = 10**9


class Turn(StrEnum):
    """What a look at the taints came to, as the name of the rule that says so."""

    NO_TAINTS = "eviction.noTaints"
    UNTOLERATED = "eviction.untolerated"
    UNLIMITED = "eviction.unlimited"
    PLANNED = "eviction.planned"
    STAYS = "eviction.pendingStays"
    CANCELLED = "eviction.cancelled"
    DUE = "eviction.due"


@dataclass(frozen=True, slots=True)
class Use:
    """A NoExecute taint and the toleration that is used for it, the first in the pod's list."""

    taint: Taint
    toleration: Toleration | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look: when, at which taints, what came of it, and the deletion that is planned after it."""

    at: float
    turn: Turn
    uses: tuple[Use, ...] = ()
    limit: int | None = None
    due: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All looks at a pod, and when it is deleted; None for never."""

    looks: tuple[Look, ...]
    deleted: float | None


def plan(pod: Sequence[Toleration], taints: Sequence[tuple[float, Sequence[Taint]]]) -> Plan:
    """Return the plan for a pod with these tolerations; `taints` are (second, taints) in order of time."""
    looks: list[Look] = []
    due: float | None = None
    since = 0.0
    for at, now in taints:
        if due is not None and due <= at:
            break
        found = look(pod, now, at=at, since=since, due=due)
        looks.append(found)
        if found.due is not None and due is None:
            since = at
        due = found.due
        if found.turn is Turn.UNTOLERATED:
            return Plan(tuple(looks), at)
    if due is not None:
        looks.append(Look(at=due, turn=Turn.DUE, due=due))
    return Plan(tuple(looks), due)


def look(
    pod: Sequence[Toleration], taints: Sequence[Taint], *, at: float, since: float, due: float | None
) -> Look:
    """Return what the controller makes of the taints at `at`; `due` is a deletion planned at `since`."""
    uses = tuple(Use(t, tolerations.first(pod, t)) for t in taints if t.effect == NO_EXECUTE)
    if not uses:
        return Look(at=at, turn=Turn.CANCELLED if due is not None else Turn.NO_TAINTS)
    if any(use.toleration is None for use in uses):
        return Look(at=at, turn=Turn.UNTOLERATED, uses=uses, due=at)
    limit = shortest(uses)
    if limit is None:
        return Look(at=at, turn=Turn.CANCELLED if due is not None else Turn.UNLIMITED, uses=uses)
    # planned in this very second: the deletion is planned anew, with the limit of now
    if due is not None and since < at:
        return Look(at=at, turn=Turn.STAYS, uses=uses, limit=limit, due=due)
    return Look(at=at, turn=Turn.PLANNED, uses=uses, limit=limit, due=at + limit)


def shortest(uses: Sequence[Use]) -> int | None:
    """Return the smallest limit in seconds, 0 for one of 0 or less; None where none is limited."""
    limits = [
        use.toleration.toleration_seconds
        for use in uses
        if use.toleration is not None and use.toleration.toleration_seconds is not None
    ]
    if not limits:
        return None
    if min(limits) <= 0:
        return 0
    seconds = _as_duration(min(limits))
    return seconds if seconds >= 0 else None


def _as_duration(seconds: int) -> int:
    """Return seconds as the controller counts them: in 64-bit nanoseconds, which wrap around.

    So the largest tolerationSeconds, written to mean for ever, comes out negative, and that is for ever.
    """
    nanoseconds = (seconds * _NANOSECONDS + 2**63) % 2**64 - 2**63
    return nanoseconds // _NANOSECONDS

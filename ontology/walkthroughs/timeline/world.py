"""What the world does to a pod: the vocabulary of events, checked once.

Every event has a time `at` (seconds or a duration such as `1m30s`; 0 where absent) and exactly one of
the members of `NEEDS_CONTAINER` or `OF_THE_POD`. docs/systems/podLifecycle.md explains each.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from msgspec import field

from ontology import instants
from ontology.errors import InvalidQuestionError, TooLargeError, did_you_mean
from ontology.lang import Lang
from ontology.scenario import Question

MAX_EVENTS = 10_000
MAX_UNTIL_MS = 31 * 86400 * 1000
_MS = 10**6  # nanoseconds

NEEDS_CONTAINER = (
    "imagePullFails",
    "pullSeconds",
    "answers",
    "answersAfterSeconds",
    "exit",
    "oom",
    "stopsAfterSeconds",
    "preStopSeconds",
    "postStartSeconds",
    "postStartFails",
)
OF_THE_POD = ("scheduled", "condition", "delete", "evict", "node")
# what says more of one kind of event, and nothing of any other
COMPANIONS = {"probes": "answers", "afterSeconds": "exit", "status": "condition"}
_LARGEST_CODE = 255

Time = float | str


class Delete(Question, frozen=True):
    """`kubectl delete`, perhaps with `--grace-period`."""

    grace_period_seconds: int | None = None


class Event(Question, frozen=True):
    """One thing that happens, or from `at` on the way a container behaves."""

    at: Time = 0
    container: str | None = None
    image_pull_fails: int | None = None
    pull_seconds: float | None = None
    answers: bool | None = None
    answers_after_seconds: float | None = None
    probes: list[Literal["startup", "readiness", "liveness"]] | None = None
    exit: int | None = None
    after_seconds: float | None = None
    oom: bool | None = None
    stops_after_seconds: float | None = None
    pre_stop_seconds: float | None = None
    post_start_seconds: float | None = None
    post_start_fails: bool | None = None
    scheduled: str | None = None
    condition: str | None = None
    status: Literal["True", "False", "Unknown"] | None = None
    delete: bool | Delete | None = None
    evict: str | None = None
    node: Literal["lost", "notReady", "back"] | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """An event at its time in milliseconds, with the one thing it says."""

    at: int
    what: str
    event: Event


class Timeline(Question, frozen=True):
    """Asks what becomes of the pod until `until` (seconds or a duration).

    `chart` adds a Mermaid chart, `svg` a picture in that language.
    """

    until: Time
    events: list[Event] = field(default_factory=list)
    chart: bool = False
    svg: Lang | None = None


def happenings(asked: Timeline, containers: Iterable[str]) -> tuple[Happening, ...]:
    """Return the events in order of time; equal times keep the order in which they were given.

    Raises:
        InvalidQuestionError: a time that is none, an event that says nothing or two things, or of a
            container that the pod does not have.
        TooLargeError: more than MAX_EVENTS.
    """
    if len(asked.events) > MAX_EVENTS:
        raise TooLargeError(f"more than {MAX_EVENTS} events", path="question.timeline.events")
    known = tuple(containers)
    found = [
        _happening(event, known, path=f"question.timeline.events[{index}]")
        for index, event in enumerate(asked.events)
    ]
    return tuple(sorted(found, key=lambda each: each.at))


def node(found: Iterable[Happening]) -> str:
    """Return the node to which the pod is bound, as far as an event says."""
    return next((str(each.event.scheduled) for each in found if each.what == "scheduled"), "a node")


def until(asked: Timeline) -> int:
    """Return the end in milliseconds.

    Raises:
        InvalidQuestionError: a time that is none.
        TooLargeError: beyond 31 days.
    """
    path = "question.timeline.until"
    end = milliseconds(asked.until, path=path)
    if end > MAX_UNTIL_MS:
        raise TooLargeError("a time line ends after 31 days at the latest", path=path)
    return end


def milliseconds(time: Time, *, path: str) -> int:
    """Return a time in milliseconds.

    Raises:
        InvalidQuestionError: neither seconds nor a duration, or before the start.
    """
    try:
        found = round(time * 1000) if not isinstance(time, str) else instants.duration(time) // _MS
    except (instants.InstantError, ValueError, OverflowError) as error:
        raise InvalidQuestionError(f"`{time}` is neither seconds nor a duration", path=path) from error
    if found < 0:
        raise InvalidQuestionError(f"`{time}` is before the start", path=path)
    return found


def _happening(event: Event, containers: Sequence[str], *, path: str) -> Happening:
    said = [name for name in (*NEEDS_CONTAINER, *OF_THE_POD) if getattr(event, _attribute(name)) is not None]
    if len(said) != 1:
        known = ", ".join(f"`{name}`" for name in (*NEEDS_CONTAINER, *OF_THE_POD))
        raise InvalidQuestionError(f"an event says exactly one of {known}; this one {len(said)}", path=path)
    (what,) = said
    for name, of in COMPANIONS.items():
        if of != what and getattr(event, _attribute(name)) is not None:
            raise InvalidQuestionError(f"`{name}` belongs to `{of}`, not to `{what}`", path=f"{path}.{name}")
    if what in OF_THE_POD and event.container is not None:
        raise InvalidQuestionError(f"`{what}` is of the whole pod", path=f"{path}.container")
    if event.exit is not None and not 0 <= event.exit <= _LARGEST_CODE:
        raise InvalidQuestionError(
            f"an exit code is 0 to {_LARGEST_CODE}, not `{event.exit}`", path=f"{path}.exit"
        )
    if what in NEEDS_CONTAINER and event.container not in containers:
        known = ", ".join(f"`{name}`" for name in containers)
        hint = did_you_mean(get_close_matches(event.container or "", containers, n=1))
        raise InvalidQuestionError(
            f"`{what}` needs a container of the pod ({known}), not `{event.container}`{hint}",
            path=f"{path}.container",
        )
    if what == "condition" and event.status is None:
        raise InvalidQuestionError("a condition needs its `status`", path=path)
    for name in ("imagePullFails", "pullSeconds", "answersAfterSeconds", "afterSeconds", "stopsAfterSeconds"):
        _not_negative(event, name, path)
    for name in ("preStopSeconds", "postStartSeconds"):
        _not_negative(event, name, path)
    return Happening(milliseconds(event.at, path=f"{path}.at"), what, event)


def _not_negative(event: Event, name: str, path: str) -> None:
    value = getattr(event, _attribute(name))
    if value is not None and not 0 <= value < MAX_UNTIL_MS:
        raise InvalidQuestionError(f"expected 0 or more, within reason, got `{value}`", path=f"{path}.{name}")


def _attribute(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)

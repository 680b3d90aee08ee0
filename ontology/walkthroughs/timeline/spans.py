"""How long each state of a time line lasted: what its charts draw."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ontology.walkthroughs.timeline.clock import Change

_LASTING = frozenset({"phase", "condition", "container", "endpoint"})


@dataclass(frozen=True, slots=True)
class Span:
    """A state that lasted from `begin` to `end`, in milliseconds; `kind` and `subject` as in a row."""

    kind: str
    subject: str
    state: str
    reason: str
    begin: int
    end: int


def spans(changes: Iterable[Change], until: int) -> Iterator[Span]:
    """Yield the states that lasted any time, subject by subject, in the order in which these begin.

    With the pod's object goes all that was known of it.
    """
    open_: dict[tuple[str, str], Change] = {}
    found: dict[tuple[str, str], list[Span]] = {}
    for change in changes:
        if change.kind == "pod" and change.after == "removed":
            until = change.at
        if change.kind in _LASTING:
            key = change.kind, change.subject
            rows = found.setdefault(key, [])
            if key in open_:
                rows.extend(_span(open_[key], change.at))
            open_[key] = change
    for key, last in open_.items():
        found[key].extend(_span(last, until))
    for rows in found.values():
        yield from rows


def _span(change: Change, end: int) -> Iterator[Span]:
    if change.at < end:
        yield Span(change.kind, change.subject, change.after, change.reason, change.at, end)

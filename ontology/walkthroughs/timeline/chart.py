"""The time line as a Mermaid `gantt`: a bar for each state of the pod, its containers and its endpoints."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ontology.walkthroughs.timeline.clock import Change, seconds

# kinds that are drawn, and what their section is called where it is not the subject itself
_SECTIONS = {"phase": "phase", "container": "", "condition": "", "endpoint": ""}
_CONDITIONS = frozenset({"Ready"})
# bars that stand out: what is well, and what is not
_MARKS = {"Running": "active, ", "True": "active, ", "in": "active, ", "Succeeded": "done, "}
_TROUBLE = (
    "Failed",
    "Terminated",
    "Waiting CrashLoopBackOff",
    "Waiting ImagePullBackOff",
    "Waiting ErrImagePull",
)
_NOTHING = frozenset({"out", "False"})


@dataclass(frozen=True, slots=True)
class Bar:
    """A state that lasted, in milliseconds from `begin` to `end`."""

    section: str
    state: str
    begin: int
    end: int


def mermaid(pod: str, changes: Iterable[Change], until: int) -> str:
    """Return the chart up to `until` (milliseconds); states that lasted no time are left out."""
    sections: dict[str, list[Bar]] = {}
    for bar in bars(changes, until):
        sections.setdefault(bar.section, []).append(bar)
    lines = ["gantt", f"  title {pod}", "  dateFormat X", "  axisFormat %H:%M:%S"]
    for section, found in sections.items():
        lines.append(f"  section {section}")
        lines.extend(
            f"  {bar.state} : {_mark(bar.state)}{_time(bar.begin)}, {_time(bar.end)}" for bar in found
        )
    return "\n".join(lines) + "\n"


def bars(changes: Iterable[Change], until: int) -> Iterator[Bar]:
    """Yield the states that lasted, in the order in which their sections begin."""
    begun: dict[str, tuple[str, int]] = {}
    found: dict[str, list[Bar]] = {}
    for change in changes:
        if change.kind not in _SECTIONS or (change.kind == "condition" and change.subject not in _CONDITIONS):
            continue
        section = _SECTIONS[change.kind] or change.subject
        _close(found, begun, section, change.at)
        begun[section] = (change.after.replace(": ", " "), change.at)
    for section in tuple(begun):
        _close(found, begun, section, until)
    for each in found.values():
        yield from each


def _close(found: dict[str, list[Bar]], begun: dict[str, tuple[str, int]], section: str, end: int) -> None:
    rows = found.setdefault(section, [])
    state, begin = begun.get(section, ("", end))
    if state and state not in _NOTHING and begin < end:
        rows.append(Bar(section, state, begin, end))


def _mark(state: str) -> str:
    return "crit, " if state in _TROUBLE else _MARKS.get(state, "")


def _time(milliseconds: int) -> str:
    return f"{seconds(milliseconds):g}" if milliseconds % 1000 else str(milliseconds // 1000)

"""The time line as a Mermaid `gantt`: a bar for each state of the pod, its containers and its endpoints."""

from collections.abc import Iterable

from ontology.walkthroughs.timeline.clock import Change, seconds
from ontology.walkthroughs.timeline.spans import Span, spans

_CONDITIONS = frozenset({"Ready"})
# bars that stand out: what is well, and what is not
_MARKS = {"Running": "active, ", "True": "active, ", "in": "active, ", "Succeeded": "done, "}
_TROUBLE = (
    "Failed",
    "Terminated",
    "Waiting: CrashLoopBackOff",
    "Waiting: ImagePullBackOff",
    "Waiting: ErrImagePull",
)
_NOTHING = frozenset({"out", "False"})


def mermaid(pod: str, changes: Iterable[Change], until: int) -> str:
    """Return the chart up to `until` (milliseconds); states that lasted no time are left out."""
    sections: dict[str, list[Span]] = {}
    for span in spans(changes, until):
        if span.state not in _NOTHING and (span.kind != "condition" or span.subject in _CONDITIONS):
            section = "phase" if span.kind == "phase" else span.subject
            sections.setdefault(section, []).append(span)
    lines = ["gantt", f"  title {pod}", "  dateFormat X", "  axisFormat %H:%M:%S"]
    for section, found in sections.items():
        lines.append(f"  section {section}")
        lines.extend(_bar(span) for span in found)
    return "\n".join(lines) + "\n"


def _bar(span: Span) -> str:
    mark = "crit, " if span.state in _TROUBLE else _MARKS.get(span.state, "")
    if span.state == "Terminated" and span.reason.startswith("Completed"):
        mark = _MARKS["Succeeded"]
    name = span.state.replace(": ", " ")  # a colon ends a name
    return f"  {name} : {mark}{_time(span.begin)}, {_time(span.end)}"


def _time(milliseconds: int) -> str:
    return f"{seconds(milliseconds):g}" if milliseconds % 1000 else str(milliseconds // 1000)

"""The time line as an SVG picture: a lane each for phase, conditions, containers and endpoints.

Below the lanes of the pod and of its containers stand the events and signals. What lies closer together
than can be seen is drawn once, so that a day of crashes stays a picture of some hundred elements. Every
shape has its full text as a tooltip (`title`); `drawing.toml` holds the words of both languages.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib.resources import files
from itertools import groupby
from unicodedata import east_asian_width

from ontology.lang import Lang
from ontology.walkthroughs.timeline.clock import MS, Change, seconds
from ontology.walkthroughs.timeline.spans import Span, spans

_WIDTH, _LEFT, _RIGHT, _TOP = 1080, 230, 24, 58
_BAR, _GAP, _LABEL_ROWS, _LABEL = 18, 8, 3, 12
_LETTER = 5.9  # width of a letter of 10 px; wide ones (Hangul) take twice as much
_APART = 4.0  # bars wider than this are set apart by a thin line
_SEEN = 1.0  # what is closer than this many pixels is one thing to the eye

_COLOURS = {
    "good": "#2da44e",
    "waiting": "#d4a72c",
    "trouble": "#cf222e",
    "ended": "#6e7781",
    "nothing": "#d8dee4",
}
_LOOKS = {
    "Running": "good",
    "True": "good",
    "in": "good",
    "Succeeded": "good",
    "Pending": "waiting",
    "Failed": "trouble",
    "Terminated": "ended",
    "False": "nothing",
    "out": "nothing",
}
_WAITS_BADLY = ("CrashLoopBackOff", "ImagePullBackOff", "ErrImage")
_ENDED_WELL = "Completed"
_INK, _BLUE = "#24292f", "#0969da"
_ON_COLOURS = {"nothing": _INK, "waiting": _INK}
_MARKED = frozenset({"event", "signal", "pod", "world"})
_LANES = ("phase", "pod", "condition", "endpoint", "container")
# distances of the axis in seconds, from which the first is taken that gives few enough ticks
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 432000)
_MOST_TICKS = 12
_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


@dataclass(slots=True)
class _Lane:
    """One lane: its states, and what happened at an instant."""

    kind: str
    subject: str
    spans: list[Span] = field(default_factory=list)
    marks: list[Change] = field(default_factory=list)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    text = files("ontology.walkthroughs.timeline").joinpath("drawing.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def svg(pod: str, changes: Sequence[Change], until: int, lang: Lang) -> str:
    """Return the picture up to `until` (milliseconds)."""
    words = _words()[lang.value]
    scale = (_WIDTH - _LEFT - _RIGHT) / max(until, 1)
    parts: list[str] = []
    y = _TOP
    for lane in _lanes(changes, until):
        name = words[lane.kind].format(subject=lane.subject)
        parts.append(_text(_LEFT - 10, y + 13, _short(name), size=12, anchor="end"))
        parts.extend(_bars(lane, y, scale))
        if lane.spans:
            y += _BAR
        if lane.marks:
            drawn = tuple(_marks(lane.marks, y, scale))
            parts.extend(text for text, _ in drawn)
            y += 6 + _LABEL * max(rows for _, rows in drawn)
        y += _GAP
    title, height = words["title"].format(pod=pod), y + 48
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}"'
        f' height="{height}" role="img" lang="{lang.value}" font-family="sans-serif">'
        f'<title>{escape(title)}</title><rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>'
    )
    return "".join(
        (
            head,
            _text(_LEFT, 22, title, size=16),
            *_axis(until, y, scale, words["axis"]),
            *parts,
            *_legend(height - 14, words),
            "</svg>\n",
        )
    )


def _lanes(changes: Sequence[Change], until: int) -> list[_Lane]:
    """Return the lanes from the pod down to its containers, each in the order in which it begins."""
    found: dict[tuple[str, str], _Lane] = {}
    for span in spans(changes, until):
        lane = found.setdefault((span.kind, span.subject), _Lane(span.kind, span.subject))
        lane.spans.append(span)
    for change in changes:
        if change.kind in _MARKED:
            kind = "pod" if change.subject == "pod" else "container"
            lane = found.setdefault((kind, change.subject), _Lane(kind, change.subject))
            lane.marks.append(change)
    return sorted(found.values(), key=lambda lane: _LANES.index(lane.kind))


def _bars(lane: _Lane, y: int, scale: float) -> Iterator[str]:
    drawn = -_SEEN
    for span in lane.spans:
        x, width = _LEFT + span.begin * scale, (span.end - span.begin) * scale
        if x + width < drawn + _SEEN:
            continue
        drawn = x + max(width, _SEEN) - _SEEN
        look = _look(span)
        text = span.state + (f" ({span.reason})" if span.reason else "")
        tip = f"{lane.subject}: {text}, {_clock(span.begin)} - {_clock(span.end)}"
        line = ' stroke="#ffffff"' if width > _APART else ""
        yield (
            f'<rect x="{x:.1f}" y="{y}" width="{max(width, _SEEN):.1f}" height="{_BAR}"{line}'
            f' fill="{_COLOURS[look]}"><title>{escape(tip)}</title></rect>'
        )
        said = next((each for each in (text, span.state) if _breadth(each) < width - 6), "")
        if said:
            yield _text(x + 4, y + 13, said, colour=_ON_COLOURS.get(look, "#ffffff"))


def _look(span: Span) -> str:
    _, waits, reason = span.state.partition("Waiting: ")
    if waits:
        return "trouble" if reason.startswith(_WAITS_BADLY) else "waiting"
    if span.state == "Terminated" and not span.reason.startswith(_ENDED_WELL):
        return "trouble"
    return _LOOKS.get(span.state, "waiting")


def _marks(marks: Iterable[Change], y: int, scale: float) -> Iterator[tuple[str, int]]:
    """Yield a tick, with its text where there is room, for all that happened at one place; and its row."""
    free = [0.0] * _LABEL_ROWS
    for place, group in groupby(marks, key=lambda each: int(each.at * scale / _SEEN)):
        found = tuple(group)
        x = _LEFT + place * _SEEN
        names = tuple(dict.fromkeys(each.after for each in found))
        told = ", ".join(names)
        tip = f"{_clock(found[0].at)}: {told}" + (f" ({len(found)})" if len(found) > len(names) else "")
        yield f'<path d="M{x:.1f} {y}v6" stroke="{_BLUE}"><title>{escape(tip)}</title></path>', 0
        breadth = _breadth(told)
        at = x if x + breadth < _WIDTH else x - breadth
        row = next((n for n, taken in enumerate(free) if taken <= at), None)
        if row is not None and at >= _LEFT:
            free[row] = at + breadth + 6
            yield _text(at, y + 5 + _LABEL * (row + 1), told, colour=_BLUE), row + 1


def _axis(until: int, bottom: int, scale: float, name: str) -> Iterator[str]:
    last = until // MS
    step = next((each for each in _STEPS if last / each <= _MOST_TICKS), _STEPS[-1])
    for second in range(0, last + 1, step):
        x = _LEFT + second * MS * scale
        yield f'<path d="M{x:.1f} {_TOP - 8}V{bottom}" stroke="#eaeef2"/>'
        yield _text(x, _TOP - 12, _duration(second), anchor="middle")
    yield _text(_LEFT - 10, _TOP - 12, name, anchor="end")


def _legend(y: int, words: Mapping[str, str]) -> Iterator[str]:
    x = float(_LEFT)
    for look, colour in _COLOURS.items():
        yield f'<rect x="{x:.1f}" y="{y - 10}" width="12" height="12" fill="{colour}"/>'
        yield _text(x + 17, y, words[look], size=11)
        x += 36 + 1.1 * _breadth(words[look])
    yield f'<path d="M{x:.1f} {y - 9}v10" stroke="{_BLUE}" stroke-width="2"/>'
    yield _text(x + 7, y, words["happened"], size=11)


def _text(  # noqa: PLR0913 - the attributes of a text
    x: float, y: float, said: str, *, size: int = 10, anchor: str = "", colour: str = _INK
) -> str:
    anchored = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}"{anchored}>{escape(said)}</text>'


def _short(name: str) -> str:
    """Return a lane's name as far as there is room for it."""
    most = int((_LEFT - 16) / (_LETTER * 1.2))
    return name if len(name) <= most else name[: most - 1] + "…"


def _breadth(text: str) -> float:
    return _LETTER * sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _clock(milliseconds: int) -> str:
    return f"{seconds(milliseconds):g} s"


def _duration(second: int) -> str:
    """Return `1h30m` for 5400."""
    parts = []
    for unit, size in _UNITS:
        count, second = divmod(second, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0"

"""A run as a table and as a chart (SVG), for people."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Protocol

_WIDTH, _HEIGHT, _LEFT, _TOP, _BAND, _GAP = 840, 530, 52, 34, 120, 50
_MOST_ROWS = 40


class Point(Protocol):
    """What is drawn of one tick."""

    @property
    def second(self) -> float:
        """Seconds since the run began."""

    @property
    def load(self) -> int:
        """Load in milli-units."""

    @property
    def replicas(self) -> int:
        """Pods wanted."""

    @property
    def ready(self) -> int:
        """Pods ready."""

    @property
    def utilization(self) -> int | None:
        """Percent of the request."""

    @property
    def unmet(self) -> int:
        """Load that nobody carried, in milli-units."""


def table(points: Sequence[Point]) -> str:
    """Return the ticks at which something changed, as a table in plain text, at most forty rows."""
    rows = [("t", "load", "replicas", "ready", "util", "unmet")]
    before: tuple[int, int, bool] | None = None
    left_out = 0
    for each in points:
        state = (each.replicas, each.ready, each.unmet > 0)
        if state != before and len(rows) > _MOST_ROWS:
            left_out += 1
        elif state != before:
            percent = "-" if each.utilization is None else f"{each.utilization}%"
            rows.append(
                (
                    f"{each.second:g}s",
                    f"{each.load}m",
                    str(each.replicas),
                    str(each.ready),
                    percent,
                    f"{each.unmet}m",
                )
            )
        before = state
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([*lines, *([f"... and {left_out} more changes"] if left_out else [])])


def svg(points: Sequence[Point], *, title: str) -> str:
    """Return a chart of three bands: pods, utilization, and load with what of it is unmet."""
    last = max(points[-1].second, 1.0)
    most = max(1, *(each.replicas for each in points))
    busiest = max(100, *(each.utilization or 0 for each in points))
    heaviest = max(1, *(each.load for each in points))
    pods, used, load = (_TOP + place * (_BAND + _GAP) for place in range(3))
    curves = (
        ("#1f6feb", "replicas", _steps(((p.second, p.replicas) for p in points), last, most, pods)),
        ("#2da44e", "ready", _steps(((p.second, p.ready) for p in points), last, most, pods)),
        (
            "#9a6700",
            "utilization",
            _steps(((p.second, p.utilization or 0) for p in points), last, busiest, used),
        ),
        ("#8250df", "load", _steps(((p.second, p.load) for p in points), last, heaviest, load)),
        ("#cf222e", "unmet", _steps(((p.second, p.unmet) for p in points), last, heaviest, load)),
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>'
    )
    parts = [
        head,
        f'<text x="{_LEFT}" y="16" font-size="14">{escape(title)}</text>',
        *_axis(pods, str(most), last),
        *_axis(used, f"{busiest}%", last),
        *_axis(load, f"{heaviest}m", last),
    ]
    for place, (colour, name, path) in enumerate(curves):
        x = _LEFT + 120 * place
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts.append(f'<text x="{x}" y="{_HEIGHT - 6}" fill="{colour}">{name}</text>')
    return "".join([*parts, "</svg>"])


def _axis(top: int, highest: str, last: float) -> Iterable[str]:
    bottom, right = top + _BAND, _WIDTH - 12
    yield f'<path d="M{_LEFT} {top}V{bottom}H{right}" fill="none" stroke="#888"/>'
    yield f'<text x="{_LEFT - 6}" y="{top + 10}" text-anchor="end">{highest}</text>'
    yield f'<text x="{_LEFT - 6}" y="{bottom}" text-anchor="end">0</text>'
    yield f'<text x="{right}" y="{bottom + 16}" text-anchor="end">{last:g} s</text>'


def _steps(values: Iterable[tuple[float, int]], last: float, highest: int, top: int) -> str:
    """Return a path that keeps each value until the next; unchanged values are left out."""
    path, before, at = "", None, 0.0
    for second, value in values:
        at = _LEFT + (_WIDTH - 12 - _LEFT) * second / last
        y = top + _BAND - _BAND * value / highest
        if before is None:
            path = f"M{at:.1f} {y:.1f}"
        elif value != before:
            path += f"H{at:.1f}V{y:.1f}"
        before = value
    return f"{path}H{at:.1f}"

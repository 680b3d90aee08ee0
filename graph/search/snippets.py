"""The passage of a document that shows why it was found, and what to highlight in it."""

from typing import NamedTuple

_LONGEST = 160
_BEFORE = 40
_CUT = "…"


class Snippet(NamedTuple):
    """A passage: `line` counts from 0 in the document; `highlights` are start and end within `text`."""

    text: str
    line: int
    highlights: tuple[tuple[int, int], ...]


def snippet(document: str, matches: list[tuple[int, int]]) -> Snippet:
    """Return the line of the first match, cut around it where it is long; matches are start and end."""
    if not matches:
        return Snippet(document.partition("\n")[0][:_LONGEST], 0, ())
    first = matches[0][0]
    start = document.rfind("\n", 0, first) + 1
    line = document.count("\n", 0, start)
    end = document.find("\n", first)
    end = len(document) if end < 0 else end
    start += len(document[start:end]) - len(document[start:end].lstrip())
    left = start if end - start <= _LONGEST else max(start, first - _BEFORE)
    right = min(end, left + _LONGEST)
    before, after = _CUT if left > start else "", _CUT if right < end else ""
    shift = len(before) - left
    inside = sorted(
        {(max(a, left) + shift, min(b, right) + shift) for a, b in matches if a < right and b > left}
    )
    return Snippet(before + document[left:right] + after, line, tuple(inside))

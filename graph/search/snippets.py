"""The passage of a document that shows why it was found, and what to highlight in it."""

from collections import Counter
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
    """Return the line with most matches, cut around the first of them; matches are start and end."""
    if not matches:
        return Snippet(document.partition("\n")[0][:_LONGEST], 0, ())
    on_line = Counter(document.rfind("\n", 0, start) + 1 for start, _ in matches)
    begin = min(on_line, key=lambda at: (-on_line[at], at))
    end = document.find("\n", begin)
    end = len(document) if end < 0 else end
    line = document.count("\n", 0, begin)
    begin += len(document[begin:end]) - len(document[begin:end].lstrip())
    first = min(start for start, _ in matches if start >= begin)
    left = begin if end - begin <= _LONGEST else max(begin, first - _BEFORE)
    right = min(end, left + _LONGEST)
    before, after = _CUT if left > begin else "", _CUT if right < end else ""
    shift = len(before) - left
    inside = sorted(
        {(max(a, left) + shift, min(b, right) + shift) for a, b in matches if a < right and b > left}
    )
    return Snippet(before + document[left:right] + after, line, tuple(inside))

"""The words of a note that are prose: no code, no address, no markup of HTML.

What is no prose is blanked, character by character, so that columns stay what they are.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

from ingest.link.outline import Outline
from ingest.parse.blocks import BlockKind

BLANK = "\ufffc"
"""Stands for what is no prose: no letter, no space, and nothing that a note holds."""

_TICKS = re.compile(r"`+")
_ADDRESS = re.compile(
    r"\]\([^()\s]*\)|\]\[[^\[\]]*\]|\b[a-z][a-z0-9+.-]{1,20}://[^\s)>\]]+|<[^<>]*>|\[\[[^\[\]|]*\|"
)


def fenced(outline: Outline) -> frozenset[int]:
    """Return the lines of code."""
    return frozenset(
        line.number for node in outline.nodes if node.kind is BlockKind.FENCE for line in node.block.lines
    )


def prose(text: str) -> str:
    """Return a line with everything blanked that is no prose."""
    if "`" in text:
        text = _blanked(text, _code_spans(text))
    return _ADDRESS.sub(lambda match: BLANK * len(match[0]), text)


def _blanked(text: str, places: Iterator[tuple[int, int]]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in places:
        pieces += (text[done:start], BLANK * (end - start))
        done = end
    return "".join((*pieces, text[done:]))


def _code_spans(text: str) -> Iterator[tuple[int, int]]:
    """A run of backticks up to the next run of the same length (CommonMark 6.1), found in one pass."""
    runs = [(match.start(), match.end()) for match in _TICKS.finditer(text)]
    of_length: dict[int, list[int]] = defaultdict(list)
    for index, (start, end) in enumerate(runs):
        of_length[end - start].append(index)
    index = 0
    while index < len(runs):
        start, end = runs[index]
        same = of_length[end - start]
        after = bisect_right(same, index)
        if after < len(same):
            index = same[after]
            yield start, runs[index][1]
        index += 1

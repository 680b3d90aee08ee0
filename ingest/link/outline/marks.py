"""What separates and decorates the parts of a line: arrows, colons, commas, brackets, numbers, ornaments."""

import re
from functools import lru_cache

REMEMBERED = 1 << 14  # bounded, so that a large collection does not fill memory

ARROW = re.compile(r"\s*(?:►|▶|→|➡️?|➔|⟶|⇒|=>|->|-->|⇨|≫)\s*")
ARROWHEADS = frozenset("►▶→➡➔⟶⇒>⇨≫")
CONTRAST = re.compile(r"(?:\s+vs\.?\s+|\s+versus\s+|\s*≠\s*|\s*⟷\s*|\s+대\s+)", re.IGNORECASE)
_CONTRASTING = re.compile(r"≠|⟷|\s대\s|\sv(?:s|ersus)", re.IGNORECASE)
APART = re.compile(r"\s+[/|]\s+")
LIST = re.compile(r"\s*(?:,|、|·|;)\s*")
LIST_MARKS = frozenset(",、·;")
ALTERNATIVES = re.compile(
    r"\s*(?:/|\||&|\+)\s*|\s+(?:and|or|및|또는|혹은|그리고)\s+|(?<=[가-힣A-Za-z0-9)）])(?:와|과|랑|이랑)\s+|,\s*(?:and|or)\s+"
)
_ALTERNATING = re.compile(r"[/|&+,]|(?:and|or|및|또는|혹은|그리고|와|과|랑)\s")
SEPARATOR = re.compile(r"(?=[\s:：])(?:\s*(?:::|：)\s*|\s+:\s+|:\s+|:$|\s+(?:=>|⇒|=|–|—|-|\|)\s+)")
SEPARATING = frozenset(":：=⇒–—-|")

_DECORATION = re.compile(
    r"^(?:[\s▼▲▶►◆◇■□●○•※★☆✓✔✅❌⚠️👉💡🔹🔸📌📎📝🚀🔑🔥⭐❓❗🟢🔴🟡⬇⬆]|[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]|[0-9#*]\ufe0f?\u20e3)+\s*"
)
_NUMBERING = re.compile(
    r"^(?:\(?\d{1,3}(?:[.-]\d{1,3})*[.)]?\s+|\[\d{1,3}\]\s*|\d{1,3}[.)]\s*|[①-⑳]\s*|[가나다라마바사][.)]\s+"
    r"|[IVX]{1,4}\.\s+|Step\s+\d+[.:]?\s*|제?\d+[장강과주차]\.?\s+)",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"[\s▼▲◆■●※★\ufe0f\u2600-\u27bf\U0001f000-\U0001faff]+$")
_BRACKETS = re.compile(r"\s*[(（](?P<inner>[^()（）]*(?:\([^()]*\)[^()（）]*)*)[)）]")
_PARTICLE_BEHIND = re.compile(_BRACKETS.pattern + r"(?=[가-힣])")
_CLOSED_BEFORE_HANGUL = re.compile(r"[)）][가-힣]")
_VALUE = re.compile(
    r"(?:[-+]?\d[\d.,:/]*(?:\s?[~-]\s?\d[\d.,]*)?\s*(?:초|분|시간|일|회|번|개|배|%|ms|s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?|d|days?|[KMGTPE]i?B?|times?|명)?(?:\s*\(.*\))?"
    r"|true|false|yes|no|none|null|nil|\"\"|''|\[\]|\{\}|[\w./:-]*[/:.][\w./:-]+|None)$",
    re.IGNORECASE,
)


@lru_cache(maxsize=REMEMBERED)
def undecorated(text: str) -> str:
    """Return a heading or item without numbering, emoji and ornaments around it."""
    if text[:1].isalpha() and text[-1:].isalnum() and _NUMBERING.match(text) is None:
        return text
    before = None
    while before != text:
        before = text
        text = _DECORATION.sub("", text)
        text = _NUMBERING.sub("", text)
    return _TRAILING.sub("", text)


def split_brackets(text: str) -> tuple[str, tuple[str, ...]]:
    """Return text without its brackets, and what stood in them."""
    return _brackets_apart(text) if "(" in text or "（" in text else (text, ())


@lru_cache(maxsize=REMEMBERED)
def _brackets_apart(text: str) -> tuple[str, tuple[str, ...]]:
    inner = tuple([found.strip() for found in _BRACKETS.findall(text)])
    if not inner:
        return text, ()
    if _CLOSED_BEFORE_HANGUL.search(text):
        text = _PARTICLE_BEHIND.sub("", text)  # `테인트(Taint)와`: the particle belongs to the word before
    return _BRACKETS.sub(" ", text).replace("  ", " ").strip(), inner


def bracketed(text: str) -> list[tuple[int, int]]:
    """Return the ranges of the brackets of a text."""
    if "(" not in text and "（" not in text:
        return []
    return [(m.start(), m.end()) for m in _BRACKETS.finditer(text)]


def split(text: str, separator: re.Pattern[str]) -> list[str]:
    """Split where no bracket is open; what is left between separators is kept only if it says something."""
    closed = bracketed(text)
    if not closed:
        return [part for part in separator.split(text) if part.strip()]
    parts: list[str] = []
    start = 0
    for match in separator.finditer(text):
        if not any(a < match.start() < b for a, b in closed):
            parts.append(text[start : match.start()])
            start = match.end()
    parts.append(text[start:])
    return [part for part in parts if part.strip()]


def members(text: str) -> list[str]:
    """Return the parts between the commas of a list."""
    return [text] if LIST_MARKS.isdisjoint(text) else split(text, LIST)


def alternatives(text: str) -> list[str]:
    """Return the parts of `A / B`, `A and B`, `A와 B`."""
    if _ALTERNATING.search(text) is None:
        return [text]
    return split(text, APART if APART.search(text) else ALTERNATIVES)  # `kubernetes.io/tls / Opaque`


def compared(text: str) -> list[str]:
    """Return the parts of `A vs B`."""
    if _CONTRASTING.search(text) is None:
        return [text]
    return [part for part in CONTRAST.split(text) if part.strip()]


@lru_cache(maxsize=REMEMBERED)
def is_value(text: str) -> bool:
    """Whether text is a value, not words: a number with a unit, `true`, `None`, an address, a code."""
    return _VALUE.match(text.strip().strip("`'\"")) is not None

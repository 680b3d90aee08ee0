"""Questions of the form `what is X`: what they ask after."""

import re

from ingest.link.outline.words import words

_ENDS = words("question", "ends")
_OPENING = re.compile(r"(?:Q\s*\d*[.:)]\s*)?what(?:'s| is| are)\b", re.IGNORECASE)
_MARK = re.compile(r"[?？\s]+$")
_MARKS = ("?", "？")
_FIRST_LETTERS = frozenset("QqWw")
_NUMBERED = r"(?:Q\s*\d*\s*[.:)]\s*)?"
_WHAT_IS = (
    re.compile(
        rf"{_NUMBERED}what(?:'s| is| are| does)\s+(?:an?\s+|the\s+)?(?P<x>.+?)"
        r"(?:\s+mean|\s+in k(?:ubernetes|8s))?$",
        re.IGNORECASE,
    ),
    re.compile(rf"{_NUMBERED}(?P<x>.+?)(?:이란|란|은|는|이|가)?\s*(?:무엇|뭐|뭔)[가-힣]*$"),
    re.compile(rf"{_NUMBERED}(?P<x>[^\s]+(?:\s[^\s]+){{0,3}}?)(?:이란|란)$"),
)

_WHY = (
    re.compile(
        rf"{_NUMBERED}(?P<x>.+?)(?:은|는|을|를|이|가)?\s+(?:왜|언제|어떻게|어디에)\s*(?:쓰|쓸|사용|필요|동작|이용)[가-힣\s]*$"
    ),
    re.compile(
        rf"{_NUMBERED}(?:왜|언제|어떻게)\s+(?P<x>.+?)(?:을|를|이|가)\s+(?:쓰|쓸|사용|필요|이용)[가-힣\s]*$"
    ),
    re.compile(
        rf"{_NUMBERED}(?:why|when|how)\s+(?:(?:should|do|would|to|can|we|you|I)\s+)*(?:use|need)\s+(?:an?\s+|the\s+)?(?P<x>.+)$",
        re.IGNORECASE,
    ),
)


def asked(text: str) -> str:
    """Return what a question asks after, empty for other text."""
    if not (
        "?" in text
        or "？" in text
        or text.endswith(_ENDS)
        or (text[:1] in _FIRST_LETTERS and _OPENING.match(text))
    ):
        return ""
    bare = _MARK.sub("", text.partition("?")[0].partition("？")[0].strip())
    return next((match["x"].strip() for pattern in _WHAT_IS if (match := pattern.match(bare))), "")


def wondered(text: str) -> str:
    """Return what a question of another form is about: `X는 왜 쓰나요`, `why do we need X`."""
    if not text.endswith(_MARKS):
        return ""
    bare = _MARK.sub("", text)
    return next((match["x"].strip() for pattern in _WHY if (match := pattern.match(bare))), "")

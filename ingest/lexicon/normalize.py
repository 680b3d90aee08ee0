"""Forms in which names are compared: case, spacing, plural and particles taken off.

`파드는`, `Pods`, `pod` and `POD` are one name; so are `컨피그 맵` and `컨피그맵`, `Stateful Set`,
`stateful-set` and `StatefulSet`.
"""

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from unicodedata import is_normalized, normalize

SKIPPED = frozenset(" -_\t\u00a0")

_HANGUL_RUN = re.compile(r"[가-힣]+$")
_ARTICLE = re.compile(r"^(?:the|a|an|each|every|all)\s+", re.IGNORECASE)
# notes use the same words again and again; the bound keeps a large collection from filling memory
_REMEMBERED = 1 << 15
_SHORTEST_PLURAL = 4
_EDGES = " \t`'\"“”‘’*.,;:!?·…()[]{}<>「」『』【】▼▲▶◆◇■□●○•"


@cache
def _grammar() -> dict[str, list[str]]:
    return tomllib.loads(files("ingest.lexicon").joinpath("particles.toml").read_text(encoding="utf-8"))


@cache
def _suffix() -> re.Pattern[str]:
    grammar = _grammar()
    by_length = sorted({*grammar["particles"]}, key=lambda p: (-len(p), p))
    nouns = "|".join(sorted(grammar["nouns"], key=lambda p: (-len(p), p)))
    verbal = "|".join(grammar["verbal"])
    particles = "|".join(by_length)
    return re.compile(
        rf"(?P<nouns>(?:{nouns})*)(?:(?P<particle>{particles})?|(?P<verbal>(?:{verbal})[가-힣]*))$"
    )


@lru_cache(maxsize=_REMEMBERED)
def suffix(run: str) -> tuple[str, str] | None:
    """Return (kind, particle) of the Hangul glued to a name, or None when it makes another word.

    Kind is `noun` (the name keeps its meaning) or `verb` (`스케줄링하는`).
    """
    match = _suffix().match(run)
    if match is None:
        return None
    return ("verb", "") if match["verbal"] else ("noun", match["particle"] or "")


def compose(text: str) -> str:
    """Return `text` in NFC; text that already is costs nothing."""
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def lower(text: str) -> str:
    """Return `text` in lower case, of the same length, so that offsets hold."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := c.lower()) == 1 else c for c in text)


@lru_cache(maxsize=_REMEMBERED)
def fold(text: str) -> str:
    """Return the form in which whole names are compared: lower case, without blanks, `-` and `_`."""
    return _squeezed(lower(text))


def compacted(text: str) -> tuple[str, list[int]]:
    """Return `fold(text)` with, for each character, its offset in `text`."""
    kept = [i for i, c in enumerate(text) if c not in SKIPPED]
    return _squeezed(lower(text)), kept


def _squeezed(text: str) -> str:
    for skipped in SKIPPED:  # `translate` asks for every character, `replace` searches
        text = text.replace(skipped, "")
    return text


@lru_cache(maxsize=_REMEMBERED)
def trimmed(phrase: str) -> str:
    """Return a phrase without punctuation around it and without an English article before it."""
    return _ARTICLE.sub("", phrase.strip(_EDGES), count=1)


@lru_cache(maxsize=_REMEMBERED)
def stems(phrase: str) -> tuple[str, ...]:
    """Return the forms that a phrase may be a bent form of, the phrase itself first.

    `파드들은` -> `파드들은`, `파드`; `Services` -> `services`, `service`.
    """
    found = [phrase]
    run = _HANGUL_RUN.search(phrase)
    if run:
        for start in range(max(run.start(), 1), run.end()):
            rest = suffix(phrase[start:])
            if rest is not None and rest[0] == "noun":
                found.append(phrase[:start].rstrip())
    elif len(phrase) >= _SHORTEST_PLURAL and phrase.isascii():
        for ending, instead in (("ies", "y"), ("es", ""), ("s", "")):
            if phrase.lower().endswith(ending):
                found.append(phrase[: -len(ending)] + instead)
    return tuple(dict.fromkeys(found))

"""The words of `words.toml`, ready to be looked for."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("ingest.link.outline").joinpath("words.toml").read_text(encoding="utf-8"))


def words(group: str, list_: str) -> tuple[str, ...]:
    """Return one list of the file."""
    return tuple(_words()[group][list_])


def opening(group: str) -> re.Pattern[str]:
    """Return a pattern that matches a text which starts with a word of the group."""
    return re.compile(rf"(?:{'|'.join(words(group, 'starts'))})\b", re.IGNORECASE)


_CLAUSE_ENDS, _CLAUSE_WORDS, _CLAUSE_STARTS = (
    words("clause", "ends"),
    words("clause", "anywhere"),
    opening("clause"),
)
_SITUATION_ENDS, _SITUATION_STARTS = words("situation", "ends"), opening("situation")


def is_clause(text: str) -> bool:
    """Whether a heading or label says something instead of naming it."""
    return (
        text.endswith(_CLAUSE_ENDS)
        or _CLAUSE_STARTS.match(text) is not None
        or any(word in text for word in _CLAUSE_WORDS)
    )


def is_situation(text: str) -> bool:
    """Whether a line tells when something is so."""
    return text.lower().endswith(_SITUATION_ENDS) or _SITUATION_STARTS.match(text) is not None

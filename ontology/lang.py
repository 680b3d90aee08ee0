"""The two languages, and what Korean grammar asks of a word that is filled in.

Korean particles come in pairs: which one follows depends on whether the last sound of the word is a
consonant. Words of scenarios are mostly Latin (`node-2`, `Pending`), so the sound of the last letter
or digit, as a Korean reads it aloud, decides.

Source: National Institute of Korean Language, rules for particles after a final consonant (받침).
"""

import re
from enum import StrEnum

_HANGUL_FIRST, _HANGUL_LAST, _FINALS = 0xAC00, 0xD7A3, 28
_RIEUL = 8  # the final ㄹ, after which 로 is said, not 으로
# A Korean reads 0 영, 1 일, 3 삼, 6 육, 7 칠, 8 팔, 10 십: these end in a consonant.
_DIGIT_FINALS = {"0": 21, "1": _RIEUL, "3": 16, "6": 1, "7": _RIEUL, "8": _RIEUL}
# Words that end so are read with a closing consonant (pod 파드 is not: a stop gets a vowel).
_LATIN_FINALS = {"l": _RIEUL, "m": 16, "n": 4}
_LATIN_ENDINGS = {"ng": 21, "ck": 1, "et": 19, "ob": 17, "eb": 17, "pp": 17, "le": _RIEUL, "me": 16, "ne": 4}


# 파드(Pod)는: what stands in brackets is read after the word, and the particle belongs to the word.
_ASIDE = re.compile(r"(?<=[\w`'\"])\s*\([^()]*\)$")


class Lang(StrEnum):
    """A language of labels and explanations."""

    KO = "ko"
    EN = "en"


def final_consonant(word: str) -> int:
    """Return the index of the final consonant of the last syllable, 0 for a vowel."""
    stripped = _ASIDE.sub("", word.rstrip()).rstrip("`'\")]}. ")
    if not stripped:
        return 0
    last = stripped[-1]
    if _HANGUL_FIRST <= ord(last) <= _HANGUL_LAST:
        return (ord(last) - _HANGUL_FIRST) % _FINALS
    if last.isdigit():
        return _DIGIT_FINALS.get(last, 0)
    lower = stripped.lower()
    return _LATIN_ENDINGS.get(lower[-2:], _LATIN_FINALS.get(lower[-1:], 0))


def with_particle(word: str, pair: str) -> str:
    """Return `word` with the particle of `pair` (`은/는`, `이/가`, `을/를`, `과/와`, `으로/로`) it takes.

    The first of the pair follows a consonant.
    """
    after_consonant, after_vowel = pair.split("/")
    final = final_consonant(word)
    closed = bool(final) and not (pair == "으로/로" and final == _RIEUL)
    return word + (after_consonant if closed else after_vowel)

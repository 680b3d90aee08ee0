"""Words of two languages: where one begins and ends, and what may follow it without changing it.

A Latin word ends where its capitals begin anew (`PodPhase` is `Pod` and `Phase`) and may carry an English
ending; a Korean word may carry particles and verb endings. Both are tolerated after a match, so that a
search for `파드` meets `파드를`, and one for `schedule` meets `scheduling`.
"""

import re
from collections.abc import Iterator
from unicodedata import normalize

_WORD = re.compile(r"[가-힣]+|[A-Za-z0-9]+(?:[._/-][A-Za-z0-9]+)*")
_HANGUL = re.compile(r"[가-힣]")
_RUN = re.compile(r"[가-힣]+|[a-z0-9]+")

# Endings of a loan word or noun in running Korean: particles, copula, plural, and the verbs made of nouns.
_PARTICLES = (
    *(
        "은",
        "는",
        "이",
        "가",
        "을",
        "를",
        "에",
        "에서",
        "에게",
        "으로",
        "로",
        "의",
        "와",
        "과",
        "도",
        "만",
        "들",
    ),
    *(
        "끼리",
        "부터",
        "까지",
        "처럼",
        "마다",
        "보다",
        "이나",
        "나",
        "이란",
        "란",
        "라고",
        "들은",
        "들이",
        "들을",
    ),
    *("에는", "에도", "에서는", "으로는", "로는", "와의", "과의", "이다", "입니다", "인", "간의", "간"),
    *(
        "한다",
        "하는",
        "하고",
        "하여",
        "해서",
        "하면",
        "할",
        "된다",
        "되는",
        "되어",
        "됨",
        "함",
        "한",
        "된",
        "될",
    ),
    *("러", "링"),  # -er and -ing of loan words: 스케줄러, 스케줄링
)
PARTICLES = frozenset(_PARTICLES)
# English endings, longest first; what is left of a word is its stem if enough of it is left.
_ENDINGS = ("ations", "ation", "ings", "ing", "ers", "ies", "ed", "er", "es", "ly", "s", "e", "y")
_SHORTEST_STEM = 3
SUFFIXES = frozenset(_ENDINGS) | {"or", "ors", "able", "ion", "ions", "ling", "led"}


def fold(text: str) -> str:
    """Return `text` in lower case, as many characters as before.

    A capital whose small form is longer (`İ`) stays: places in the folded text are places in the text.
    """
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c if len(c.lower()) > 1 else c.lower() for c in text)


def composed(text: str) -> str:
    """Return `text` with its Hangul composed (NFC), which is how documents are kept and shown."""
    return normalize("NFC", text)


def words(text: str) -> list[str]:
    """Return the words of a query, folded: runs of one script, a dotted or dashed name as one word."""
    return [fold(word) for word in _WORD.findall(composed(text))]


def stem(word: str) -> str:
    """Return the part of a folded word that its other forms begin with."""
    if _HANGUL.match(word):
        return _without_particle(word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM and not word.endswith("ss"):
            return word.removesuffix(ending)
    return word


def bigrams(word: str) -> Iterator[str]:
    """Yield the pairs of neighbouring characters: most of them survive when a word is misspelt."""
    return (word[i : i + 2] for i in range(len(word) - 1))


def begins(text: str, at: int) -> bool:
    """Whether a word of `text` begins at `at`: after a space, a change of script, or with a capital."""
    if at == 0:
        return True
    before, here = text[at - 1], text[at]
    if not before.isalnum():
        return True
    if bool(_HANGUL.match(before)) != bool(_HANGUL.match(here)):
        return True
    return here.isupper() and not before.isupper()


def ends(text: str, folded: str, at: int) -> bool:
    """Whether a word ends at `at`, an ending that does not change the word not counted."""
    if at >= len(text) or not text[at].isalnum():
        return True
    before, here = text[at - 1], text[at]
    if bool(_HANGUL.match(before)) != bool(_HANGUL.match(here)) or (here.isupper() and before.islower()):
        return True
    rest = _RUN.match(folded, at)
    return rest is not None and (rest[0] in PARTICLES or rest[0] in SUFFIXES)


def whole(folded: str, at: int) -> int:
    """Return where the word really ends whose stem ends at `at`: an English ending belongs to it."""
    rest = _RUN.match(folded, at)
    return at + len(rest[0]) if rest is not None and rest[0] in SUFFIXES else at


def _without_particle(word: str) -> str:
    """Take off the longest particle that leaves two syllables: `파드에서` is `파드`, `노드` stays."""
    fitting = (p for p in _PARTICLES if word.endswith(p) and len(word) - len(p) > 1)
    longest = max(fitting, key=len, default="")
    return word.removesuffix(longest)

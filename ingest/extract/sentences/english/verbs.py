"""The verbs of an English sentence, with what each takes."""

import re
from collections.abc import Iterator
from functools import cache

import msgspec

from ingest.extract.sentences.english.clauses import CLAUSE, clause_start, opens, with_joined
from ingest.extract.sentences.scene import Scene, Word, data
from ingest.lexicon.normalize import lower

_JUST_BEFORE = re.compile(r"\s+(?:to\s+(?:be\s+)?|that\s+|which\s+|that are\s+)", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\b(?:on|in|of|to|from|with|for|at|into|behind|between)\s+(?:(?:an?|the|each|every|its|all|one)\s+)?$",
    re.IGNORECASE,
)
_TO = re.compile(r"\bto\s+(?:an?\s+|the\s+|one\s+|every\s+)?$")
_AND = re.compile(r"\s+(?:and|or|and then)\s+", re.IGNORECASE)
_BE = re.compile(r"\b(?:is|are|was|were|be|been|being|gets?)\s+(?:\w+ly\s+)?(?:not\s+)?$", re.IGNORECASE)
_STARTS_CLAUSE = re.compile(r"(?:^|[;:,]\s*)\s*(?:\w+ly\s+)?$")
_REFERRING = re.compile(r"\s*(?:it|they|which|that)?\b")
_PARTICIPLES = ("ed", "en", "by", "kept", "bound to", "sent to")
_SENDING = frozenset({"sends", "send", "forwards", "routes", "binds", "attaches"})
_OPENING_WORDS = 2
_REACH = 6  # words between a verb and what it takes


class Verb(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One verb of a sentence: its predicate, its place, and itself in lower case."""

    predicate: str
    start: int
    end: int
    form: str


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return a pattern that finds where a verb stands, and one that tells there which it is.

    They match the same texts. In the first the forms are sorted by their first letter, so that at most words
    one glance is enough; the groups of the second cost a trial of every form.
    """
    rows = data("verbs.toml")["en"]
    by_letter: dict[str, list[str]] = {}
    for form in (form for forms in rows.values() for form in _alternatives(forms)):
        literal = form[:2].isalpha()
        by_letter.setdefault(form[0] if literal else "", []).append(form[1:] if literal else form)
    found = "|".join(
        f"{letter}(?:{'|'.join(forms)})" for letter, forms in sorted(by_letter.items(), reverse=True)
    )
    told = "|".join(f"(?P<{name}>{forms})" for name, forms in rows.items())
    return re.compile(rf"(?<![\w-])(?:{found})(?![\w-])"), re.compile(rf"(?:{told})(?![\w-])")


def _alternatives(forms: str) -> Iterator[str]:
    """Yield what `|` separates outside of groups."""
    depth = start = 0
    for at, character in enumerate(forms):
        depth += (character == "(") - (character == ")")
        if character == "|" and not depth:
            yield forms[start:at]
            start = at + 1
    yield forms[start:]


def verbs(scene: Scene) -> list[Verb]:
    """Return the verbs of a sentence, in order. A verb inside a name is none."""
    somewhere, told = _patterns()
    text = lower(scene.text)  # faster than to ignore case
    found: list[Verb] = []
    place = somewhere.search(text)
    while place is not None:
        start = place.start()
        match = told.match(text, start) or place
        if not any(word.start <= start < word.end for word in scene.words):
            found.append(Verb(match.lastgroup or "", start, match.end(), match[0]))
        place = somewhere.search(text, match.end())
    return found


def is_gerund(scene: Scene, verb: Verb) -> bool:
    """`Deleting a StatefulSet keeps …`: the verb that opens a sentence is no statement."""
    return verb.form.endswith("ing") and not scene.text[: verb.start].strip()


def is_passive(scene: Scene, verb: Verb) -> bool:
    """Whether something is done to the subject: `is created`, or `created when …` without a subject."""
    if not verb.form.endswith(_PARTICIPLES):
        return False
    before = scene.text[: verb.start]
    return _BE.search(before) is not None or _STARTS_CLAUSE.search(before) is not None


def subjects(scene: Scene, verb: Verb, before: list[Verb], opening: int = 0) -> tuple[str, ...]:
    """The first name of the clause when it opens it, else who the sentence is about.

    `opening` is where the sentence starts, a condition before it not counted.
    """
    text = scene.text
    start = clause_start(text, opening, verb.start)
    if before and is_gerund(scene, before[0]):
        done = objects(scene, before[0], verb.start)
        if done:
            return tuple(word.name for word in done)
    own = [word for word in scene.words if start <= word.start < verb.start]
    if (
        own
        and _JUST_BEFORE.fullmatch(text, own[-1].end, verb.start)
        and not _PREPOSITION.search(text[: own[-1].start])
    ):
        return (own[-1].name,)
    opener = next((word for word in own if opens(text, start, word.start)), None)
    if opener is not None:
        return tuple(word.name for word in with_joined(scene, opener, verb.start))
    if (
        own
        and not any(each.start >= start for each in before)
        and len(text[start : own[0].start].split()) <= _OPENING_WORDS
    ):
        return (own[0].name,)
    first = next(
        (w for w in scene.words if opening <= w.start < verb.start and opens(text, opening, w.start)), None
    )
    if first is not None and (start == opening or _REFERRING.match(text[start : verb.start])):
        return tuple(word.name for word in with_joined(scene, first, verb.start))
    return scene.about


def objects(scene: Scene, verb: Verb, limit: int) -> tuple[Word, ...]:
    """The names that follow the verb within its clause; of what is sent, where to."""
    clause = CLAUSE.search(scene.text, verb.end, limit)
    stop = clause.start() if clause else limit
    after = [word for word in scene.words if verb.end <= word.start < stop]
    if not after or len(scene.text[verb.end : after[0].start].split()) > _REACH:
        return ()
    found = with_joined(scene, after[0], stop)
    if verb.form in _SENDING and len(after) > len(found):
        to = next((word for word in after if _TO.search(scene.text[: word.start])), None)
        return (to,) if to else found
    return found


def shared(scene: Scene, verb: Verb, following: list[Verb]) -> tuple[Word, ...]:
    """`evicts and recreates pods`: both verbs take what follows the second."""
    if not following or not _AND.fullmatch(scene.text, verb.end, following[0].start):
        return ()
    return objects(scene, following[0], following[1].start if len(following) > 1 else len(scene.text))

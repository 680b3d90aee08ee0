"""Find the names of concepts in running text: one pass of one automaton over all texts of a note."""

import re
from collections.abc import Sequence

import msgspec

from ingest.lexicon.entries import Entry, Lexicon
from ingest.lexicon.normalize import compacted, suffix
from ontology.concepts import ConceptKind

_LISTED = re.compile(r"\s*[,/·]\s*")  # `User, Group`: a plain word among names is a name
_THINGS = frozenset({ConceptKind.KIND, ConceptKind.COMPONENT, ConceptKind.ABSTRACT})
_LOOK_BACK = 8
_TIGHT = 4  # forms so short are not put together from letters of two words
# what may stand between a name and its particle: brackets, a blank, a noun that says what sort it is
_SORT = re.compile(
    r"\s?[(（][^()（）\n]{1,40}[)）]\s?(?P<bracketed>[가-힣]{1,4})(?![가-힣])"
    r"|\s(?P<apart>은|는|을|를|이|가|의|에|에서|로|으로|와|과)(?=\s)"
    r"|\s(?:파일|옵션|설정|필드|오브젝트|객체|리소스|서버|컨테이너|기능|데몬|플러그인|프로세스)(?P<sort>[가-힣]{1,4})(?![가-힣])"
)


class Mention(msgspec.Struct, frozen=True, gc=False):
    """A name in a text: its place (offsets, end exclusive), what it may mean, and the particle behind it.

    `end` is the end of the name, `stop` the end with its particle; `verbal` names are inflected
    (`스케줄링하는`).
    """

    start: int
    end: int
    stop: int
    surface: str
    entries: tuple[Entry, ...]
    particle: str
    verbal: bool
    code: bool


class Written(msgspec.Struct, frozen=True, gc=False):
    """A text to search, with the ranges that the author marked as code."""

    text: str
    codes: tuple[tuple[int, int], ...] = ()


def find(lexicon: Lexicon, texts: Sequence[Written]) -> list[tuple[Mention, ...]]:
    """Return the mentions of each text, in order, longest first where forms overlap."""
    folded, offsets = compacted("\n".join([each.text for each in texts]))
    hits = [
        (offsets[start], ~offsets[end - 1], index)
        for index, start, end in lexicon.automaton.find_matches_as_indexes(folded, overlapping=True)
    ]
    hits.sort()  # by start, the longest first
    found: list[tuple[Mention, ...]] = []
    position = base = 0
    for each in texts:
        limit = base + len(each.text)
        chosen: list[Mention] = []
        free = base
        while position < len(hits) and hits[position][0] < limit:
            start, end, index = hits[position]
            position += 1
            if start >= free:
                mention = _mention(each, start - base, -end - base, lexicon.entries[index], free - base)
                if mention is not None:
                    chosen.append(mention)
                    free = base + mention.end
        found.append(tuple(chosen))
        base = limit + 1
    return found


def _mention(written: Written, start: int, end: int, entries: tuple[Entry, ...], free: int) -> Mention | None:
    text = written.text
    first, last = text[start], text[end - 1]
    latin_end = last < "\x80"
    bare = text[start:end]
    if start and not _opens(text, start, latin=first < "\x80", glued=free == start):
        return None
    if latin_end:
        end = _plural_end(text, end)
    stop, particle, verbal = end, "", False
    if end < len(text):
        following = text[end]
        if "가" <= following <= "힣":
            stop = _hangul_end(text, end)
            rest = suffix(text[end:stop])
            if rest is not None:
                verbal, particle = rest[0] == "verb", rest[1]
            elif not latin_end:
                return None
            else:
                stop = end
        elif latin_end and not _closes(text, end):
            return None
        if stop == end and not verbal and (following.isspace() or following in "(（"):
            stop, particle = _behind_noun(text, end)
    code = bool(written.codes) and any(a <= start and end <= b for a, b in written.codes)
    if not _is_simple(entries, bare):
        listed = free > 0 and _LISTED.fullmatch(text, free, start) is not None
        entries = _usable(
            bare, entries, sentence_start=_starts_sentence(text, start), listed=listed, code=code
        )
    return Mention(start, end, stop, text[start:end], entries, particle, verbal, code) if entries else None


def _is_simple(entries: tuple[Entry, ...], surface: str) -> bool:
    """Whether nothing about the spelling decides: one form that counts however it is written."""
    return len(entries) == 1 and not (entries[0].exact or entries[0].strict) and " " not in surface


def _behind_noun(text: str, end: int) -> tuple[int, str]:
    """`kubeconfig 파일이`, `VPA 설정을`: the particle of a noun that only says what sort of thing it is."""
    match = _SORT.match(text, end)
    if match is None:
        return end, ""
    rest = suffix(match["bracketed"] or match["apart"] or match["sort"])
    return (match.end(), rest[1]) if rest is not None and rest[0] == "noun" and rest[1] else (end, "")


def _opens(text: str, start: int, *, latin: bool, glued: bool) -> bool:
    before = text[start - 1]
    if not latin:
        return glued or not "가" <= before <= "힣"
    if before.isascii() and (before.isalnum() or before in "_.@$%"):
        return False
    return not (
        before in "-/"
        and start > 1
        and text[start - 2].isascii()
        and text[start - 2].isalnum()
        and before == "-"
    )


def _closes(text: str, end: int) -> bool:
    after = text[end]
    if after.isascii() and (after.isalnum() or after in "_@"):
        return False
    following = text[end + 1] if end + 1 < len(text) else " "
    return not (after in "-." and following.isascii() and following.isalnum())


def _plural_end(text: str, end: int) -> int:
    if text[end : end + 1] not in {"e", "s"}:
        return end
    for ending in ("es", "s"):
        stop = end + len(ending)
        if text.startswith(ending, end) and not (
            stop < len(text) and text[stop].isascii() and text[stop].isalnum()
        ):
            return stop
    return end


def _hangul_end(text: str, start: int) -> int:
    end = start
    while end < len(text) and "가" <= text[end] <= "힣":
        end += 1
    return end


def _starts_sentence(text: str, start: int) -> bool:
    before = text[max(start - _LOOK_BACK, 0) : start].rstrip()
    return not before or before[-1] in ".!?:;。"


def _usable(
    surface: str, entries: tuple[Entry, ...], *, sentence_start: bool, listed: bool, code: bool
) -> tuple[Entry, ...]:
    parted = " " in surface
    squeezed = len(surface) - surface.count(" ") <= _TIGHT and " " in surface
    return tuple(
        entry
        for entry in entries
        if not (entry.exact and surface != entry.form)
        and not (squeezed and " " not in entry.form)
        and not (parted and not entry.apart)
        and (
            not entry.strict
            or code
            or (listed and entry.kind in _THINGS)
            or _is_spelled_as_term(surface, entry, sentence_start=sentence_start)
        )
    )


def _is_spelled_as_term(surface: str, entry: Entry, *, sentence_start: bool) -> bool:
    """`Pending` in mid-sentence is the phase; `Delete` that opens a sentence is a verb."""
    return (
        entry.kind is ConceptKind.ENUM
        and surface == entry.form
        and len(surface) > _TIGHT
        and surface[0].isupper()
        and not sentence_start
    )

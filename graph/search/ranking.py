"""What comes first: concepts that are called so, then what says most of the query best.

Of what says it equally well the reader's own sections come before concepts that merely have the word in
their name, of which there may be many.

A word of the query matches in one of the qualities below. A word that is a label of a concept also matches
the concept's other labels, so that a search for `파드` finds what only says `Pod`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from graph.search import tokenize
from graph.search.index import Document, Index
from graph.search.snippets import Snippet, snippet

_KINDS = {"section": 0, "concept": 1, "fact": 2}
_CALLED_SO = -1
_SHORTEST_PART = 3  # a shorter Latin needle inside a word is chance
_MOST_WORDS = 16
_SIMILAR = 0.5  # the share of bigrams that a misspelt word has to keep


class Quality(IntEnum):
    """How well a word matches a place, best first."""

    TITLE = 0
    TITLE_WORD = 1
    TITLE_PREFIX = 2
    WORD = 3
    PREFIX = 4
    INSIDE = 5
    SIMILAR = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found.

    `document` says what, `line` where it stands in its note (0 for a concept), `snippet` shows why; a
    lower `quality` is a better match.
    """

    document: Document
    quality: Quality
    line: int
    snippet: Snippet


@dataclass(slots=True)
class _Match:
    """How one word of the query matches one document: its best quality, and every place of it."""

    quality: Quality
    places: list[tuple[int, int]]


_Matches = dict[int, _Match]


def search(index: Index, text: str, *, limit: int = 20, kinds: Iterable[str] = tuple(_KINDS)) -> list[Hit]:
    """Return what `text` finds, best first, at most `limit`; facts on the same passage count once."""
    words = list(dict.fromkeys(tokenize.words(text)))[:_MOST_WORDS]
    matches = [_of_word(index, word) for word in words]
    if len(words) > 1:
        phrase = _of_word(index, " ".join(tokenize.fold(tokenize.composed(text)).split()))
        matches = [phrase | {d: m for d, m in each.items() if d not in phrase} for each in matches]
    wanted = frozenset(kinds)
    found = {document for each in matches for document in each if index.documents[document].kind in wanted}
    ranked = sorted(found, key=lambda document: _rank(index, document, matches))
    return list(islice(_once(index, ranked, matches), limit))


def _of_word(index: Index, word: str) -> _Matches:
    """Where a word, its other forms, and the other labels of the concepts it names stand."""
    found: _Matches = {}
    for needle in _needles(index, word):
        for document, at in index.find(needle):
            quality = _quality(index, document, at, needle)
            if quality is not None:
                start, end = at, tokenize.whole(index.folded, at + len(needle))
                shift = index.start(document)
                _add(found, document, quality, (start - shift, end - shift))
    return found or _similar(index, word)


def _needles(index: Index, word: str) -> list[str]:
    stem = tokenize.stem(word)
    named = index.labels.get(word) or index.labels.get(stem, ())
    labels = (label for concept in named for label in index.snapshot.concepts[concept].labels.values())
    others = (tokenize.fold(tokenize.composed(text)) for each in labels for text in each)
    return list(dict.fromkeys((stem, *(label for label in others if label != word))))


def _quality(index: Index, document: int, at: int, needle: str) -> Quality | None:
    """How well the needle at that place matches, None for chance."""
    text, folded, end = index.text, index.folded, at + len(needle)
    start = index.start(document)
    titles = index.documents[document].titles
    is_title = titles > 0 and folded.count("\n", start, at) < titles
    begins, ends = tokenize.begins(text, at), tokenize.ends(text, folded, end)
    if begins and ends:
        whole = (at == start or text[at - 1] == "\n") and (end == len(text) or text[end] == "\n")
        return (Quality.TITLE if whole else Quality.TITLE_WORD) if is_title else Quality.WORD
    if needle.isascii() and len(needle) < _SHORTEST_PART:
        return None
    if begins:
        return Quality.TITLE_PREFIX if is_title else Quality.PREFIX
    return Quality.INSIDE


def _add(found: _Matches, document: int, quality: Quality, place: tuple[int, int]) -> None:
    match = found.get(document)
    if match is None:
        found[document] = _Match(quality, [place])
    elif quality <= match.quality:
        match.places = [*match.places, place] if quality == match.quality else [place]
        match.quality = quality
    # a worse place than the best is not what a reader wants to be shown


def _similar(index: Index, word: str) -> _Matches:
    """Concepts whose label shares most bigrams with a word that nothing contains."""
    wanted = frozenset(tokenize.bigrams(word))
    found: _Matches = {}
    if not wanted:
        return found
    for label, concepts in index.labels.items():
        own = frozenset(tokenize.bigrams(label))
        if len(wanted & own) >= _SIMILAR * len(wanted | own):
            found |= {concept: _Match(Quality.SIMILAR, []) for concept in concepts}
    return found


def _rank(index: Index, document: int, matches: list[_Matches]) -> tuple[int, ...]:
    """The order: all words before some, then the worst match, then by kind."""
    own = [each[document] for each in matches if document in each]
    it = index.documents[document]
    first = min((place for match in own for place, _ in match.places), default=0)
    worst = max(match.quality for match in own)
    return (
        len(matches) - len(own),
        worst,
        sum(match.quality for match in own),
        _CALLED_SO if it.kind == "concept" and worst is Quality.TITLE else _KINDS[it.kind],
        -index.degree(it.item) if it.kind == "concept" else first,
        document,
    )


def _once(index: Index, ranked: Iterable[int], matches: list[_Matches]) -> Iterator[Hit]:
    passages: set[tuple[int, int, int]] = set()
    for document in ranked:
        it = index.documents[document]
        if it.kind == "fact" and it.note >= 0:
            fact = index.snapshot.facts[it.item]
            passage = (it.note, fact.start, fact.end)
            if passage in passages:
                continue
            passages.add(passage)
        yield _hit(index, document, [each[document] for each in matches if document in each])


def _hit(index: Index, document: int, matches: list[_Match]) -> Hit:
    it = index.documents[document]
    shown = snippet(it.text, sorted({place for match in matches for place in match.places}))
    return Hit(it, max(match.quality for match in matches), index.line(it, shown.line), shown)

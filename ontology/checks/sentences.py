"""What a sentence claims, where its words say more than a fact can hold.

A sentence comes with the names in it written as `<Pod>` too, so that a pattern need not know how either
language names a concept.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ontology.checks.claims import Claim
from ontology.checks.propositions.proposition import Proposition, Triple, by_concept

# The words around a claim that turn it round.
_DENIED_AFTER = re.compile(
    r"^[가-힣]{0,5}?(?<![고며면])(?:\s?[가-힣]{0,5}?)?(?:(?:지|진|건|것은|것이|게)\s?(?:는|도|를)?\s?(?:않|못|아니)"
    r"|\s?수\s?(?:는\s?)?없|없[다는이고어]|불가|안\s?(?:됨|된|되|한|하)|\s아니|\s아님|금지)"
)
_DENIED_BEFORE = re.compile(
    r"(?:\b(?:not|never|cannot|no longer|without|instead of|rather than)|n't)\s(?:(?:<\S+>|[\w-]+)\s){0,4}$",
    re.IGNORECASE,
)
# Korean denies behind the verb, so only English words deny within.
_DENIED_WITHIN = re.compile(
    r"\b(?:not|no|never|cannot|doesn't|don't|isn't|aren't|won't|can't)\b", re.IGNORECASE
)
_STRICT = re.compile(
    r"절대|반드시|무조건|항상|오직|언제나|뿐이|에만|\b(?:never|always|only|must|every|all)\b", re.IGNORECASE
)
_HEDGED = re.compile(
    r"수도\s?있|경우에\s?따라|\b(?:may|might|optionally|possibly|sometimes)\b", re.IGNORECASE
)
# Who tells a mistake as one does not make it.
_TOLD = re.compile(
    r"오해|착각|잘못\s?(?:된|알|생각)|틀린|틀렸|사실이\s?아니|❌"
    r"|misconception|\bmyth\b|\bwrong(?:ly)?\b|not true|common mistake",
    re.IGNORECASE,
)
# What is only supposed is not claimed: `파드가 다른 노드로 옮겨 가면 ...`, `if a pod moves to another node,
# ...`, `a pod that moves to another node ...`.
_SUPPOSED_AFTER = re.compile(r"^[가-힣]{0,3}(?:\s가)?(?:면|려면|더라도|[아어]도|도록)(?![가-힣])")
_SUPPOSED_BEFORE = re.compile(
    r"\b(?:if|when|whenever|once|unless|until|after|before)\s(?:(?:a|an|the|its?|your|all|any|every|each)\s)?$",
    re.IGNORECASE,
)
_SUPPOSED_WITHIN = re.compile(r"^<[^<>]*>s?\s(?:that|which|who)\s(?:(?!>\s\w).)*$", re.IGNORECASE)
_QUESTION = re.compile(r"[?？]\s*$|(?:까요?|나요|는가|인가)\s*[.]?\s*$")
# A name is read from its start: the end of a longer name is no name.
_WITHIN_NAME = re.compile(r"<[\w:.-]+$")
_NAME_END = re.compile(r"[\w:.-]*>")
_WORD_END = re.compile(r"[^\s.,;|]*")
_BEFORE, _AFTER = 60, 24


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it was `written`, and every concept it may be about.

    `text` has its names in angle brackets; `offsets` lead from each character of it to one of `written`.
    """

    written: str
    text: str
    offsets: tuple[int, ...]
    about: frozenset[str]

    def quoted(self, start: int, end: int) -> str:
        """Return the words as written for a part of `text`, the last one whole."""
        return _whole(self.written, self.offsets[start], self.offsets[end])


@dataclass(frozen=True, slots=True)
class Asserted:
    """A claim read from words: the proposition, whether they deny it, the value they name, and they."""

    claim: Claim
    proposition: Proposition
    denied: bool
    value: str
    words: str


def asserted(sentence: Sentence) -> Iterator[Asserted]:
    """Yield what a sentence claims; a question and a mistake told as one claim nothing."""
    if _QUESTION.search(sentence.written) or _TOLD.search(sentence.written):
        return
    for proposition in _candidates(sentence.about):
        found = _found(sentence, proposition)
        if found is not None and not _supposed(found):
            yield _asserted(sentence, proposition, found)


@lru_cache(maxsize=4096)
def _candidates(about: frozenset[str]) -> tuple[Proposition, ...]:
    """Return what sentences about these concepts may say, once each."""
    known = by_concept()
    found = {id(p): p for name in ("", *sorted(about)) for p in known.get(name, ())}
    return tuple(found.values())


def _found(sentence: Sentence, proposition: Proposition) -> re.Match[str] | None:
    """Find a pattern among the names, or, where a name has swallowed its words, in the words as written."""
    texts = dict.fromkeys((sentence.text, sentence.written))
    matches = (
        match for text in texts for pattern in proposition.patterns for match in pattern.finditer(text)
    )
    return next((match for match in matches if not _WITHIN_NAME.search(match.string, 0, match.start())), None)


def _supposed(match: re.Match[str]) -> bool:
    text = match.string
    around = (
        _SUPPOSED_AFTER.match(_after(match))
        or _SUPPOSED_BEFORE.search(text[max(0, match.start() - _BEFORE) : match.start()])
        or _SUPPOSED_WITHIN.match(match[0])
    )
    return around is not None and "," not in match[0]


def _asserted(sentence: Sentence, proposition: Proposition, match: re.Match[str]) -> Asserted:
    text = match.string
    subject, predicate, target, negated = _meant(proposition, match)
    denied = not proposition.verbatim and _denied(text, match)
    value = match["value"] if "value" in match.re.groupindex else ""
    claim = Claim(
        subject,
        predicate,
        value or target,
        negated is not denied,
        words=text,
        strict=_STRICT.search(text) is not None,
        hedged=_HEDGED.search(text) is not None,
    )
    return Asserted(claim, proposition, denied, value, _words(sentence, match))


def _meant(proposition: Proposition, match: re.Match[str]) -> Triple:
    """Return the claim of a proposition whose subject the words name; the first where they name none."""
    triples = proposition.claims
    named = (t for t in triples if f"<{t[0].replace('.', ':')}>" in match[0] and t[3] is triples[0][3])
    return next(named, triples[0])


def _words(sentence: Sentence, match: re.Match[str]) -> str:
    if match.string is sentence.text:
        return sentence.quoted(*match.span())
    return _whole(sentence.written, *match.span())


def _whole(text: str, start: int, end: int) -> str:
    rest = _WORD_END.match(text, end)
    return text[start : rest.end() if rest else end].strip()


def _after(match: re.Match[str]) -> str:
    """Return what follows; words inside a name match too: then what follows starts behind the name."""
    start = match.end()
    rest = _NAME_END.match(match.string, start)
    start = rest.end() if rest is not None else start
    return match.string[start : start + _AFTER]


def _denied(text: str, match: re.Match[str]) -> bool:
    around = (
        _DENIED_AFTER.match(_after(match))
        or _DENIED_BEFORE.search(text[max(0, match.start() - _BEFORE) : match.start()])
        or _DENIED_WITHIN.search(match[0])
    )
    return around is not None

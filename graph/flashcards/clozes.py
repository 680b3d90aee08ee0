"""Cards with gaps: members of a group, a note's own sentence, a field of a manifest."""

import re
from collections.abc import Iterator

from graph.flashcards.cards import Card, Kind, Words, identity
from graph.flashcards.reading import Reading, unmarked
from graph.flashcards.wording import word, word_by
from graph.snapshot import FactNode
from ontology.lang import Lang

# Groups by predicate: a single member is worth a card where the subject is a situation or state.
_GROUPS = {
    "hasPhase": 1,
    "hasCondition": 1,
    "hasState": 1,
    "hasReason": 1,
    "hasOperator": 2,
    "hasEffect": 2,
    "hasAccessMode": 2,
    "hasReclaimPolicy": 2,
    "hasValue": 2,
    "hasOption": 2,
    "hasField": 2,
    "hasExample": 2,
}
_MOST_MEMBERS = 8  # who has to recall more at once recalls none
_SENTENCES = frozenset(
    (
        *("creates", "deletes", "restarts", "scales", "manages", "uses", "requires", "stores"),
        *("connectsTo", "selects", "runsOn", "scopedTo", "usedFor", "status"),
    )
)
_FEWEST_WORDS = 3
_LONGEST_MANIFEST = 40
_BRACES = re.compile(r"\{\{|\}\}")
_KEY = re.compile(r"^(?P<lead>[\s-]*)(?P<key>[A-Za-z0-9]+):")


def members(reading: Reading) -> Iterator[Card]:
    """A group with a gap for each member."""
    for (subject, predicate), facts in reading.group(*_GROUPS).items():
        facts.sort(key=reading.position)
        texts = [text for text in dict.fromkeys(map(reading.object_text, facts)) if "=" not in text]
        is_object = reading.concept(subject).kind == "object"
        if is_object or not _GROUPS[predicate] <= len(texts) <= _MOST_MEMBERS or _has_braces(*texts):
            continue
        gaps = ", ".join(_gap(number, text) for number, text in enumerate(texts, start=1))
        shown = {lang: {"concept": text, "members": gaps} for lang, text in reading.shown(subject).items()}
        yield Card(
            id=identity(Kind.MEMBERS, predicate, reading.name(subject)),
            kind=Kind.MEMBERS,
            front=word_by(f"members.{predicate}", shown),
            back=_NOTHING,
            concepts=(reading.name(subject),),
            deck=reading.deck(facts[0]),
            sources=tuple(dict.fromkeys(map(reading.source, facts))),
        )


def attributes(reading: Reading) -> Iterator[Card]:
    """What a table says of something: each of its cells a gap behind the head of its column."""
    for (subject, _), facts in reading.group("hasField").items():
        cells = dict(text.partition("=")[::2] for text in map(reading.object_text, facts) if "=" in text)
        if reading.concept(subject).kind == "object" or not cells or _has_braces(*cells, *cells.values()):
            continue
        gaps = ", ".join(
            f"{head}: {_gap(number, cell)}" for number, (head, cell) in enumerate(cells.items(), 1)
        )
        shown = {lang: {"concept": text, "members": gaps} for lang, text in reading.shown(subject).items()}
        yield Card(
            id=identity(Kind.MEMBERS, "attributes", reading.name(subject)),
            kind=Kind.MEMBERS,
            front=word_by("members.attributes", shown),
            back=_NOTHING,
            concepts=(reading.name(subject),),
            deck=reading.deck(facts[0]),
            sources=tuple(dict.fromkeys(map(reading.source, facts))),
        )


def sentences(reading: Reading) -> Iterator[Card]:
    """The note's own words, with what the fact is about left out; no gap of a passage twice."""
    seen: set[tuple[int, int, str]] = set()
    for fact in reading.facts:
        text = _with_gap(reading, fact) if fact.predicate in _SENTENCES else None
        if text and (fact.note, fact.lines[-1], text) not in seen:
            seen.add((fact.note, fact.lines[-1], text))
            deck = reading.deck(fact)
            topic = {
                lang: {"topic": f"{deck[-1]} — {t}", "text": text}
                for lang, t in reading.shown(fact.subject).items()
            }
            yield Card(
                id=identity(Kind.CLOZE, *_meaning(reading, fact)),
                kind=Kind.CLOZE,
                front=word_by("cloze.front", topic),
                back=_NOTHING,
                concepts=_concepts(reading, fact),
                deck=deck,
                sources=(reading.source(fact),),
            )


def manifests(reading: Reading) -> Iterator[Card]:
    """A manifest of the notes with the name of one field left out."""
    for fact in reading.facts:
        field = (
            reading.name(fact.object).partition("=")[0] if fact.object >= 0 else fact.text.partition("=")[0]
        )
        known = reading.snapshot.concept_index.get(field)
        is_object = reading.concept(fact.subject).kind == "object"
        if fact.predicate != "hasField" or not is_object or known is None:
            continue
        text = _manifest_with_gap(reading.lines[fact.note], fact.lines[-1], field)
        if text:
            yield Card(
                id=identity(Kind.MANIFEST, reading.name(fact.subject), field),
                kind=Kind.MANIFEST,
                front=word("manifest.front", {"text": text}),
                back=_NOTHING,
                concepts=(field,),
                deck=reading.deck(fact),
                sources=(reading.source(fact),),
            )


_NOTHING: Words = dict.fromkeys(Lang, "")


def _with_gap(reading: Reading, fact: FactNode) -> str | None:
    """The quoted passage with the object left out, or None where it does not stand there by name."""
    quote = unmarked(fact.quote)
    if _has_braces(quote) or "\n" in quote or len(quote.split()) < _FEWEST_WORDS:
        return None
    for surface in _surfaces(reading, fact):
        matches = list(re.finditer(_pattern(surface), quote, re.IGNORECASE))
        if len(matches) > 1:
            return None  # the answer would stand beside the gap
        if matches and len(matches[0][0]) < len(quote):
            (match,) = matches
            return quote[: match.start()] + _gap(1, match[0]) + quote[match.end() :]
    return None


def _surfaces(reading: Reading, fact: FactNode) -> list[str]:
    """The ways to write the object, longest first."""
    if fact.object < 0:
        return [fact.text]
    concept = reading.concept(fact.object)
    names = {reading.object_text(fact), *(text for texts in concept.labels.values() for text in texts)}
    return sorted(names, key=lambda text: (-len(text), text))


def _pattern(surface: str) -> str:
    """The surface as a word: no Latin letter or digit around it; a Korean particle may follow."""
    return rf"(?<![A-Za-z0-9]){re.escape(surface)}(?![A-Za-z0-9])"


def _manifest_with_gap(lines: list[str], line: int, field: str) -> str | None:
    start, end = line - 1, line
    while start > 0 and not _is_border(lines[start - 1]):
        start -= 1
    while end < len(lines) and not _is_border(lines[end]):
        end += 1
    found = lines[start:end]
    match = _KEY.match(lines[line - 1])
    if match is None or match["key"] != field or len(found) > _LONGEST_MANIFEST or _has_braces(*found):
        return None
    found[line - 1 - start] = match["lead"] + _gap(1, field) + lines[line - 1][match.end("key") :]
    return "\n".join(found)


def _is_border(line: str) -> bool:
    return line.lstrip().startswith(("```", "~~~", "---"))


def _gap(number: int, text: str) -> str:
    return f"{{{{c{number}::{text}}}}}"


def _has_braces(*texts: str) -> bool:
    """Whether a text has what would end a gap, or begin one."""
    return any(_BRACES.search(text) or "::" in text for text in texts)


def _meaning(reading: Reading, fact: FactNode) -> tuple[str, ...]:
    target = reading.name(fact.object) if fact.object >= 0 else fact.text
    return reading.name(fact.subject), fact.predicate, target, str(fact.negated)


def _concepts(reading: Reading, fact: FactNode) -> tuple[str, ...]:
    return tuple(reading.name(index) for index in (fact.subject, fact.object) if index >= 0)

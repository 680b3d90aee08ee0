"""Cards with a question and an answer: definitions, terms, defaults, orders, contrasts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from graph.flashcards.cards import Card, Kind, Source, Words, identity
from graph.flashcards.reading import Reading, label, unmarked
from graph.flashcards.wording import word, word_by
from graph.snapshot import ConceptNode, FactNode
from ontology.concepts import fold
from ontology.lang import Lang

_SHORTEST_CLUE = 12
_TERM_KINDS = frozenset({"kind", "component", "abstract"})
# What says little about a concept: that a heading names it, or a picture shows it.
_THIN = frozenset({"hasSubtopic", "depicts", "contrastsWith"})
_POINTS = 5
_ORDERED = frozenset({"precedes", "transitionsTo"})


def definitions(reading: Reading) -> Iterator[Card]:
    """What is it? Everything that the notes say a concept is, on one card."""
    for (subject, _), facts in reading.group("definition").items():
        yield Card(
            id=identity(Kind.DEFINITION, reading.name(subject)),
            kind=Kind.DEFINITION,
            front=word_by("definition.front", _of(reading, subject)),
            back=_alike(_listed(fact.text for fact in facts)),
            concepts=(reading.name(subject),),
            deck=reading.deck(facts[0]),
            sources=_sources(reading, facts),
        )


def curated_definitions(reading: Reading) -> Iterator[Card]:
    """What is it? From the curated layer, for what the notes have a heading on but do not define."""
    defined = {subject for subject, _ in reading.group("definition")}
    for index, note in enumerate(reading.snapshot.notes):
        for section in note.sections:
            for subject in section.concepts:
                concept = reading.concept(subject)
                if subject in defined or set(concept.definition) != {lang.value for lang in Lang}:
                    continue
                source = Source(
                    document=note.path, line=section.line, quote=section.title, url=concept.source
                )
                yield Card(
                    id=identity(Kind.DEFINITION, concept.name),
                    kind=Kind.DEFINITION,
                    front=word_by("definition.front", _of(reading, subject)),
                    back={lang: concept.definition[lang.value] for lang in Lang},
                    concepts=(concept.name,),
                    deck=reading.headings(index, section.line),
                    sources=(source,),
                    layer="curated",
                )


def reversed_definitions(reading: Reading) -> Iterator[Card]:
    """Which concept is this? Only where the explanation is telling, one concept's own, and names nothing."""
    groups = reading.group("definition")
    uses = Counter(fold(fact.text) for facts in groups.values() for fact in facts)
    for (subject, _), facts in groups.items():
        (fact, *others) = facts
        telling = len(fact.text) >= _SHORTEST_CLUE and uses[fold(fact.text)] == 1
        if not others and telling and not _gives_away(reading.concept(subject), fact.text):
            yield Card(
                id=identity(Kind.REVERSED, reading.name(subject)),
                kind=Kind.REVERSED,
                front=word("reversed.front", {"text": fact.text}),
                back=reading.shown(subject),
                concepts=(reading.name(subject),),
                deck=reading.deck(fact),
                sources=_sources(reading, facts),
            )


def terms(reading: Reading) -> Iterator[Card]:
    """Korean to English and back, for what the notes mention and one word names in each language."""
    mentioned = {
        index: fact
        for index, fact in reading.mentions.items()
        if reading.concept(index).kind in _TERM_KINDS and Lang.KO.value in reading.concept(index).labels
    }
    korean = Counter(fold(label(reading.concept(index), Lang.KO)) for index in mentioned)
    for index, fact in mentioned.items():
        concept = reading.concept(index)
        ko = label(concept, Lang.KO)
        en = label(concept, Lang.EN)
        if fold(ko) == fold(en) or korean[fold(ko)] > 1:
            continue
        for direction, answer in (("to_english", en), ("to_korean", ko)):
            yield Card(
                id=identity(Kind.TERM, direction, concept.name),
                kind=Kind.TERM,
                front=word(f"term.{direction}", {"korean": ko, "english": en}),
                back=_alike(answer),
                concepts=(concept.name,),
                deck=reading.deck(fact),
                sources=(reading.source(fact),),
                layer="curated",
            )


def defaults(reading: Reading) -> Iterator[Card]:
    """What holds when nothing is set?"""
    for (subject, _), facts in reading.group("defaultValue").items():
        if not _differs(reading, facts[0]):
            yield Card(
                id=identity(Kind.DEFAULT, reading.name(subject)),
                kind=Kind.DEFAULT,
                front=word_by("default.front", _of(reading, subject)),
                back=_alike(f"`{facts[0].text}`"),
                concepts=(reading.name(subject),),
                deck=reading.deck(facts[0]),
                sources=_sources(reading, facts),
            )


def sequences(reading: Reading) -> Iterator[Card]:
    """In which order? A chain of steps or of states that one note gives as such."""
    for chain in _chains(f for f in reading.facts if f.predicate in _ORDERED):
        indices = [chain[0].subject, *(fact.object for fact in chain)]
        steps = [reading.name(index) for index in indices]
        ordered = {lang: [reading.shown(index)[lang] for index in indices] for lang in Lang}
        deck = reading.deck(chain[0])
        yield Card(
            id=identity(Kind.SEQUENCE, *steps),
            kind=Kind.SEQUENCE,
            front=word_by(
                "sequence.front",
                {
                    lang: {"topic": deck[-1], "shuffled": " / ".join(_shuffled(ordered[lang]))}
                    for lang in Lang
                },
            ),
            back=word_by("sequence.back", {lang: {"ordered": " → ".join(ordered[lang])} for lang in Lang}),
            concepts=tuple(steps),
            deck=deck,
            sources=_sources(reading, chain),
        )


def contrasts(reading: Reading) -> Iterator[Card]:
    """How do two differ? What the notes say of each, and not of both."""
    for fact in reading.facts:
        if fact.predicate == "contrastsWith" and not fact.negated and fact.object >= 0:
            pair = fact.subject, fact.object
            sides = [_alike(_bullets(_points(reading, each, other))) for each, other in (pair, pair[::-1])]
            if all(side[Lang.EN] for side in sides):
                yield _contrast(reading, pair, sides, fact)


def curated_contrasts(reading: Reading) -> Iterator[Card]:
    """How do two differ? For pairs that are easily confused, where the notes speak of both."""
    for fact in reading.confusable:
        pair = fact.subject, fact.object
        definitions = [reading.concept(each).definition for each in pair]
        if all(each in reading.mentions for each in pair) and all(definitions):
            sides = [{lang: _bullets([text[lang.value]]) for lang in Lang} for text in definitions]
            yield _contrast(reading, pair, sides, reading.mentions[fact.subject], layer="curated")


def _contrast(
    reading: Reading, pair: tuple[int, int], sides: Iterable[Words], said: FactNode, *, layer: str = "notes"
) -> Card:
    names = sorted(map(reading.name, pair))
    shown = [reading.shown(each) for each in pair]
    url = reading.concept(pair[0]).source if layer == "curated" else ""
    return Card(
        id=identity(Kind.CONTRAST, *names),
        kind=Kind.CONTRAST,
        front=word_by(
            "contrast.front", {lang: {"one": shown[0][lang], "other": shown[1][lang]} for lang in Lang}
        ),
        back=_joined(
            word_by("contrast.side", {lang: {"concept": which[lang], "points": side[lang]} for lang in Lang})
            for which, side in zip(shown, sides, strict=True)
        ),
        concepts=tuple(names),
        deck=reading.deck(said),
        sources=(replace(reading.source(said), url=url),),
        layer=layer,
    )


def _points(reading: Reading, concept: int, other: int) -> list[str]:
    """The lines that speak of one concept and not of the other, those with a sentence first."""
    lines = {(fact.note, fact.lines[-1]) for fact in reading.about[other]}
    found: dict[str, int] = {}
    for fact in reading.about[concept]:
        if (
            fact.subject == concept
            and fact.predicate not in _THIN
            and (fact.note, fact.lines[-1]) not in lines
        ):
            found.setdefault(unmarked(fact.quote), len(fact.quote.split()))
    return sorted(found, key=lambda quote: -found[quote])[:_POINTS]


def _shuffled(steps: list[str]) -> list[str]:
    """Another order, the same at every build."""
    found = sorted(steps, key=fold)
    return found if found != steps else found[::-1]


def _chains(facts: Iterable[FactNode]) -> Iterator[list[FactNode]]:
    """Ways of two or more facts, each beginning where the one before ended, on lines that they share.

    Where a way forks, it ends: there is no one order to ask for.
    """
    links = [fact for fact in facts if not fact.negated and fact.object >= 0]
    begins: dict[tuple[int, int], list[FactNode]] = defaultdict(list)
    for fact in links:
        begins[fact.note, fact.subject].append(fact)
    following = {
        fact.id: [other for other in begins[fact.note, fact.object] if _goes_on(fact, other)]
        for fact in links
    }
    preceded = {other.id for others in following.values() for other in others}
    for first in links:
        if first.id not in preceded:
            way = [first]
            while len(following[way[-1].id]) == 1 and following[way[-1].id][0] not in way:
                way += following[way[-1].id]
            if len(way) > 1:
                yield way


def _goes_on(before: FactNode, fact: FactNode) -> bool:
    return (
        before.predicate == fact.predicate
        and before is not fact
        and not set(before.lines).isdisjoint(fact.lines)
    )


def _differs(reading: Reading, fact: FactNode) -> bool:
    right = reading.defaults.get(fact.subject)
    return right is not None and _plain(right.text) != _plain(fact.text)


def _plain(value: str) -> str:
    """A default as it is compared: `10s`, `10` and `10 s` are one."""
    return value.casefold().replace(" ", "").rstrip("s")


def _gives_away(concept: ConceptNode, text: str) -> bool:
    folded = fold(text)
    names = [concept.name, *(each for labels in concept.labels.values() for each in labels)]
    return any(fold(name) in folded for name in names if fold(name))


def _of(reading: Reading, concept: int) -> dict[Lang, dict[str, str]]:
    return {lang: {"concept": text} for lang, text in reading.shown(concept).items()}


def _sources(reading: Reading, facts: Iterable[FactNode]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(map(reading.source, facts)))


def _alike(text: str) -> Words:
    return dict.fromkeys(Lang, text)


def _listed(texts: Iterable[str]) -> str:
    different = list(dict.fromkeys(texts))
    return different[0] if len(different) == 1 else _bullets(different)


def _bullets(texts: Iterable[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _joined(parts: Iterable[Words]) -> Words:
    found = list(parts)
    return {lang: "\n\n".join(part[lang] for part in found) for lang in Lang}

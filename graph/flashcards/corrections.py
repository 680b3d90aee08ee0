"""Cards that put right what a note has wrong. Such lines never make plain cards."""

from collections import defaultdict
from collections.abc import Iterator

from graph.flashcards.cards import Card, Kind, Source, Words, identity
from graph.flashcards.reading import Contested, Reading, unmarked
from graph.flashcards.wording import word, word_by
from graph.snapshot import Grounds
from ontology.lang import Lang


def contradicted(reading: Reading) -> Iterator[Card]:
    """What the curated layer denies, or knows as past: a card for each passage that says so."""
    passages: dict[tuple[int, int], list[Contested]] = defaultdict(list)
    for each in reading.contested:
        passages[each.fact.note, each.fact.lines[-1]].append(each)
    for passage in passages.values():
        yield _contradiction(reading, passage)


def wrong_lines(reading: Reading) -> Iterator[Card]:
    """What a finding calls wrong or outdated, where no contradicted fact says it better."""
    judged = {(each.fact.note, each.fact.lines[-1]) for each in reading.contested}
    for finding in reading.wrong:
        if (finding.note, finding.line) in judged:
            continue
        note = reading.snapshot.notes[finding.note]
        quote = unmarked(reading.lines[finding.note][finding.line - 1])
        message = {lang: finding.message.get(lang.value, finding.canonical) for lang in Lang}
        yield Card(
            id=identity(Kind.CORRECTION, finding.kind, finding.canonical, message[Lang.EN]),
            kind=Kind.CORRECTION,
            front=word("correction.front", {"quote": quote}),
            back=word_by("correction.finding", {lang: {"message": message[lang]} for lang in Lang}),
            concepts=reading.concepts_on(finding.note, finding.line),
            deck=reading.headings(finding.note, finding.line),
            sources=(Source(document=note.path, line=finding.line, quote=quote),),
        )


def _contradiction(reading: Reading, passage: list[Contested]) -> Card:
    fact = passage[0].fact
    target = reading.name(fact.object) if fact.object >= 0 else fact.text
    concepts = (index for each in passage for index in (each.fact.subject, each.fact.object) if index >= 0)
    answers = list(map(_answer, passage))
    return Card(
        id=identity(Kind.CORRECTION, reading.name(fact.subject), fact.predicate, target),
        kind=Kind.CORRECTION,
        front=word("correction.front", {"quote": unmarked(fact.quote)}),
        back={lang: "\n".join(dict.fromkeys(answer[lang] for answer in answers)) for lang in Lang},
        concepts=tuple(dict.fromkeys(map(reading.name, concepts))),
        deck=reading.deck(fact),
        sources=(reading.source(fact),),
    )


def _answer(contested: Contested) -> Words:
    grounds = contested.by.grounds or Grounds()
    return word_by(
        "correction.past" if grounds.until else "correction.denied",
        {lang: {"version": grounds.until, "remark": grounds.remark.get(lang.value, "")} for lang in Lang},
    )

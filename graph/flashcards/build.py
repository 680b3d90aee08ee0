"""From a snapshot to a deck: every kind of card in one visible tuple, merged and sorted."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from graph.flashcards import clozes, corrections, exercises, recall
from graph.flashcards.cards import Card, Kind
from graph.flashcards.exercises import Scenario
from graph.flashcards.reading import Reading
from graph.snapshot import Snapshot

# Of two cards with one id the first stays, so what notes say goes before what the curated layer says.
KINDS: tuple[Callable[[Reading], Iterator[Card]], ...] = (
    corrections.contradicted,
    corrections.wrong_lines,
    recall.definitions,
    recall.reversed_definitions,
    recall.curated_definitions,
    recall.defaults,
    recall.sequences,
    recall.contrasts,
    recall.curated_contrasts,
    clozes.members,
    clozes.attributes,
    clozes.sentences,
    clozes.manifests,
    recall.terms,
)

_MOST_SOURCES = 8  # a card is read in seconds

_ORDER = {kind: number for number, kind in enumerate(Kind)}


def build(
    snapshot: Snapshot, scenarios: Iterable[Scenario] = (), engine: str = "kubelore"
) -> tuple[Card, ...]:
    """Return the cards of a snapshot's notes, sorted by note, place, kind and id.

    `scenarios` are plain scenarios to make verdict cards of; `engine` names who computed them.

    Raises:
        OntologyError: a scenario that cannot be answered.
    """
    reading = Reading(snapshot)
    found: dict[str, Card] = {}
    makers = (*(kind(reading) for kind in KINDS), exercises.verdicts(reading, scenarios, engine))
    for card in (card for cards in makers for card in cards):
        known = found.get(card.id)
        found[card.id] = _merged(known, card) if known else card
    return tuple(sorted(found.values(), key=_place))


def _merged(first: Card, other: Card) -> Card:
    """One card for what two places say: the first one's text, the sources of both."""
    if first.layer != other.layer or len(first.sources) >= _MOST_SOURCES:
        return first
    sources = dict.fromkeys((*first.sources, *other.sources))
    return replace(first, sources=tuple(sources)[:_MOST_SOURCES])


def _place(card: Card) -> tuple[str, int, int, str]:
    source = card.sources[0]
    return source.document, source.line, _ORDER[card.kind], card.id

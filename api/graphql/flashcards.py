"""Flashcards: what to remember of the notes, as the deck has it."""

import strawberry

from api.graphql.concepts import Concept
from api.graphql.languages import ENGLISH, Langs, preferred
from api.graphql.relay import Listing, Node
from api.graphql.windows import Windows
from graph import flashcards
from ontology.statements import Layer

strawberry.enum(flashcards.Kind, name="CardKind", description="What a card asks for.")


@strawberry.type(description="Where a card comes from.")
class CardSource:
    """One source of a card."""

    document: str = strawberry.field(description="The path of the note; empty for the curated layer.")
    line: int = strawberry.field(description="The line, from 1; 0 for the curated layer.")
    quote: str = strawberry.field(description="The words, as they stand.")
    url: str = strawberry.field(description="The page, for the curated layer.")


@strawberry.type(description="One thing to remember.")
class Flashcard(Node):
    """A window on one card. Its texts are light markdown, gaps as `{{c1::answer}}`."""

    view: strawberry.Private[Windows]
    source: strawberry.Private[flashcards.Card]

    def key(self) -> str:
        """Return the card's id."""
        return self.source.id

    @strawberry.field(description="What it asks for.")
    def kind(self) -> flashcards.Kind:
        return self.source.kind

    @strawberry.field(description="The question; with gaps as `{{c1::answer}}` in a card that has any.")
    def front(self, lang: Langs = ENGLISH) -> str | None:
        return preferred(self.source.front, lang)

    @strawberry.field(description="The answer; of a card with gaps, what to show beside it.")
    def back(self, lang: Langs = ENGLISH) -> str | None:
        return preferred(self.source.back, lang)

    @strawberry.field(description="The headings it stands under, from the note's title down.")
    def deck(self) -> list[str]:
        return list(self.source.deck)

    @strawberry.field(description="By kind, layer and concept, as Anki nests tags.")
    def tags(self) -> list[str]:
        return list(self.source.tags)

    @strawberry.field(description="The concepts it is about.")
    def concepts(self) -> list[Concept]:
        index = self.view.snapshot.concept_index
        found = (index.get(name) for name in self.source.concepts)
        return [self.view.window(Concept, each) for each in found if each is not None]

    @strawberry.field(description="The lines of the notes that it comes from.")
    def sources(self) -> list[CardSource]:
        return [
            CardSource(document=each.document, line=each.line, quote=each.quote, url=each.url)
            for each in self.source.sources
        ]

    @strawberry.field(description="Who says what it asks for.")
    def layer(self) -> Layer:
        return Layer(self.source.layer)


def cards_of(
    view: Windows,
    kinds: list[flashcards.Kind] | None,
    concept: str | None,
    document: str | None,
) -> Listing[Flashcard]:
    """Return a listing of the cards that pass, in the order of the notes."""
    found = [
        card
        for card in view.flashcards
        if (not kinds or card.kind in kinds)
        and (concept is None or concept in card.concepts)
        and (not document or any(each.document == document for each in card.sources))
    ]
    return Listing("Flashcard", found, lambda card: Flashcard(view=view, source=card), Flashcard.key)

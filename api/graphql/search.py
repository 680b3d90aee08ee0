"""Full-text search in both languages, with what to highlight."""

from enum import Enum

import strawberry

from api.graphql.concepts import Concept
from api.graphql.facts import Fact
from api.graphql.filters import values
from api.graphql.notes import Note, Section
from api.graphql.relay import MAX_PAGE, Listing
from api.graphql.windows import Windows
from graph import search
from ontology.lang import Lang


@strawberry.enum(description="What sort of thing was found.")
class HitKind(Enum):
    """The sorts of documents in the index."""

    CONCEPT = strawberry.enum_value("concept", description="A concept, by a label or its definition.")
    SECTION = strawberry.enum_value("section", description="A section of a note, by its heading or lines.")
    FACT = strawberry.enum_value("fact", description="A fact, by its parts or the words that say it.")


@strawberry.type(description="A piece of a snippet that matched: code points from 0, the end not included.")
class Highlight:
    """A range within a snippet."""

    start: int = strawberry.field(description="Where it starts.")
    end: int = strawberry.field(description="Where it ends.")


@strawberry.type(description="Something found.")
class Hit:
    """A window on one hit."""

    view: strawberry.Private[Windows]
    source: strawberry.Private[search.Hit]

    def key(self) -> str:
        """Return what was found, as a cursor keeps it."""
        found = self.source.document
        return f"{found.kind}:{found.note}:{found.item}"

    @strawberry.field(description="What sort of thing it is.")
    def kind(self) -> HitKind:
        return HitKind(self.source.document.kind)

    @strawberry.field(description="The concept found, or that the fact found is about.")
    def concept(self) -> Concept | None:
        match self.source.document.kind:
            case "concept":
                return self.view.window(Concept, self.source.document.item)
            case "fact":
                return self.view.window(Concept, self.view.snapshot.facts[self.source.document.item].subject)
        return None

    @strawberry.field(description="The fact found.")
    def fact(self) -> Fact | None:
        found = self.source.document
        return self.view.window(Fact, found.item) if found.kind == "fact" else None

    @strawberry.field(description="The section found.")
    def section(self) -> Section | None:
        found = self.source.document
        if found.kind != "section":
            return None
        return Section(view=self.view, note=found.note, position=found.item)

    @strawberry.field(description="The note it stands in; null for a concept.")
    def note(self) -> Note | None:
        found = self.source.document.note
        return self.view.window(Note, found) if found >= 0 else None

    @strawberry.field(description="The line of that note, from 1.")
    def line(self) -> int | None:
        return self.source.line or None

    @strawberry.field(description="The passage that shows why it was found.")
    def snippet(self) -> str:
        return self.source.snippet.text

    @strawberry.field(description="What to highlight in the passage.")
    def highlights(self) -> list[Highlight]:
        return [Highlight(start=start, end=end) for start, end in self.source.snippet.highlights]


def hits(view: Windows, text: str, langs: list[Lang] | None, kinds: list[HitKind] | None) -> Listing[Hit]:
    """Return a listing of what `text` finds, best first, at most MAX_PAGE.

    With `langs` only passages in one of these languages: Korean is what has a Hangul syllable.
    """
    wanted = values(kinds or HitKind)
    found = search.search(view.source.index, text, limit=MAX_PAGE, kinds=wanted)
    if langs:
        found = [each for each in found if _language(each.snippet.text) in langs]
    return Listing("Hit", found, lambda hit: Hit(view=view, source=hit), Hit.key)


def _language(passage: str) -> Lang:
    return Lang.KO if any("가" <= each <= "힣" for each in passage) else Lang.EN

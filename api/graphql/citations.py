"""Citations: the lines of the notes that state a rule or say what a concept is."""

from collections.abc import Iterable

import strawberry

from api.graphql.concepts import Concept
from api.graphql.facts import Fact
from api.graphql.notes import Note
from api.graphql.windows import Windows
from graph import citations


@strawberry.type(description="A passage of a note that states a rule, or says what a concept is.")
class Citation:
    """A window on one citation."""

    view: strawberry.Private[Windows]
    source: strawberry.Private[citations.Citation]

    @strawberry.field(description="The note.")
    def note(self) -> Note:
        return self.view.window(Note, self.source.note)

    @strawberry.field(description="The path of the note.")
    def document(self) -> str:
        return self.source.document

    @strawberry.field(description="The lines of the passage, from 1.")
    def lines(self) -> list[int]:
        return list(range(self.source.line, self.source.end_line + 1))

    @strawberry.field(description="The words, as they stand.")
    def quote(self) -> str:
        return self.source.quote

    @strawberry.field(description="The facts it was chosen for, the most telling first.")
    def facts(self) -> list[Fact]:
        return [self.view.window(Fact, self.view.fact_index[each]) for each in self.source.facts]

    @strawberry.field(description="The concepts that it speaks of.")
    def concepts(self) -> list[Concept]:
        index = self.view.snapshot.concept_index
        return [self.view.window(Concept, index[name]) for name in self.source.concepts]


def cite_step(view: Windows, rule: str, concepts: Iterable[str] = ()) -> list[Citation]:
    """Return what the notes say about a rule, and about the concepts of one step of it."""
    return [Citation(view=view, source=each) for each in view.source.citations.of_step(rule, concepts)]


def cite_concept(view: Windows, name: str) -> list[Citation]:
    """Return what the notes say about a concept."""
    return [Citation(view=view, source=each) for each in view.source.citations.of_concept(name)]

"""Findings: what is wrong, outdated or unreadable in the notes."""

from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.graphql.languages import ENGLISH, Langs, preferred
from api.graphql.relay import Listing, Node
from api.graphql.windows import Windows
from graph.snapshot import FindingNode

if TYPE_CHECKING:
    from api.graphql.notes import Note


@strawberry.type(description="Something wrong, outdated or unreadable in a note.")
class Finding(Node):
    """A window on one finding of the snapshot."""

    view: strawberry.Private[Windows]
    index: strawberry.Private[int]

    @cached_property
    def source(self) -> FindingNode:
        """The finding as the snapshot has it."""
        return self.view.snapshot.findings[self.index]

    def key(self) -> str:
        """Return the finding's id."""
        return self.source.id

    @strawberry.field(description="The note it is in.")
    def note(self) -> Annotated["Note", strawberry.lazy("api.graphql.notes")]:
        from api.graphql.notes import Note as Window  # noqa: PLC0415 - the two types know each other

        return self.view.window(Window, self.source.note)

    @strawberry.field(description="The path of that note.")
    def document(self) -> str:
        return self.view.snapshot.notes[self.source.note].path

    @strawberry.field(description="The line, from 1.")
    def line(self) -> int:
        return self.source.line

    @strawberry.field(description="The column in code points, from 1.")
    def column(self) -> int:
        return self.source.column

    @strawberry.field(description="The words as they stand.")
    def found(self) -> str:
        return self.source.found

    @strawberry.field(description="What sort of finding it is, such as `misspelling`.")
    def kind(self) -> str:
        return self.source.kind

    @strawberry.field(description="How much it misleads: `low`, `medium` or `high`.")
    def severity(self) -> str:
        return self.source.severity

    @strawberry.field(description="What it should be, where that is known.")
    def canonical(self) -> str | None:
        return self.source.canonical or None

    @strawberry.field(description="The finding in a sentence.")
    def message(self, lang: Langs = ENGLISH) -> str | None:
        return preferred(self.source.message, lang)


def findings_of(
    view: Windows, *, note: int | None = None, kind: str | None = None, severity: str | None = None
) -> Listing[Finding]:
    """Return a listing of the findings that pass, in the order of the notes."""
    found = [
        index
        for index, each in enumerate(view.snapshot.findings)
        if note in (None, each.note) and kind in (None, each.kind) and severity in (None, each.severity)
    ]
    return Listing("Finding", found, view.windows(Finding), Finding.key)

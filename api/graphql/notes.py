"""Notes: their sections as a tree, their text, and what was read from them and found in them."""

from functools import cached_property

import strawberry
from strawberry import UNSET

from api.graphql.concepts import Concept
from api.graphql.facts import Fact, FactOrder, select
from api.graphql.filters import FactFilter
from api.graphql.findings import Finding, findings_of
from api.graphql.relay import After, Before, Connection, First, Last, Node, page
from api.graphql.windows import Windows
from graph.snapshot import ImageNode, NoteNode, SectionNode


@strawberry.type(description="A heading of a note, and what stands below it.")
class Section:
    """A window on one section."""

    view: strawberry.Private[Windows]
    note: strawberry.Private[int]
    position: strawberry.Private[int]

    @cached_property
    def source(self) -> SectionNode:
        """The section as the snapshot has it."""
        return self.view.snapshot.notes[self.note].sections[self.position]

    @strawberry.field(description="The heading.")
    def title(self) -> str:
        return self.source.title

    @strawberry.field(description="1 for a heading of the highest level.")
    def level(self) -> int:
        return self.source.level

    @strawberry.field(description="The line of the heading, from 1.")
    def line(self) -> int:
        return self.source.line

    @strawberry.field(description="The last line of the section, its subsections included.")
    def end_line(self) -> int:
        return self.source.end_line

    @strawberry.field(description="The fragment that leads to it: `#pod-lifecycle` without the `#`.")
    def anchor(self) -> str:
        return self.source.anchor

    @strawberry.field(description="Its lines as they stand, subsections included.")
    def text(self) -> str:
        lines = self.view.snapshot.notes[self.note].text.splitlines()
        return "\n".join(lines[self.source.line - 1 : self.source.end_line])

    @strawberry.field(description="The concepts that the heading names.")
    def concepts(self) -> list[Concept]:
        return [self.view.window(Concept, index) for index in self.source.concepts]

    @strawberry.field(description="The sections one level below.")
    def sections(self) -> list["Section"]:
        return sections(self.view, self.note, self.position)

    @strawberry.field(description="The facts read from its lines, subsections included.")
    def facts(
        self, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
    ) -> Connection[Fact]:
        graph = self.view.snapshot
        inside = range(self.source.line, self.source.end_line + 1)
        indices = [i for i in graph.facts_of_note[self.note] if graph.facts[i].lines[-1] in inside]
        return page(select(self.view, indices, None, None), first, after, last, before)


def sections(view: Windows, note: int, parent: int) -> list[Section]:
    """Return the sections right below another; -1 for those at the top."""
    found = view.snapshot.notes[note].sections
    return [Section(view=view, note=note, position=i) for i, s in enumerate(found) if s.parent == parent]


@strawberry.type(description="A picture that a note shows. It is never fetched.")
class Image:
    """A window on one image."""

    view: strawberry.Private[Windows]
    source: strawberry.Private[ImageNode]

    @strawberry.field(description="The concept that stands for it.")
    def concept(self) -> Concept:
        return self.view.window(Concept, self.source.concept)

    @strawberry.field(description="Where the note says it is.")
    def address(self) -> str:
        return self.source.address

    @strawberry.field(description="Its caption.")
    def alt(self) -> str:
        return self.source.alt

    @strawberry.field(description="The line that shows it, from 1.")
    def line(self) -> int:
        return self.source.line


@strawberry.type(description="One markdown document.")
class Note(Node):
    """A window on one note of the snapshot."""

    view: strawberry.Private[Windows]
    index: strawberry.Private[int]

    @cached_property
    def source(self) -> NoteNode:
        """The note as the snapshot has it."""
        return self.view.snapshot.notes[self.index]

    def key(self) -> str:
        """Return the path."""
        return self.source.path

    @strawberry.field(description="Its path in the collection.")
    def path(self) -> str:
        return self.source.path

    @strawberry.field(description="The IRI that names it and its graph.")
    def iri(self) -> str:
        return self.source.iri

    @strawberry.field(description="Its first heading, or its file name.")
    def title(self) -> str:
        return self.source.title

    @strawberry.field(description="The SHA-256 of its bytes.")
    def digest(self) -> str:
        return self.source.digest

    @strawberry.field(description="The whole text.")
    def text(self) -> str:
        return self.source.text

    @strawberry.field(description="Its sections as a tree: those at the top, each with those below.")
    def sections(self) -> list[Section]:
        return sections(self.view, self.index, -1)

    @strawberry.field(description="The pictures that it shows.")
    def images(self) -> list[Image]:
        return [Image(view=self.view, source=each) for each in self.source.images]

    @strawberry.field(description="The lines that yielded nothing, from 1.")
    def unread(self) -> list[int]:
        return list(self.source.unread)

    @strawberry.field(description="The facts that were read from it.")
    def facts(
        self,
        where: FactFilter | None = UNSET,
        order_by: list[FactOrder] | None = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Connection[Fact]:
        indices = self.view.snapshot.facts_of_note[self.index]
        return page(select(self.view, indices, where, order_by), first, after, last, before)

    @strawberry.field(description="What is wrong, outdated or unreadable in it.")
    def findings(
        self, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
    ) -> Connection[Finding]:
        return page(findings_of(self.view, note=self.index), first, after, last, before)

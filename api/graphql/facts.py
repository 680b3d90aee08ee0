"""Facts: who says what about what, where, and how firmly."""

from collections.abc import Callable, Sequence
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from api.graphql.attributes import attribute
from api.graphql.filters import FactFilter
from api.graphql.languages import ENGLISH, Langs, preferred
from api.graphql.relay import Listing, Node
from api.graphql.windows import Windows
from graph import snapshot
from graph.snapshot import FactNode, Snapshot
from ontology import statements

if TYPE_CHECKING:
    from api.graphql.concepts import Concept
    from api.graphql.notes import Note


@strawberry.type(description="One fact, with who says it and where.")
class Fact(Node):
    """A window on one fact of the snapshot."""

    view: strawberry.Private[Windows]
    index: strawberry.Private[int]

    @cached_property
    def source(self) -> FactNode:
        """The fact as the snapshot has it."""
        return self.view.snapshot.facts[self.index]

    @cached_property
    def target(self) -> "Concept | None":
        """The concept at the other end, found once: lists ask for it again and again."""
        return concept(self.view, self.source.object) if self.source.object >= 0 else None

    def key(self) -> str:
        """Return the fact's id in the graph."""
        return self.source.id

    @strawberry.field(description="The concept it is about.")
    def subject(self) -> Annotated["Concept", strawberry.lazy("api.graphql.concepts")]:
        return concept(self.view, self.source.subject)

    predicate: str = attribute(
        "source.predicate", "The relation, by its name in the vocabulary: `hasPhase`, `partOf`."
    )

    object: Annotated["Concept", strawberry.lazy("api.graphql.concepts")] | None = attribute(
        "target", "The concept at the other end; null where the object is a text."
    )

    @strawberry.field(description="The object where it is a text; null where it is a concept.")
    def text(self) -> str | None:
        return self.source.text if self.source.object < 0 else None

    lines: list[int] = attribute("source.lines", "The lines of the note that a reader needs for it, from 1.")

    @strawberry.field(description="The path of the note that says it; null for the other layers.")
    def document(self) -> str | None:
        return self.view.snapshot.notes[self.source.note].path if self.source.note >= 0 else None

    @strawberry.field(description="The note that says it; null for the other layers.")
    def note(self) -> Annotated["Note", strawberry.lazy("api.graphql.notes")] | None:
        from api.graphql.notes import Note as Window  # noqa: PLC0415 - the two types know each other

        return self.view.window(Window, self.source.note) if self.source.note >= 0 else None

    @strawberry.field(description="The words of the note, as they stand.")
    def quote(self) -> str | None:
        return self.source.quote or None

    layer: statements.Layer = attribute("source.layer", "Who says it.", as_=statements.Layer)
    negated: bool = attribute("source.negated", "Whether it is denied: the notes say that it does not hold.")
    strength: statements.Strength = attribute(
        "source.strength", "How firmly it is said.", as_=statements.Strength
    )

    @strawberry.field(description="Under which condition it holds, in the words of the note.")
    def condition(self) -> str | None:
        return self.source.condition or None

    @strawberry.field(description="What running it as a claim gave; null for what was not run.")
    def check(self) -> str | None:
        return self.source.check or None

    @strawberry.field(description="The extraction rule that read it, or the reasoning rule that inferred it.")
    def rule(self) -> str | None:
        return self.source.rule or None

    @strawberry.field(description="What it rests on where no note states it.")
    def grounds(self) -> "Grounds | None":
        found = self.source.grounds
        return Grounds(view=self.view, source=found) if found else None


@strawberry.type(description="What a curated or inferred fact rests on.")
class Grounds:
    """A window on the grounds of one fact."""

    view: strawberry.Private[Windows]
    source: strawberry.Private[snapshot.Grounds]

    @strawberry.field(description="The page that states it.")
    def documentation(self) -> str | None:
        return self.source.source or None

    @strawberry.field(description="The Kubernetes version since which it holds.")
    def since(self) -> str | None:
        return self.source.since or None

    @strawberry.field(description="The Kubernetes version with which it ended.")
    def until(self) -> str | None:
        return self.source.until or None

    @strawberry.field(description="The Kubernetes version that changed it.")
    def changed_in(self) -> str | None:
        return self.source.changed_in or None

    @strawberry.field(description="A remark for the reader.")
    def remark(self, lang: Langs = ENGLISH) -> str | None:
        return preferred(self.source.remark, lang)

    @strawberry.field(description="The facts it was inferred from.")
    def premises(self) -> list[Fact]:
        index = self.view.fact_index
        return [self.view.window(Fact, index[each]) for each in self.source.premises if each in index]


def concept(view: Windows, index: int) -> "Concept":
    """Return the GraphQL object of a concept."""
    from api.graphql.concepts import Concept as Window  # noqa: PLC0415 - the two types know each other

    return view.window(Window, index)


@strawberry.enum(description="What facts are sorted by.")
class FactOrderField(Enum):
    """A sort key of facts."""

    DOCUMENT = strawberry.enum_value("document", description="As a reader meets them: by note, then line.")
    SUBJECT = strawberry.enum_value("subject", description="By the name of the concept they are about.")
    PREDICATE = strawberry.enum_value("predicate", description="By relation.")
    OBJECT = strawberry.enum_value("object", description="By the name or text of the object.")


@strawberry.enum(description="Upwards or downwards.")
class Direction(Enum):
    """The direction of an order."""

    ASC = strawberry.enum_value("asc", description="Smallest first.")
    DESC = strawberry.enum_value("desc", description="Largest first.")


@strawberry.input(description="One key to sort facts by.")
class FactOrder:
    """A key and its direction."""

    field: FactOrderField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(default=Direction.ASC, description="Which way.")


_KEYS: dict[FactOrderField, Callable[[FactNode, Snapshot], Any]] = {
    # facts without a note come last
    FactOrderField.DOCUMENT: lambda fact, _: (fact.note < 0, fact.note, fact.lines),
    FactOrderField.SUBJECT: lambda fact, graph: graph.concepts[fact.subject].name,
    FactOrderField.PREDICATE: lambda fact, _: fact.predicate,
    FactOrderField.OBJECT: lambda fact, graph: (
        graph.concepts[fact.object].name if fact.object >= 0 else fact.text
    ),
}


def _by(field: FactOrderField, graph: Snapshot) -> Callable[[int], Any]:
    key = _KEYS[field]
    return lambda index: key(graph.facts[index], graph)


def select(
    view: Windows, indices: Sequence[int], where: FactFilter | None, order: Sequence[FactOrder] | None
) -> Listing[Fact]:
    """Return a listing of the facts that pass `where`, sorted by the keys of `order`, the first one first."""
    graph = view.snapshot
    found: Sequence[int] = [i for i in indices if where.holds(graph.facts[i], graph)] if where else indices
    for key in reversed(order or ()):
        found = sorted(found, key=_by(key.field, graph), reverse=key.direction is Direction.DESC)
    return Listing("Fact", found, view.windows(Fact), Fact.key)

"""Concepts, and what connects them: facts in and out, neighbours, rules, citations."""

from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import UNSET

from api.graphql.attributes import attribute, texts
from api.graphql.facts import Fact, FactOrder, select
from api.graphql.filters import ConceptKind, FactFilter
from api.graphql.languages import Label
from api.graphql.relay import After, Before, Connection, First, Last, Listing, Node, page
from api.graphql.windows import Windows
from graph.snapshot import ConceptNode
from ontology.lang import Lang

if TYPE_CHECKING:
    from api.graphql.citations import Citation
    from api.graphql.machines import Machine
    from api.graphql.rules import Rule


@strawberry.enum(description="On which side of its facts a concept is looked at.")
class Side(Enum):
    """Where to look from a concept."""

    SUBJECT = strawberry.enum_value("subject", description="Facts about the concept.")
    OBJECT = strawberry.enum_value("object", description="Facts about others that name the concept.")
    BOTH = strawberry.enum_value("both", description="Both.")


@strawberry.type(description="A concept next to another, and the fact that connects them.")
class Neighbour:
    """One step in the graph."""

    concept: "Concept" = strawberry.field(description="The concept at the other end.")
    fact: Fact = strawberry.field(description="What connects them.")
    side: Side = strawberry.field(description="The side of the fact on which the first concept stands.")


@strawberry.type(description="A thing of Kubernetes: a kind, a field, a value, a component, an idea.")
class Concept(Node):
    """A window on one concept of the snapshot."""

    view: strawberry.Private[Windows]
    index: strawberry.Private[int]

    @cached_property
    def source(self) -> ConceptNode:
        """The concept as the snapshot has it."""
        return self.view.snapshot.concepts[self.index]

    def key(self) -> str:
        """Return the canonical name."""
        return self.source.name

    name: str = attribute("source.name", "The canonical name: `Pod`, `PodPhase.Pending`, `readinessProbe`.")
    iri: str = attribute("source.iri", "The IRI that names it in the graph.")
    kind: ConceptKind = attribute("source.kind", "What sort of thing it is.", as_=ConceptKind)

    label: str | None = texts(
        "source.labels", "The name to show, in the first of these languages that has one.", several=True
    )

    @strawberry.field(description="Every name in every language, the one to show first.")
    def labels(self) -> list[Label]:
        return [
            Label(lang=Lang(language), text=text, preferred=position == 0)
            for language, texts in self.source.labels.items()
            for position, text in enumerate(texts)
        ]

    definition: str | None = texts("source.definition", "What it is, in a sentence or two.")

    @strawberry.field(description="Where it stands in the API: `v1/Pod`, `Pod.spec.tolerations[]`.")
    def paths(self) -> list[str]:
        return list(self.source.paths)

    @strawberry.field(description="The page that defines it.")
    def documentation(self) -> str | None:
        return self.source.source or None

    @strawberry.field(description="The Kubernetes version that brought it, where one is recorded.")
    def since(self) -> str | None:
        return self.source.since or None

    @strawberry.field(description="The last Kubernetes version that has it, where one is recorded.")
    def until(self) -> str | None:
        return self.source.until or None

    @strawberry.field(description="The concepts one step more general.")
    def broader(self) -> list["Concept"]:
        return [self.view.window(Concept, index) for index in self.source.broader]

    @strawberry.field(description="The facts it takes part in.")
    def facts(
        self,
        predicate: str | None = UNSET,
        side: Side = Side.SUBJECT,
        where: FactFilter | None = UNSET,
        order_by: list[FactOrder] | None = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Connection[Fact]:
        indices = [i for i, _ in self.connections(side)]
        if predicate:
            facts = self.view.snapshot.facts
            indices = [i for i in indices if facts[i].predicate == predicate]
        return page(select(self.view, indices, where, order_by), first, after, last, before)

    @strawberry.field(description="The concepts next to it in the graph, with the facts that connect them.")
    def neighbours(
        self,
        predicate: str | None = UNSET,
        side: Side = Side.BOTH,
        where: FactFilter | None = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Connection[Neighbour]:
        graph = self.view.snapshot
        found = [
            (index, at)
            for index, at in self.connections(side)
            if graph.facts[index].object >= 0
            and (not predicate or predicate == graph.facts[index].predicate)
            and (not where or where.holds(graph.facts[index], graph))
        ]
        listing = Listing("Neighbour", found, self._neighbour, lambda each: f"{each.side}:{each.fact.key()}")
        return page(listing, first, after, last, before)

    def connections(self, side: Side) -> list[tuple[int, Side]]:
        """Return the facts on the given side, each with the side on which this concept stands."""
        graph = self.view.snapshot
        about = [(i, Side.SUBJECT) for i in graph.outgoing[self.index]] if side is not Side.OBJECT else []
        naming = [(i, Side.OBJECT) for i in graph.incoming[self.index]] if side is not Side.SUBJECT else []
        return about + naming

    def _neighbour(self, found: tuple[int, Side]) -> Neighbour:
        index, side = found
        fact = self.view.snapshot.facts[index]
        other = fact.object if side is Side.SUBJECT else fact.subject
        return Neighbour(
            concept=self.view.window(Concept, other), fact=self.view.window(Fact, index), side=side
        )

    @strawberry.field(description="The rules that decide it.")
    def rules(
        self, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
    ) -> Connection[Annotated["Rule", strawberry.lazy("api.graphql.rules")]]:
        from api.graphql.rules import rules_of  # noqa: PLC0415 - the two types know each other

        return page(rules_of(self.view, concept=self.index), first, after, last, before)

    @strawberry.field(description="The state machines that it has, or that it is a state of.")
    def machines(
        self, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
    ) -> Connection[Annotated["Machine", strawberry.lazy("api.graphql.machines")]]:
        from api.graphql.machines import machines_of  # noqa: PLC0415 - the two types know each other

        return page(machines_of(self.view, concept=self.source.name), first, after, last, before)

    @strawberry.field(description="The lines of the notes that say most about it.")
    def citations(self) -> list[Annotated["Citation", strawberry.lazy("api.graphql.citations")]]:
        from api.graphql.citations import cite_concept  # noqa: PLC0415 - the two types know each other

        return cite_concept(self.view, self.source.name)

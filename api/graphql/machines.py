"""State machines: transition tables that are listed, worded and drawn."""

import strawberry

from api.graphql.concepts import Concept
from api.graphql.languages import ENGLISH, Langs
from api.graphql.relay import Listing, Node
from api.graphql.windows import Windows
from ontology import iri, machine, machines


@strawberry.type(description="One row of a state machine: on an event, from one state to the next.")
class Transition:
    """A window on one row."""

    of: strawberry.Private[machine.Machine]
    source: strawberry.Private[machine.Transition]

    @strawberry.field(description="The state before.")
    def state(self) -> str:
        return self.source.state

    @strawberry.field(description="What happens.")
    def event(self) -> str:
        return self.source.event

    @strawberry.field(description="What must hold besides; null if nothing.")
    def guard(self) -> str | None:
        return self.source.guard or None

    @strawberry.field(description="The state after.")
    def next(self) -> str:
        return self.source.next

    @strawberry.field(description="What is done on the way; null if nothing.")
    def effect(self) -> str | None:
        return self.source.effect or None

    @strawberry.field(description="The row as a sentence.")
    def text(self, lang: Langs = ENGLISH) -> str | None:
        return machines.describe(self.of, self.source, lang[0]) if lang else None

    @strawberry.field(description="The page that says so.")
    def documentation(self) -> str | None:
        return self.source.source or None


@strawberry.type(description="A state of a machine.")
class State:
    """A window on one state."""

    view: strawberry.Private[Windows]
    of: strawberry.Private[machine.Machine]
    name: str = strawberry.field(description="Its name.")

    @strawberry.field(description="What it means.")
    def text(self, lang: Langs = ENGLISH) -> str | None:
        return machines.state_text(self.of, self.name, lang[0]) if lang else None

    @strawberry.field(description="Whether the machine starts here.")
    def initial(self) -> bool:
        return self.name == self.of.initial

    @strawberry.field(description="Whether nothing leaves it.")
    def final(self) -> bool:
        return self.name in self.of.final

    @strawberry.field(description="The concept that it is, where it has one of its own.")
    def concept(self) -> Concept | None:
        index = self.view.snapshot.concept_index.get(self.of.concept_of(self.name) or "")
        return None if index is None else self.view.window(Concept, index)


@strawberry.type(description="A state machine of Kubernetes, as a transition table.")
class Machine(Node):
    """A window on one machine of the ontology."""

    view: strawberry.Private[Windows]
    source: strawberry.Private[machine.Machine]

    def key(self) -> str:
        """Return the machine's name."""
        return self.source.name

    @strawberry.field(description="Its name, such as `podPhase`.")
    def name(self) -> str:
        return self.source.name

    @strawberry.field(description="The IRI that names it in the graph.")
    def iri(self) -> str:
        return iri.machine(self.source.name)

    @strawberry.field(description="What it is called.")
    def title(self, lang: Langs = ENGLISH) -> str | None:
        return machines.title(self.source, lang[0]) if lang else None

    @strawberry.field(description="What it is about.")
    def concept(self) -> Concept | None:
        index = self.view.snapshot.concept_index.get(self.source.concept)
        return None if index is None else self.view.window(Concept, index)

    @strawberry.field(description="Its states, the initial one first.")
    def states(self) -> list[State]:
        return [State(view=self.view, of=self.source, name=each) for each in self.source.states]

    @strawberry.field(description="Its rows; of one state and event the first whose guard holds is taken.")
    def transitions(self) -> list[Transition]:
        return [Transition(of=self.source, source=each) for each in self.source.transitions]

    @strawberry.field(description="The machine as a Mermaid `stateDiagram-v2`.")
    def mermaid(self) -> str:
        return machine.mermaid(self.source)

    @strawberry.field(description="The machine in the DOT language of Graphviz.")
    def dot(self) -> str:
        return machine.dot(self.source)

    @strawberry.field(description="The machine as SCXML.")
    def scxml(self) -> str:
        return machine.scxml(self.source)


def machines_of(view: Windows, *, concept: str | None = None) -> Listing[Machine]:
    """Return a listing of the machines about a concept or with it as a state, or of all, by name."""
    found = [
        each
        for _, each in sorted(machines.machines().items())
        if concept is None or concept == each.concept or concept in dict(each.concepts).values()
    ]
    return Listing("Machine", found, lambda source: Machine(view=view, source=source), Machine.key)

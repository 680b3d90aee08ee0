"""Rules: the smallest parts of a system that have a name, a source and concepts that they decide."""

from functools import cached_property

import strawberry

from api.graphql.citations import Citation, cite_step
from api.graphql.concepts import Concept
from api.graphql.languages import ENGLISH, Langs
from api.graphql.relay import Listing, Node
from api.graphql.windows import Windows
from graph.snapshot import RuleNode
from ontology import messages


@strawberry.type(description="How a rule words what it concludes.")
class Wording:
    """One wording of a rule in one language."""

    use: str = strawberry.field(
        description="When it is said: `holds`, `fails`, `unknown`, `nearMiss`, `change`."
    )
    text: str = strawberry.field(description="The sentence; `{names}` are filled with facts.")


@strawberry.type(description="One rule of Kubernetes that kubelore runs.")
class Rule(Node):
    """A window on one rule of the snapshot."""

    view: strawberry.Private[Windows]
    index: strawberry.Private[int]

    @cached_property
    def source(self) -> RuleNode:
        """The rule as the snapshot has it."""
        return self.view.snapshot.rules[self.index]

    def key(self) -> str:
        """Return the rule's name."""
        return self.source.name

    @strawberry.field(description="Its name: system, dot, rule (`scheduling.taints`).")
    def name(self) -> str:
        return self.source.name

    @strawberry.field(description="The IRI that names it in the graph.")
    def iri(self) -> str:
        return self.source.iri

    @strawberry.field(description="The name of the system it belongs to.")
    def system(self) -> str:
        return self.source.name.partition(".")[0]

    @strawberry.field(description="The concepts that it decides.")
    def decides(self) -> list[Concept]:
        return [self.view.window(Concept, index) for index in self.source.decides]

    @strawberry.field(description="The Kubernetes version that brought it, where one is recorded.")
    def since(self) -> str | None:
        return self.source.since or None

    @strawberry.field(description="The last Kubernetes version that has it, where one is recorded.")
    def until(self) -> str | None:
        return self.source.until or None

    @strawberry.field(description="The page that states it.")
    def documentation(self) -> str | None:
        return self.source.source or None

    @strawberry.field(description="How it words what it concludes, in the first language that has words.")
    def wordings(self, lang: Langs = ENGLISH) -> list[Wording]:
        found = (messages.wordings(each).get(self.source.name) for each in lang)
        return [Wording(use=use, text=text) for use, text in next(filter(None, found), {}).items()]

    @strawberry.field(description="The lines of the notes that state it.")
    def citations(self) -> list[Citation]:
        return cite_step(self.view, self.source.name)


def rules_of(view: Windows, *, system: str | None = None, concept: int | None = None) -> Listing[Rule]:
    """Return a listing of the rules of a system, of those that decide a concept, or of all."""
    found = [
        index
        for index, rule in enumerate(view.snapshot.rules)
        if (not system or rule.name.partition(".")[0] == system)
        and (concept is None or concept in rule.decides)
    ]
    return Listing("Rule", found, view.windows(Rule), Rule.key)

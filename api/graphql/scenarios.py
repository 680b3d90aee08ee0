"""Systems and their questions; scenarios evaluated, with the steps and the note lines that state them."""

from collections.abc import Sequence
from enum import Enum
from typing import Any

import msgspec
import strawberry
from strawberry import UNSET
from strawberry.scalars import JSON

from api.graphql.citations import Citation, cite_step
from api.graphql.concepts import Concept
from api.graphql.filters import values
from api.graphql.languages import ENGLISH, Langs
from api.graphql.relay import After, Before, Connection, First, Last, Listing, Node, page
from api.graphql.rules import Rule, rules_of
from api.graphql.windows import Windows
from api.problems import problem
from ontology import evaluators, messages, verdict
from ontology.errors import TooLargeError


@strawberry.type(description="A question that a system answers.")
class Question:
    """One question of one system."""

    system: strawberry.Private[str]
    name: str = strawberry.field(description="Its name, the one member of a scenario's `question`.")

    @strawberry.field(description="The JSON Schema of that member's value.")
    def schema(self) -> JSON:
        asked = evaluators.evaluator(self.system, self.name).question
        return JSON(msgspec.json.schema(asked))

    @strawberry.field(description="What it asks.")
    def description(self) -> str | None:
        return evaluators.evaluator(self.system, self.name).question.__doc__


@strawberry.type(description="One family of executable semantics, such as `scheduling` or `rbac`.")
class System(Node):
    """A window on one system of the table of evaluators."""

    view: strawberry.Private[Windows]
    name: str = strawberry.field(description="Its name, a scenario's `system`.")

    def key(self) -> str:
        """Return the system's name."""
        return self.name

    @strawberry.field(description="Whether it agrees with every verdict recorded from Kubernetes.")
    def complete(self) -> bool:
        return self.name in evaluators.COMPLETE

    @strawberry.field(description="What it can be asked.")
    def questions(self) -> list[Question]:
        return [Question(system=self.name, name=each) for each in evaluators.questions(self.name)]

    @strawberry.field(description="The rules that it applies.")
    def rules(
        self, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
    ) -> Connection[Rule]:
        return page(rules_of(self.view, system=self.name), first, after, last, before)


def systems(view: Windows) -> Listing[System]:
    """Return a listing of all systems, sorted by name."""
    return Listing(
        "System", evaluators.systems(), lambda name: System(view=view, name=name), lambda each: each.name
    )


@strawberry.enum(description="Yes, no, or not decidable from what was given.")
class Outcome(Enum):
    """The outcome of a verdict."""

    YES = strawberry.enum_value("yes", description="What the question asks about holds.")
    NO = strawberry.enum_value("no", description="It does not hold: a result, not an error.")
    UNKNOWN = strawberry.enum_value("unknown", description="It cannot be told from these objects.")


@strawberry.enum(description="What a step is for.")
class Role(Enum):
    """The role of a step."""

    APPLIED = strawberry.enum_value("applied", description="A rule that was applied.")
    NEAR_MISS = strawberry.enum_value("nearMiss", description="A rule that almost applied.")
    CHANGE = strawberry.enum_value("change", description="A change that would give another verdict.")


@strawberry.type(description="One rule applied to the objects of a scenario.")
class Step:
    """A window on one step."""

    view: strawberry.Private[Windows]
    source: strawberry.Private[verdict.Step]

    @strawberry.field(description="The rule; null where the graph does not know it.")
    def rule(self) -> Rule | None:
        index = self.view.snapshot.rule_index.get(self.source.rule)
        return None if index is None else self.view.window(Rule, index)

    @strawberry.field(description="The name of the rule.")
    def rule_name(self) -> str:
        return self.source.rule

    @strawberry.field(description="The step as a sentence.")
    def text(self, lang: Langs = ENGLISH) -> str | None:
        return messages.render(self.source, lang[0]) if lang else None

    @strawberry.field(description="Whether the rule holds; null where it cannot be told.")
    def holds(self) -> bool | None:
        return self.source.holds

    @strawberry.field(description="What the step is for.")
    def role(self) -> Role:
        return Role(self.source.role.value)

    @strawberry.field(description="The facts that the rule saw, by name.")
    def facts(self) -> JSON:
        return plain(self.source.facts)

    @strawberry.field(description="The concepts that this very step is about.")
    def concepts(self) -> list[Concept]:
        index = self.view.snapshot.concept_index
        found = (index.get(name) for name in self.source.concepts)
        return [self.view.window(Concept, each) for each in found if each is not None]

    @strawberry.field(description="The manifest fragment of the change, where the step proposes one.")
    def change(self) -> JSON | None:
        return None if self.source.change is None else plain(self.source.change)

    @strawberry.field(description="The lines of the notes that state the rule.")
    def citations(self) -> list[Citation]:
        return cite_step(self.view, self.source.rule, self.source.concepts)


@strawberry.type(description="What an evaluation concluded, and why.")
class Verdict:
    """A window on one verdict."""

    view: strawberry.Private[Windows]
    source: strawberry.Private[verdict.Verdict]

    @strawberry.field(description="The answer, in the shape of the system's page.")
    def answer(self) -> JSON:
        return plain(self.source.answer)

    @strawberry.field(description="The answer in one word.")
    def outcome(self) -> Outcome:
        return Outcome(self.source.outcome.value)

    @strawberry.field(description="The rules applied, in that order; then near misses; then changes.")
    def steps(self, role: list[Role] | None = UNSET) -> list[Step]:
        wanted = values(role or Role)
        return [Step(view=self.view, source=each) for each in self.source.steps if each.role.value in wanted]

    @strawberry.field(description="The lines of the notes that state what was applied, each once.")
    def citations(self) -> list[Citation]:
        found = [
            each for step in self.source.steps for each in cite_step(self.view, step.rule, step.concepts)
        ]
        return list({(each.source.note, each.source.start): each for each in found}.values())


@strawberry.type(description="Why one scenario of several has no verdict.")
class Refusal:
    """One error of `evaluateAll`."""

    code: str = strawberry.field(description="The error code, the same at every edge.")
    message: str = strawberry.field(description="What is wrong.")
    path: str | None = strawberry.field(description="Where in the scenario.")


@strawberry.type(description="The result of one scenario of several: a verdict, or why there is none.")
class Evaluation:
    """One item of `evaluateAll`."""

    verdict: Verdict | None = strawberry.field(description="The verdict.")
    error: Refusal | None = strawberry.field(description="What was wrong with the scenario.")


def evaluate(view: Windows, raw: Any) -> Verdict:
    """Return the verdict on a plain scenario.

    Raises:
        OntologyError: not a scenario, or one that cannot be answered.
    """
    return Verdict(view=view, source=evaluators.answer(raw, budget=view.budget))


def attempt(view: Windows, raw: Any) -> Evaluation:
    """Return the verdict on a plain scenario, or what is wrong with it."""
    try:
        return Evaluation(verdict=evaluate(view, raw), error=None)
    except Exception as error:  # noqa: BLE001 - one wrong scenario does not hide the others' verdicts
        found = problem(error)
        refusal = Refusal(code=found.code, message=found.detail, path=found.path or None)
        return Evaluation(verdict=None, error=refusal)


def attempt_all(view: Windows, raws: Sequence[Any], *, most: int) -> list[Evaluation]:
    """Return one result a scenario, in order.

    Raises:
        TooLargeError: more than `most` scenarios.
    """
    if len(raws) > most:
        raise TooLargeError(f"{len(raws)} scenarios, at most {most} are answered at once", path="scenarios")
    return [attempt(view, raw) for raw in raws]


def plain(value: Any) -> JSON:
    """Return structs, tuples and enums as plain JSON data."""
    return JSON(msgspec.to_builtins(value, str_keys=True))

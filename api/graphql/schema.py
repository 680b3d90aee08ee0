"""The schema: what can be asked, and the names by which it is asked."""

from typing import Annotated

import strawberry
from strawberry import UNSET
from strawberry.scalars import JSON

from api.graphql import findings, paths, rules, scenarios, search, sweeps
from api.graphql.concepts import Concept
from api.graphql.facts import Fact, FactOrder, select
from api.graphql.filters import ConceptFilter, FactFilter
from api.graphql.findings import Finding
from api.graphql.flashcards import Flashcard, cards_of
from api.graphql.machines import Machine, machines_of
from api.graphql.mutations import Mutation
from api.graphql.notes import Note
from api.graphql.paths import Path
from api.graphql.relay import After, Before, Connection, First, Last, Listing, Node, page, transparent
from api.graphql.rules import Rule
from api.graphql.scenarios import Evaluation, System, Verdict
from api.graphql.search import Hit, HitKind
from api.graphql.statistics import Statistics, statistics
from api.graphql.subscriptions import Subscription
from api.graphql.sweeps import Comparison, Sweep, Vary
from api.graphql.windows import Info, Windows, not_found
from graph.flashcards import Kind
from ontology import evaluators, iri, machines
from ontology.lang import Lang

MAX_SCENARIOS = 100

Named = Annotated[
    str,
    strawberry.argument(
        description="A canonical name (`Pod`, `PodPhase.Pending`), a CURIE (`k8s:Pod`), an IRI, an `id`, or "
        "a label that only one concept has."
    ),
]
MaybeNamed = Annotated[str | None, strawberry.argument(description="A concept, named as in `concept(id:)`.")]


@strawberry.type(description="Ask the graph made of the notes, and the rules of Kubernetes behind it.")
class Query:
    """The root: each field is one expression over the windows of the request."""

    @strawberry.field(description="One concept. Unknown names are an error with the nearest ones.")
    def concept(self, info: Info, id: Named) -> Concept | None:  # noqa: A002 - a fixed name of the API
        return info.context.window(Concept, concept_index(info.context, id))

    @strawberry.field(description="Concepts, sorted by canonical name.")
    def concepts(
        self,
        info: Info,
        where: ConceptFilter | None = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Connection[Concept]:
        view = info.context
        concepts = view.snapshot.concepts
        # none is looked at that is not asked for
        found = [i for i, each in enumerate(concepts) if where.holds(each)] if where else range(len(concepts))
        listing = Listing("Concept", found, view.windows(Concept), Concept.key)
        return page(listing, first, after, last, before)

    @strawberry.field(description="Full-text search in both languages at once, best first.")
    def search(
        self,
        info: Info,
        text: str,
        lang: Annotated[
            list[Lang] | None, strawberry.argument(description="Only passages in these languages.")
        ] = UNSET,
        kind: Annotated[
            list[HitKind] | None, strawberry.argument(description="Only these sorts of things.")
        ] = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Connection[Hit]:
        return page(search.hits(info.context, text, lang, kind), first, after, last, before)

    @strawberry.field(description="Facts, narrowed by what is given.")
    def facts(
        self,
        info: Info,
        subject: MaybeNamed = UNSET,
        predicate: str | None = UNSET,
        object: MaybeNamed = UNSET,  # noqa: A002 - a fixed name of the API
        where: FactFilter | None = UNSET,
        order_by: list[FactOrder] | None = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Connection[Fact]:
        indices = facts_of(info.context, subject, predicate, object)
        return page(select(info.context, indices, where, order_by), first, after, last, before)

    @strawberry.field(description="One note. Unknown paths are an error with the nearest ones.")
    def note(
        self,
        info: Info,
        path: Annotated[
            str,
            strawberry.argument(
                description="Its path, an end of it that only one note has (`k8s.md`), or its `id`."
            ),
        ],
    ) -> Note | None:
        return info.context.window(Note, note_index(info.context, own_name(path, Note)))

    @strawberry.field(description="Notes, sorted by path.")
    def notes(
        self,
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Connection[Note]:
        view = info.context
        listing = Listing("Note", range(len(view.snapshot.notes)), view.windows(Note), Note.key)
        return page(listing, first, after, last, before)

    @strawberry.field(description="What is wrong, outdated or unreadable in the notes.")
    def findings(
        self,
        info: Info,
        document: Annotated[str | None, strawberry.argument(description="The path of one note.")] = UNSET,
        kind: str | None = UNSET,
        severity: str | None = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Connection[Finding]:
        # a note that is not there has no findings
        note = info.context.snapshot.note_index.get(document, -1) if document else None
        listing = findings.findings_of(info.context, note=note, kind=kind or None, severity=severity or None)
        return page(listing, first, after, last, before)

    @strawberry.field(description="One rule. Unknown names are an error with the nearest ones.")
    def rule(
        self,
        info: Info,
        id: Annotated[  # noqa: A002 - a fixed name of the API
            str, strawberry.argument(description="Its name (`scheduling.taints`), CURIE, IRI or `id`.")
        ],
    ) -> Rule | None:
        index = info.context.snapshot.rule_index
        found = index.get(iri.expand(own_name(id, Rule)).removeprefix(iri.RULES).removeprefix(iri.CONCEPTS))
        if found is None:
            raise not_found("rule", id, index)
        return info.context.window(Rule, found)

    @strawberry.field(description="Rules, sorted by name.")
    def rules(
        self,
        info: Info,
        system: str | None = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Connection[Rule]:
        return page(rules.rules_of(info.context, system=system), first, after, last, before)

    @strawberry.field(description="One state machine. Unknown names are an error with the nearest ones.")
    def machine(
        self,
        info: Info,
        id: Annotated[  # noqa: A002 - a fixed name of the API
            str, strawberry.argument(description="Its name (`podPhase`), CURIE, IRI or `id`.")
        ],
    ) -> Machine | None:
        name = iri.expand(own_name(id, Machine)).removeprefix(iri.MACHINES).removeprefix(iri.CONCEPTS)
        return Machine(view=info.context, source=machines.machine(name))

    @strawberry.field(description="State machines, sorted by name.")
    def machines(
        self,
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Connection[Machine]:
        return page(machines_of(info.context), first, after, last, before)

    @strawberry.field(description="The systems that answer scenarios, with the questions that each is asked.")
    def systems(
        self,
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Connection[System]:
        return page(scenarios.systems(info.context), first, after, last, before)

    @strawberry.field(description="One system. Unknown names are an error with the nearest ones.")
    def system(self, info: Info, name: str) -> System | None:
        if name not in evaluators.systems():
            raise not_found("system", name, evaluators.systems())
        return System(view=info.context, name=name)

    @strawberry.field(description="A shortest way between two concepts; null if there is none that short.")
    def path(
        self,
        info: Info,
        from_: Annotated[str, strawberry.argument(name="from", description="A concept.")],
        to: Annotated[str, strawberry.argument(description="Another.")],
        max_length: Annotated[
            int, strawberry.argument(description=f"How many facts at most, up to {paths.LONGEST}.")
        ] = 6,
        where: Annotated[
            FactFilter | None, strawberry.argument(description="Walk only facts that pass.")
        ] = UNSET,
    ) -> Path | None:
        view = info.context
        ends = concept_index(view, from_), concept_index(view, to)
        return paths.shortest(view, *ends, max_length, where)

    @strawberry.field(
        description="The verdict on one scenario, with its steps and the note lines behind them."
    )
    def evaluate(
        self,
        info: Info,
        scenario: Annotated[
            JSON,
            strawberry.argument(description="`system`, `objects` and `question`, as in a scenario file."),
        ],
    ) -> Verdict | None:
        return scenarios.evaluate(info.context, scenario)

    @strawberry.field(
        description="The verdicts on many scenarios; one that is wrong does not hide the others."
    )
    def evaluate_all(
        self,
        info: Info,
        scenarios_: Annotated[
            list[JSON], strawberry.argument(name="scenarios", description=f"At most {MAX_SCENARIOS}.")
        ],
    ) -> list[Evaluation]:
        return scenarios.attempt_all(info.context, scenarios_, most=MAX_SCENARIOS)

    @strawberry.field(
        description="The verdicts on a scenario as places of it take values: a row for each combination."
    )
    def sweep(
        self,
        info: Info,
        scenario: Annotated[JSON, strawberry.argument(description="As in `evaluate`.")],
        vary: Annotated[
            list[Vary], strawberry.argument(description=f"What varies; at most {MAX_SCENARIOS} combinations.")
        ],
    ) -> Sweep | None:
        return sweeps.sweep(info.context, scenario, vary, most=MAX_SCENARIOS)

    @strawberry.field(description="Two scenarios side by side: where their answers and rules differ.")
    def compare(
        self,
        info: Info,
        first: Annotated[JSON, strawberry.argument(description="One scenario, as in `evaluate`.")],
        second: Annotated[JSON, strawberry.argument(description="Another.")],
    ) -> Comparison:
        return sweeps.compare(info.context, first, second)

    @strawberry.field(description="What to remember of the notes, in their order.")
    def flashcards(
        self,
        info: Info,
        kind: Annotated[
            list[Kind] | None, strawberry.argument(description="Only cards of these kinds.")
        ] = UNSET,
        concept: MaybeNamed = UNSET,
        document: Annotated[str | None, strawberry.argument(description="The path of one note.")] = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Connection[Flashcard]:
        view = info.context
        about = view.snapshot.concepts[concept_index(view, concept)].name if concept else None
        return page(cards_of(view, kind, about, document), first, after, last, before)

    @strawberry.field(description="What is in the graph.")
    def statistics(self, info: Info) -> Statistics:
        return statistics(info.context.snapshot)

    @strawberry.field(description="Anything by its `id`; null if it is not there (any more).")
    def node(self, info: Info, id: strawberry.ID) -> Node | None:  # noqa: A002 - Relay's name
        return fetch(info.context, id)

    @strawberry.field(description="Many things by their `id`s, in the same order.")
    def nodes(self, info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
        return [fetch(info.context, each) for each in ids]


def own_name(text: str, type_: type[Node]) -> str:
    """Return the key inside an `id` of that type; any other text as it is."""
    found = transparent(text)
    return found[1] if found is not None and found[0] == type_.__name__ else text


def concept_index(view: Windows, text: str) -> int:
    """Return the index of a concept by `id`, canonical name, CURIE, IRI or label.

    Raises:
        UnknownConceptError: nothing, or several concepts, answer to it.
    """
    known = view.snapshot.concept_index.get(text)
    return view.concept(own_name(text, Concept)) if known is None else known


def note_index(view: Windows, path: str) -> int:
    """Return the index of a note by its path, or by an end of it that only one note has (`k8s.md`).

    Raises:
        RefusedError: no note, or several, by that path; says the nearest.
    """
    index = view.snapshot.note_index
    if path in index:
        return index[path]
    ending = [found for known, found in index.items() if known.endswith(f"/{path}")]
    if len(ending) == 1:
        return ending[0]
    raise not_found("note", path, index)


def facts_of(view: Windows, subject: str | None, predicate: str | None, target: str | None) -> list[int]:
    """Return the facts with these parts, in the order of the snapshot, starting from the rarest index."""
    graph = view.snapshot
    about = concept_index(view, subject) if subject else None
    naming = concept_index(view, target) if target else None
    if about is not None:
        start = graph.outgoing[about]
    elif naming is not None:
        start = graph.incoming[naming]
    else:
        start = tuple(range(len(graph.facts)))
    return [
        index
        for index in start
        if naming in (None, graph.facts[index].object)
        and (not predicate or graph.facts[index].predicate == predicate)
    ]


def fetch(view: Windows, id_: str) -> Node | None:
    """Return what an opaque id names, None if it names nothing."""
    sort, key = transparent(id_) or ("", "")
    graph = view.snapshot
    indices = {
        "Concept": (Concept, graph.concept_index),
        "Fact": (Fact, view.fact_index),
        "Note": (Note, graph.note_index),
        "Finding": (Finding, view.finding_index),
        "Rule": (Rule, graph.rule_index),
    }
    if sort == "System" and key in evaluators.systems():
        return System(view=view, name=key)
    if sort == "Machine" and key in machines.machines():
        return Machine(view=view, source=machines.machine(key))
    if sort == "Flashcard":
        return next((Flashcard(view=view, source=card) for card in view.flashcards if card.id == key), None)
    if sort not in indices:
        return None
    type_, index = indices[sort]
    return view.window(type_, index[key]) if key in index else None


SCHEMA = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Concept, Fact, Note, Finding, Rule, System, Machine, Flashcard],
)

# The schema as text, checked in as schema.graphql: the contract with clients.
SDL = SCHEMA.as_str() + "\n"

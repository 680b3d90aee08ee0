"""The machines as they are published: Turtle for the vocabulary, and pages with a picture and the table."""

from collections.abc import Iterator

from ontology import iri
from ontology import machine as drawing
from ontology.lang import Lang
from ontology.machine import Machine, Transition
from ontology.machines import describe, machines, state_text, title

_PREFIXES = ("kl", "rdfs", "dcterms")
_HEADER = "# Made from ontology/machines by `make machines`; edit the tables there.\n"
_INTRO = """\
# State machines

States, events, guards and effects as data (`ontology/machines`). `make machines` writes this page and
`ontology/vocabulary/machines.ttl`; a test holds both to the tables. Each row names the page it comes from.
"""
_STATES = "| state | means | 뜻 |\n|---|---|---|\n"
_ROWS = (
    "| state | event | guard | next | effect | in words | 설명 | source |\n"
    "|---|---|---|---|---|---|---|---|\n"
)


def turtle() -> str:
    """Return all machines as Turtle: states, transitions, their words, concepts and sources."""
    prefixes = "".join(f"@prefix {name}: <{iri.PREFIXES[name]}> .\n" for name in _PREFIXES)
    return _HEADER + prefixes + "".join(block for each in machines().values() for block in _blocks(each))


def page() -> str:
    """Return the page of the documentation: each machine with its picture and its table."""
    return _INTRO + "".join(_chapter(each) for each in machines().values())


def state_iri(machine: Machine, state: str) -> str:
    """Return the IRI of a state."""
    return f"{iri.machine(machine.name)}#{state}"


def transition_iri(machine: Machine, transition: Transition) -> str:
    """Return the IRI of a transition, which its state, event and guard tell from all others."""
    parts = (transition.state, transition.event, transition.guard)
    return state_iri(machine, ".".join(part for part in parts if part))


def _blocks(machine: Machine) -> Iterator[str]:
    rows = machine.transitions
    yield _block(
        iri.machine(machine.name),
        "kl:Machine",
        _label(title(machine, Lang.EN), title(machine, Lang.KO)),
        f"kl:about <{iri.concept(machine.concept)}>",
        f"kl:initialState <{state_iri(machine, machine.initial)}>",
        "kl:state " + ", ".join(f"<{state_iri(machine, state)}>" for state in machine.states),
        "kl:transition " + ", ".join(f"<{transition_iri(machine, each)}>" for each in rows),
    )
    for state in machine.states:
        concept = machine.concept_of(state)
        yield _block(
            state_iri(machine, state),
            "kl:State",
            f'rdfs:label "{state}"@en',
            _comment(state_text(machine, state, Lang.EN), state_text(machine, state, Lang.KO)),
            *((f"kl:represents <{iri.concept(concept)}>",) if concept else ()),
        )
    for each in rows:
        yield _block(
            transition_iri(machine, each),
            "kl:Transition",
            _comment(describe(machine, each, Lang.EN), describe(machine, each, Lang.KO)),
            f"kl:from <{state_iri(machine, each.state)}>",
            f'kl:event "{each.event}"',
            *((f'kl:guard "{each.guard}"',) if each.guard else ()),
            f"kl:to <{state_iri(machine, each.next)}>",
            *((f'kl:effect "{each.effect}"',) if each.effect else ()),
            f"dcterms:source <{each.source}>",
        )


def _block(subject: str, class_: str, *properties: str) -> str:
    return f"\n<{subject}> a {class_} ;\n" + "".join(f"  {each} ;\n" for each in properties)[:-3] + " .\n"


def _label(english: str, korean: str) -> str:
    return f'rdfs:label "{english}"@en, "{korean}"@ko'


def _comment(english: str, korean: str) -> str:
    return f'rdfs:comment "{english}"@en, "{korean}"@ko'


def _chapter(machine: Machine) -> str:
    heading = f"\n## {machine.name}: {title(machine, Lang.EN)} ({title(machine, Lang.KO)})\n"
    picture = f"\n```mermaid\n{drawing.mermaid(machine)}```\n"
    states = "".join(
        f"| {state} | {state_text(machine, state, Lang.EN)} | {state_text(machine, state, Lang.KO)} |\n"
        for state in machine.states
    )
    rows = "".join(
        f"| {each.state} | {each.event} | {each.guard} | {each.next} | {each.effect}"
        f" | {describe(machine, each, Lang.EN)} | {describe(machine, each, Lang.KO)}"
        f" | [source]({each.source}) |\n"
        for each in machine.transitions
    )
    return f"{heading}{picture}\n{_STATES}{states}\n{_ROWS}{rows}"

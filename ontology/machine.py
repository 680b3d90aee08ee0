"""State machines as data: a transition table that runs, lists and draws itself.

Names of states, events, guards and effects are identifiers; their wording is data in both languages,
see `ontology.machines`. Drawings: Mermaid `stateDiagram-v2`, DOT, SCXML (W3C).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from ontology.errors import OntologyError


class NoTransitionError(OntologyError):
    """No row of the table answers to this event in this state."""

    code = "INVALID_QUESTION"

    def __init__(self, machine: str, state: str, event: str) -> None:
        self.machine = machine
        self.state = state
        self.event = event
        super().__init__(f"machine `{machine}` has no transition for `{event}` in state `{state}`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row: in `state`, on `event`, if `guard` holds, go to `next` and do `effect`.

    An empty guard always holds; an empty effect does nothing. `source` is the page that says so.
    """

    state: str
    event: str
    next: str
    guard: str = ""
    effect: str = ""
    source: str


def row(  # noqa: PLR0913, PLR0917 - the columns of a table, in its order
    state: str, event: str, guard: str, next_: str, effect: str, source: str
) -> Transition:
    """Return one row of a table as it reads: state, event, guard, next state, effect, source."""
    return Transition(state=state, event=event, guard=guard, next=next_, effect=effect, source=source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A transition table with its initial state; `concept` is what the machine is about.

    `concepts` names the concept of each state that has one. Rows of one state and event are tried in
    order, so a row without a guard after guarded ones means "otherwise".
    """

    name: str
    concept: str
    initial: str
    transitions: tuple[Transition, ...]
    concepts: tuple[tuple[str, str], ...] = ()

    @property
    def states(self) -> tuple[str, ...]:
        """All states, the initial one first, then in the order of the table."""
        named = (state for each in self.transitions for state in (each.state, each.next))
        return tuple(dict.fromkeys((self.initial, *named)))

    @property
    def final(self) -> tuple[str, ...]:
        """The states that nothing leaves."""
        left = {each.state for each in self.transitions if each.next != each.state}
        return tuple(state for state in self.states if state not in left)

    @property
    def events(self) -> tuple[str, ...]:
        """All events, in the order of the table."""
        return tuple(dict.fromkeys(each.event for each in self.transitions))

    def concept_of(self, state: str) -> str | None:
        """Return the concept of a state, None for one that has none of its own."""
        return dict(self.concepts).get(state)


def step(
    machine: Machine, state: str, event: str, holds: Callable[[str], bool] = lambda _: False
) -> Transition:
    """Return the row that an event takes; `holds` answers for guards.

    Raises:
        NoTransitionError: no row for this event in this state whose guard holds.
    """
    for each in machine.transitions:
        if each.state == state and each.event == event and (not each.guard or holds(each.guard)):
            return each
    raise NoTransitionError(machine.name, state, event)


def run(machine: Machine, events: Iterable[tuple[str, frozenset[str]]]) -> Iterator[Transition]:
    """Yield the rows taken from the initial state on, for events each with the guards that hold.

    Raises:
        NoTransitionError: an event that the table does not answer to.
    """
    state = machine.initial
    for event, guards in events:
        each = step(machine, state, event, guards.__contains__)
        yield each
        state = each.next


def reachable(machine: Machine) -> frozenset[str]:
    """Return the states that some row of events leads to."""
    found, following = set(), {machine.initial}
    while following:
        found |= following
        following = {each.next for each in machine.transitions if each.state in found} - found
    return frozenset(found)


def mermaid(machine: Machine) -> str:
    """Return the machine as a Mermaid `stateDiagram-v2`."""
    rows = [f"  {each.state} --> {each.next}: {_label(each)}" for each in machine.transitions]
    ends = [f"  {state} --> [*]" for state in machine.final]
    return "\n".join(["stateDiagram-v2", f"  [*] --> {machine.initial}", *rows, *ends]) + "\n"


def dot(machine: Machine) -> str:
    """Return the machine in the DOT language of Graphviz."""
    shapes = [
        f'  "{state}" [shape={"doublecircle" if state in machine.final else "box"}];'
        for state in machine.states
    ]
    rows = [f'  "{each.state}" -> "{each.next}" [label="{_label(each)}"];' for each in machine.transitions]
    start = ['  "" [shape=point];', f'  "" -> "{machine.initial}";']
    return "\n".join([f'digraph "{machine.name}" {{', "  rankdir=LR;", *shapes, *start, *rows, "}"]) + "\n"


def scxml(machine: Machine) -> str:
    """Return the machine as SCXML that runs as it is.

    A guard is the `cond` of a transition and a variable that whoever runs the machine sets (false until
    then); an effect is a `log` in it.
    """
    head = (
        '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"'
        f" name={quoteattr(machine.name)} initial={quoteattr(machine.initial)}>"
    )
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', head]
    guards = dict.fromkeys(each.guard for each in machine.transitions if each.guard)
    if guards:
        data = (f'    <data id={quoteattr(guard)} expr="false"/>' for guard in guards)
        lines.extend(["  <datamodel>", *data, "  </datamodel>"])
    for state in machine.states:
        rows = [each for each in machine.transitions if each.state == state]
        tag = "final" if state in machine.final and not rows else "state"
        if not rows:
            lines.append(f"  <{tag} id={quoteattr(state)}/>")
            continue
        lines.append(f"  <{tag} id={quoteattr(state)}>")
        lines.extend(_scxml_row(each) for each in rows)
        lines.append(f"  </{tag}>")
    return "\n".join([*lines, "</scxml>"]) + "\n"


def _scxml_row(each: Transition) -> str:
    cond = f" cond={quoteattr(each.guard)}" if each.guard else ""
    head = f"    <transition event={quoteattr(each.event)}{cond} target={quoteattr(each.next)}"
    if not each.effect:
        return head + "/>"
    expression = quoteattr(f"'{each.effect}'")
    return f'{head}>\n      <log label="effect" expr={expression}/>\n    </transition>'


def _label(each: Transition) -> str:
    guard = f" [{each.guard}]" if each.guard else ""
    effect = f" / {each.effect}" if each.effect else ""
    return each.event + guard + effect

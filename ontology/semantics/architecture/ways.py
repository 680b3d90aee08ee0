"""The way of an object through the components, hop by hop, and where it stalls when some are down.

Source: kubernetes.io/docs/concepts/overview/components and .../concepts/architecture (v1.36).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ontology.cluster.meta import field
from ontology.errors import InvalidObjectError, InvalidQuestionError, did_you_mean
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.architecture.components import down as fallen
from ontology.semantics.architecture.components import table
from ontology.semantics.architecture.connections import between
from ontology.semantics.architecture.duties import Duty, duties, made_by, step
from ontology.semantics.architecture.traits import traits
from ontology.verdict import Outcome, Role, Step, Verdict

_PATH = "question.path"
# What runs already does not wait for anything new.
_LIVING = ("run", "traffic", "restart", "runStatic")
_ENTRY = ("request", "admit", "store")


class Path(Question, frozen=True):
    """Asks for the way of `create`, a kind, with the components of `down` out of service.

    What the object says (a nodeName, volumes, a Service's type) is read from the one object of that kind.
    """

    create: str
    down: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Hop:
    """One duty done for an object of a kind, on the branch `after` the hops it rests on."""

    duty: Duty
    kind: str
    after: tuple[int, ...]


def evaluate(scenario: Scenario, asked: Path) -> Verdict:
    """Answer `{"kind", "end", "arrives", "hops", "stalled", "goesOn"}`.

    A hop is `{"step", "kind", "from", "to", "by", "port", "done"}`; `stalled` lists the hops that wait for a
    component, with `because`; `goesOn` what runs already and lives on. Outcome: yes when
    the object arrives at its `end`.

    Raises:
        InvalidQuestionError: a kind that has no way here, or an unknown component.
        InvalidObjectError: several objects of the kind.
    """
    ways = table("ways")
    kind = _kind(asked.create, ways)
    out = fallen(asked.down, f"{_PATH}.down")
    known = traits(kind, _object(scenario, kind))
    hops = tuple(way(kind, known))
    done, stalled = _walk(hops, out)
    arrives = len(done) == len(hops)
    living = [duties()[name] for name in _LIVING]
    answer = {
        "kind": kind,
        "end": _end(kind, ways),
        "arrives": arrives,
        "hops": [_plain(hop, done=index in done) for index, hop in enumerate(hops)],
        "stalled": [
            {**_plain(hops[index], done=False), "because": list(hops[index].duty.missing(out))}
            for index in stalled
        ],
        "goesOn": [each.name for each in living if not each.missing(out)],
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(arrives),
        explain=lambda: tuple(_steps(kind, hops, done, stalled, out)),
    )


def _kind(name: str, ways: Mapping[str, Any]) -> str:
    by_name = {each.lower(): each for each in ways}
    found = by_name.get(name.lower())
    if found is None:
        nearest = [by_name[each] for each in get_close_matches(name.lower(), by_name, n=2, cutoff=0.6)]
        raise InvalidQuestionError(
            f"no way is known for `{name}`" + did_you_mean(nearest), path=f"{_PATH}.create"
        )
    return found


def _object(scenario: Scenario, kind: str) -> Mapping[str, Any] | None:
    found = scenario.raw(kind)
    if len(found) > 1:
        raise InvalidObjectError(f"expected one {kind}, got {len(found)}", path="objects")
    return found[0] if found else None


def _end(kind: str, ways: Mapping[str, Any]) -> str:
    while "makes" in ways[kind]:
        kind = ways[kind]["makes"]["kind"]
    end: str = ways[kind]["end"]
    return end


def way(kind: str, known: frozenset[str]) -> Iterator[Hop]:
    """Yield the hops of an object, each after those it rests on; `known` are its traits."""
    hops = [Hop(duties()[name], kind, (index - 1,) if index else ()) for index, name in enumerate(_ENTRY)]
    yield from hops
    yield from _onward(kind, known, len(hops), len(hops) - 1)


def _onward(kind: str, known: frozenset[str], position: int, last: int) -> Iterator[Hop]:
    """Yield what follows when an object of a kind was stored by hop `last`; the next hop is `position`."""
    plan = table("ways")[kind]
    stored = last
    for each in _taken(plan.get("steps", ()), known):
        yield Hop(duties()[each["duty"]], kind, (last,))
        last, position = position, position + 1
    for branch in _taken(plan.get("beside", ()), known):
        hops = list(_branch(branch, kind, known, position, stored))
        yield from hops
        position += len(hops)
    if "makes" in plan:
        made = plan["makes"]
        yield Hop(made_by(made["by"]), made["kind"], (stored,))
        yield from _onward(made["kind"], known, position + 1, position)


def _branch(
    branch: Mapping[str, Any], kind: str, known: frozenset[str], position: int, last: int
) -> Iterator[Hop]:
    if "kind" in branch:
        yield from _onward(branch["kind"], known, position, last)
        return
    for each in _taken(branch["steps"], known):
        yield Hop(duties()[each["duty"]], kind, (last,))
        last, position = position, position + 1


def _taken(steps: Sequence[Mapping[str, Any]], known: frozenset[str]) -> Iterator[Mapping[str, Any]]:
    return (
        each
        for each in steps
        if ("when" not in each or each["when"] in known)
        and ("unless" not in each or each["unless"] not in known)
    )


def _walk(hops: Sequence[Hop], out: frozenset[str]) -> tuple[frozenset[int], tuple[int, ...]]:
    """Return which hops are done, and which wait for a component alone: all they rest on is done."""
    done: set[int] = set()
    stalled: list[int] = []
    for index, hop in enumerate(hops):
        if not done.issuperset(hop.after):
            continue
        if hop.duty.missing(out):
            stalled.append(index)
        else:
            done.add(index)
    return frozenset(done), tuple(stalled)


def _plain(hop: Hop, *, done: bool) -> Mapping[str, Any]:
    target = next(iter(hop.duty.partners), hop.duty.actor)
    connection = between(hop.duty.actor, target)
    return {
        "step": hop.duty.name,
        "kind": hop.kind,
        "from": hop.duty.actor,
        "to": target,
        "by": connection.by if connection else None,
        "port": (connection.port or None) if connection else None,
        "done": done,
    }


def _steps(
    kind: str, hops: Sequence[Hop], done: frozenset[int], stalled: Sequence[int], out: frozenset[str]
) -> Iterator[Step]:
    for index, hop in enumerate(hops):
        if index in done or index in stalled:
            yield step(hop.duty, out, object_=hop.kind)
    if len(hops) == len(_ENTRY):
        yield Step("architecture.atRest", holds=True, facts={"kind": kind}, concepts=(kind,))
    waiting = [hop.duty.name for index, hop in enumerate(hops) if index not in done and index not in stalled]
    if waiting:
        yield Step("architecture.waits", holds=False, facts={"kind": kind, "steps": tuple(waiting)})
    if stalled:
        yield from (step(duties()[name], out) for name in _LIVING)
    for index in stalled:
        yield from _mended(hops, hops[index], out)


def _mended(hops: Sequence[Hop], hop: Hop, out: frozenset[str]) -> Iterator[Step]:
    """The smallest change: these components back, tried again."""
    missing = hop.duty.missing(out)
    done, stalled = _walk(hops, out - frozenset(missing))
    further = hops[stalled[0]].duty.name if stalled else ""
    yield Step(
        "architecture.back",
        holds=len(done) == len(hops),
        facts={"components": missing, "next": further},
        role=Role.CHANGE,
        concepts=missing,
        change={"op": "remove", "path": f"/{_PATH.replace('.', '/')}/down", "value": list(missing)},
    )


PATH = Evaluator(Path, evaluate)

"""A story in steps: the acts of the components, alike ones together, each with why; then what was expected.

A story may have thousands of acts; a reader gets the first of them, and the number of the rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from ontology.verdict import Step
from ontology.walkthroughs.cluster.clock import seconds
from ontology.walkthroughs.cluster.expectations import Result
from ontology.walkthroughs.cluster.trace import Hop

_MOST_STEPS, _MOST_REASONS, _MOST_NAMES = 400, 4, 4


@dataclass(slots=True)
class Act:
    """Hops of alike components at one instant by one rule for one owner, in the order they were made."""

    hops: list[Hop] = field(default_factory=list)


def narrate(hops: Sequence[Hop], results: Iterable[Result]) -> tuple[Step, ...]:
    """Return the steps of a story."""
    acts = list(_acts(hops))
    told = [step for act in acts[:_MOST_STEPS] for step in _told(act)]
    if len(acts) > _MOST_STEPS:
        told.append(Step("cluster.more", True, {"count": len(acts) - _MOST_STEPS}))
    if not acts:
        told.append(Step("cluster.nothing", True))
    return (*told, *(_expected(each) for each in results))


def _acts(hops: Sequence[Hop]) -> Iterator[Act]:
    """Put together what is alike: pods that a ReplicaSet creates, or that kubelets start, are one act."""
    for _, instant in groupby(hops, key=lambda hop: hop.at):
        acts: dict[tuple[object, ...], Act] = {}
        for hop in instant:
            alike = (
                hop.who.partition("/")[0],
                hop.rule,
                hop.ref[0],
                *(hop.facts.get(each) for each in _TELLING),
            )
            acts.setdefault(alike, Act()).hops.append(hop)
        yield from acts.values()


def _told(act: Act) -> Iterator[Step]:
    hop = act.hops[0]
    facts: dict[str, Any] = {
        **hop.facts,
        **{name: _listed(each.facts[name] for each in act.hops) for name in _LISTED & hop.facts.keys()},
        "at": seconds(hop.at),
        "who": hop.who,
        "saw": hop.saw,
        "kind": hop.ref[0],
        "objects": _listed(each.ref[2] for each in act.hops),
        "number": len({each.ref for each in act.hops}),
    }
    yield Step(hop.rule, not hop.rule.endswith(_FAILING), facts, concepts=_concepts(hop))
    yield from hop.because()[:_MOST_REASONS]


# Facts that tell acts apart, and those that are listed when acts are told together.
_TELLING = ("owner", "after", "reason", "message", "service", "before")
_LISTED = frozenset({"node", "container"})
_FAILING = ("refused", "Refused", "unreachable", ".waits", ".wait", ".unready", ".silent", ".failed")


def _listed(names: Iterable[Any]) -> str:
    """Return the first few of some names, each once, and the number of the rest."""
    found = [str(name) for name in dict.fromkeys(names)]
    more = f" (+{len(found) - _MOST_NAMES})" if len(found) > _MOST_NAMES else ""
    return ", ".join(found[:_MOST_NAMES]) + more


def _concepts(hop: Hop) -> tuple[str, ...]:
    """Return the concepts that this very act is about, beside those that its rule always decides."""
    reason = str(hop.facts.get("after") or "").rpartition(" ")[2]
    return (f"ContainerReason.{reason}",) if hop.rule == "cluster.kubelet.wait" else ()


def _expected(result: Result) -> Step:
    facts = {"name": result.name, "why": result.why, "at": result.at}
    return Step("cluster.expectation", result.holds, facts)


def trace(hops: Iterable[Hop]) -> list[dict[str, Any]]:
    """Return the hops as rows: when, who, what it saw, what it did, to which object, by which rule."""
    return [
        {
            "at": seconds(hop.at),
            "who": hop.who,
            "saw": hop.saw,
            "did": hop.did,
            "object": "/".join(part for part in hop.ref if part),
            "rule": hop.rule,
        }
        for hop in hops
    ]

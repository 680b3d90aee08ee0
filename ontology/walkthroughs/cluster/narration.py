"""A story in steps: the acts of the components, alike ones together, each with why; then what was expected.

A story may have thousands of acts; a reader gets the first of them, and the number of the rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ontology.verdict import Step
from ontology.walkthroughs.cluster.clock import seconds
from ontology.walkthroughs.cluster.expectations import Result
from ontology.walkthroughs.cluster.kinds import Ref
from ontology.walkthroughs.cluster.trace import Hop

_MOST_STEPS, _MOST_REASONS, _MOST_NAMES = 400, 4, 4


@dataclass(slots=True)
class Act:
    """Hops of one component at one instant by one rule for one owner."""

    first: Hop
    refs: list[Ref] = field(default_factory=list)


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
    """Put together what is alike: three pods that one ReplicaSet creates at once are one act."""
    current: Act | None = None
    known: object = None
    for hop in hops:
        alike = (hop.at, hop.who, hop.rule, hop.ref[0], hop.facts.get("owner"), hop.facts.get("node"))
        if current is None or alike != known:
            if current is not None:
                yield current
            current, known = Act(hop), alike
        current.refs.append(hop.ref)
    if current is not None:
        yield current


def _told(act: Act) -> Iterator[Step]:
    hop = act.first
    names = [ref[2] for ref in dict.fromkeys(act.refs)]
    objects = ", ".join(names[:_MOST_NAMES]) + (
        f" (+{len(names) - _MOST_NAMES})" if len(names) > _MOST_NAMES else ""
    )
    facts: dict[str, Any] = {
        **hop.facts,
        "at": seconds(hop.at),
        "who": hop.who,
        "saw": hop.saw,
        "kind": hop.ref[0],
        "objects": objects,
        "number": len(names),
    }
    yield Step(hop.rule, not hop.rule.endswith(_FAILING), facts, concepts=_concepts(hop))
    yield from hop.because()[:_MOST_REASONS]


_FAILING = ("refused", "Refused", "unreachable", ".waits", ".wait", ".unready", ".silent", ".failed")


def _concepts(hop: Hop) -> tuple[str, ...]:
    named = (hop.ref[0],) if hop.ref[0] not in {"Story", "Request"} else ()
    reason = str(hop.facts.get("after") or "").rpartition(" ")[2]
    waits = (f"ContainerStateReason.{reason}",) if hop.rule == "cluster.kubelet.wait" else ()
    return (*named, *waits)


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
